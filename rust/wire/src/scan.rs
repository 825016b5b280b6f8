//! The protobuf wire format, one field at a time: <https://protobuf.dev/programming-guides/encoding>.
//! May use lineseal_core::error.

use lineseal_core::error::{Code, Error};

/// Most bytes of a number of 64 bits; and of a tag or a length, which have 32.
const LONG: usize = 10;
const SHORT: usize = 5;

/// A field's value as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

/// Why bytes are refused; becomes an error where the place is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) String);

impl Fault {
    #[cold]
    pub(crate) fn new(message: impl Into<String>) -> Fault {
        Fault(message.into())
    }

    /// The refusal of what stands at `path`.
    #[cold]
    pub(crate) fn at(self, path: &str) -> Error {
        let error = Error::new(Code::InvalidRecord, self.0)
            .remedy("Make the request with code generated from proto/lineseal/v1");
        if path.is_empty() { error } else { error.path(path) }
    }
}

/// The fields of one message, in the order in which they stand.
pub(crate) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Scan { rest: message }
    }

    /// A varint of at most `most` bytes.
    fn varint(&mut self, most: usize) -> Result<u64, Fault> {
        let mut value = 0;
        for (at, byte) in self.rest.iter().enumerate().take(most) {
            if at == 9 && *byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        if self.rest.len() < most {
            return Err(cut());
        }
        Err(Fault::new(format!("a number has over {} bits", if most == LONG { 64 } else { 32 })))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(cut)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn field(&mut self) -> Result<(u32, Wire<'a>), Fault> {
        let tag = self.varint(SHORT)?;
        let number = u32::try_from(tag >> 3).unwrap_or(0);
        if number == 0 || number >= 1 << 29 {
            return Err(Fault::new(format!("{} is no number of a field", tag >> 3)));
        }
        let wire = match tag & 7 {
            0 => Wire::Varint(self.varint(LONG)?),
            1 => Wire::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let len = self.varint(SHORT)?;
                Wire::Bytes(self.take(usize::try_from(len).map_err(|_| cut())?)?)
            }
            5 => Wire::Fixed32(u32::from_le_bytes(self.array()?)),
            other => return Err(Fault::new(format!("{other} is no wire type of proto3"))),
        };
        Ok((number, wire))
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Result<(u32, Wire<'a>), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

impl<'a> Wire<'a> {
    pub(crate) fn bytes(self) -> Result<&'a [u8], Fault> {
        match self {
            Wire::Bytes(bytes) => Ok(bytes),
            other => Err(other.instead_of("bytes")),
        }
    }

    pub(crate) fn text(self) -> Result<&'a str, Fault> {
        std::str::from_utf8(self.bytes()?).map_err(|error| {
            Fault::new(format!("a text is not UTF-8 from byte {} on", error.valid_up_to()))
        })
    }

    pub(crate) fn uint(self) -> Result<u64, Fault> {
        match self {
            Wire::Varint(number) => Ok(number),
            other => Err(other.instead_of("an integer")),
        }
    }

    /// An int64: negative numbers are their two's complement.
    pub(crate) fn int(self) -> Result<i64, Fault> {
        self.uint().map(|number| number as i64)
    }

    pub(crate) fn bool(self) -> Result<bool, Fault> {
        match self.uint()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Fault::new(format!("{other} is no bool"))),
        }
    }

    pub(crate) fn double(self) -> Result<f64, Fault> {
        match self {
            Wire::Fixed64(bits) => Ok(f64::from_bits(bits)),
            other => Err(other.instead_of("a double")),
        }
    }

    fn instead_of(self, what: &str) -> Fault {
        let found = match self {
            Wire::Varint(_) => "a varint",
            Wire::Fixed64(_) => "eight bytes",
            Wire::Bytes(_) => "a length and bytes",
            Wire::Fixed32(_) => "four bytes",
        };
        Fault::new(format!("{found} stand where {what} should"))
    }
}

/// Puts a singular field's value into its place, once.
pub(crate) fn once<T>(place: &mut Option<T>, value: T, name: &str) -> Result<(), Fault> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Fault::new(format!("{name} is given twice"))),
    }
}

#[cold]
pub(crate) fn unknown(number: u32, message: &str) -> Fault {
    Fault::new(format!("{message} has no field {number}"))
}

#[cold]
fn cut() -> Fault {
    Fault::new("the message is cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<(u32, Wire<'_>)>, Fault> {
        Scan::new(bytes).collect()
    }

    #[test]
    fn every_wire_type_is_read() {
        let bytes =
            [&[0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x19][..], &[1; 8], &[0x25], &[2; 4]]
                .concat();
        let found = all(&bytes).unwrap();
        let numbers = (u64::from_le_bytes([1; 8]), u32::from_le_bytes([2; 4]));
        let expected = [
            (1, Wire::Varint(150)),
            (2, Wire::Bytes(b"hi")),
            (3, Wire::Fixed64(numbers.0)),
            (4, Wire::Fixed32(numbers.1)),
        ];
        assert_eq!(found, expected);
        assert_eq!(all(&[0x08, 0x80, 0x00]).unwrap(), [(1, Wire::Varint(0))]);
    }

    #[test]
    fn broken_bytes_are_refused() {
        let eleven = [&[0x08][..], &[0xff; 10], &[0x01]].concat();
        let too_great = [&[0x08][..], &[0xff; 9], &[0x02]].concat();
        for bytes in [
            &[0x08][..],
            &[0x12, 0x05, 0],
            &[0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
            &[0x00, 0x00],
            &[0x0b],
            &[0x0c],
            &[0x0e],
            &[0x19, 0],
            &[0x25, 0],
            &[0x80],
            &[0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00],
            &[0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            &[0x80, 0x80, 0x80, 0x80, 0x20, 0x00],
            &eleven,
            &too_great,
        ] {
            assert!(all(bytes).is_err(), "{bytes:02x?}");
        }
        let most = [&[0x08][..], &[0xff; 9], &[0x01]].concat();
        assert_eq!(all(&most).unwrap(), [(1, Wire::Varint(u64::MAX))]);
    }
}
