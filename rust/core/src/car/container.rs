//! The beginning of a CAR file: its version, its roots, and where the blocks are. May use error,
//! limits, name, place.
//!
//! A CARv2 is a CARv1 with an index around it; the index is not believed, and not needed.

use super::name::Varint;
use super::place::{no_car, unreadable};
use crate::error::{Code, Error, Result};
use crate::limits::MAX_CAR_SECTION;
use std::io::{Read, Seek, SeekFrom};

/// Where the blocks are, and what the header names as roots: CIDs of any kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) roots: Vec<Vec<u8>>,
}

/// Bytes of a CARv2 before its CARv1: the pragma and the header.
const V2_HEAD: u64 = 11 + 40;

/// Reads the beginning of a file.
pub(super) fn open(file: &mut (impl Read + Seek)) -> Result<Container> {
    let size = file.seek(SeekFrom::End(0)).map_err(|error| unreadable(&error))?;
    let (header, start) = head(file, 0, size)?;
    match header {
        Header { version: 1, roots } => Ok(Container { start, end: size, roots }),
        Header { version: 2, .. } => inner(file, size),
        Header { version, .. } => {
            Err(Error::new(Code::Unsupported, format!("this is a CAR file of version {version}"))
                .position(0)
                .remedy("Give a CARv1 or a CARv2"))
        }
    }
}

/// The CARv1 inside of a CARv2.
fn inner(file: &mut (impl Read + Seek), size: u64) -> Result<Container> {
    let mut bytes = [0; V2_HEAD as usize];
    exactly(file, 0, size, &mut bytes)?;
    let number = |at: usize| -> u64 {
        let bytes = bytes.get(at..at + 8).unwrap_or_default();
        bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    // Characteristics take the first 16 bytes of the header.
    let (offset, length) = (number(27), number(35));
    let end = offset.checked_add(length).filter(|end| offset >= V2_HEAD && *end <= size);
    let Some(end) = end else {
        let message = format!("its CARv2 header says {length} bytes from byte {offset} on");
        return Err(no_car(format!("{message}, and the file has {size}")));
    };
    match head(file, offset, end)? {
        (Header { version: 1, roots }, start) => Ok(Container { start, end, roots }),
        _ => Err(no_car("what its CARv2 header points to is no CARv1")),
    }
}

struct Header {
    version: u64,
    roots: Vec<Vec<u8>>,
}

/// The header at `offset`, and the byte behind it.
fn head(file: &mut (impl Read + Seek), offset: u64, end: u64) -> Result<(Header, u64)> {
    let mut length = Varint::default();
    let length = loop {
        let mut byte = [0];
        exactly(file, offset + length.len(), end, &mut byte)?;
        match length.take(byte[0]) {
            None => return Err(no_car("it does not begin with the length of a header")),
            Some(None) => {}
            Some(Some(value)) => break (value, offset + length.len()),
        }
    };
    let (length, start) = length;
    if length == 0 || length > MAX_CAR_SECTION as u64 {
        let message = format!("its first bytes say that its header has {length} bytes");
        return Err(no_car(format!("{message}, and 1 to {MAX_CAR_SECTION} are allowed")));
    }
    if end - start < length {
        return Err(no_car(format!("its header of {length} bytes is cut off")));
    }
    let mut bytes = vec![0; length as usize];
    exactly(file, start, end, &mut bytes)?;
    let header = Cbor(&bytes).header();
    let message = "its header is not the DAG-CBOR map of `roots` and `version`";
    Ok((header.ok_or_else(|| no_car(message))?, start + length))
}

fn exactly(file: &mut (impl Read + Seek), offset: u64, end: u64, bytes: &mut [u8]) -> Result<()> {
    if end.saturating_sub(offset) < bytes.len() as u64 {
        return Err(no_car("it ends before its header does"));
    }
    let sought = file.seek(SeekFrom::Start(offset));
    sought.and_then(|_| file.read_exact(bytes)).map_err(|error| unreadable(&error))
}

/// DAG-CBOR so far as headers have it: `cbor` takes no CIDs but ours, and roots may be any.
struct Cbor<'a>(&'a [u8]);

impl<'a> Cbor<'a> {
    fn header(mut self) -> Option<Header> {
        let mut header = Header { version: 0, roots: Vec::new() };
        let entries = self.head(5)?;
        for _ in 0..entries {
            let length = self.head(3)?;
            match self.take(length)? {
                b"roots" => {
                    for _ in 0..self.head(4)? {
                        header.roots.push(self.link()?.to_vec());
                    }
                }
                b"version" => header.version = self.head(0)?,
                _ => return None,
            }
        }
        let whole = self.0.is_empty() && header.version > 0;
        // The pragma of a CARv2 has the version alone.
        let entries = entries == if header.version == 1 { 2 } else { 1 };
        (whole && (entries || header.version > 2)).then_some(header)
    }

    fn link(&mut self) -> Option<&'a [u8]> {
        if self.head(6)? != 42 {
            return None;
        }
        let length = self.head(2)?;
        match self.take(length)? {
            [0, cid @ ..] => Some(cid),
            _ => None,
        }
    }

    /// The argument of a head of this major type.
    fn head(&mut self, major: u8) -> Option<u64> {
        let [first] = *self.take(1)? else { return None };
        if first >> 5 != major {
            return None;
        }
        let width = match first & 31 {
            low @ 0..24 => return Some(u64::from(low)),
            low @ 24..28 => 1 << (low - 24),
            _ => return None,
        };
        Some(self.take(width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::car::header;
    use crate::hash::Hash;
    use std::io::Cursor;

    fn v2(offset: u64, length: u64, rest: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x0a\xa1\x67version\x02".to_vec();
        bytes.extend([0; 16]);
        bytes.extend([offset, length, 0].iter().flat_map(|n| n.to_le_bytes()));
        bytes.extend_from_slice(rest);
        bytes
    }

    #[test]
    fn versions_1_and_2_are_read() {
        let one = header(&[Hash::of(b"a"), Hash::of(b"b")]);
        let found = open(&mut Cursor::new(&one)).unwrap();
        assert_eq!((found.start, found.end, found.roots.len()), (one.len() as u64, found.start, 2));
        let padded = [&[0; 9][..], &one, b"blocks", b"index"].concat();
        let two = v2(60, one.len() as u64 + 6, &padded);
        let found = open(&mut Cursor::new(&two)).unwrap();
        assert_eq!((found.end - found.start, found.roots.len()), (6, 2));
    }

    #[test]
    fn other_beginnings_are_refused() {
        let one = header(&[Hash::of(b"a")]);
        let nested = v2(51, 51, &v2(51, 0, &[]));
        for bytes in [
            &b""[..],
            b"\x00",
            b"PAR1",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xff\xff\xff\xff\x7f",
            b"\x0a\xa1\x67version\x03",
            b"\x0a\xa1\x67version\x02",
            &v2(50, 0, &one),
            &v2(51, u64::MAX, &one),
            &v2(51, one.len() as u64 + 1, &one),
            &nested,
            &one[..one.len() - 1],
        ] {
            let error = open(&mut Cursor::new(bytes)).unwrap_err();
            assert!(error.remedy_text().is_some() && error.position_number() == Some(0));
        }
    }
}
