//! Numbers of a fixed width in the machine's byte order. May use lineseal-core.

use lineseal_core::event::items;

/// The kinds of numbers, by width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Signed integers.
    I8,
    /// Of 16 bits.
    I16,
    /// Of 32 bits.
    I32,
    /// Of 64 bits.
    I64,
    /// Unsigned integers.
    U8,
    /// Of 16 bits.
    U16,
    /// Of 32 bits.
    U32,
    /// Of 64 bits.
    U64,
    /// Floats.
    F16,
    /// Of 32 bits.
    F32,
    /// Of 64 bits.
    F64,
}

impl Number {
    /// Bytes of one.
    pub const fn width(self) -> usize {
        match self {
            Number::I8 | Number::U8 => 1,
            Number::I16 | Number::U16 | Number::F16 => 2,
            Number::I32 | Number::U32 | Number::F32 => 4,
            Number::I64 | Number::U64 | Number::F64 => 8,
        }
    }

    /// Its name as a tensor's dtype.
    pub const fn dtype(self) -> &'static str {
        match self {
            Number::I8 => "int8",
            Number::I16 => "int16",
            Number::I32 => "int32",
            Number::I64 => "int64",
            Number::U8 => "uint8",
            Number::U16 => "uint16",
            Number::U32 => "uint32",
            Number::U64 => "uint64",
            Number::F16 => "float16",
            Number::F32 => "float32",
            Number::F64 => "float64",
        }
    }

    /// Appends number `at` as an item; false when there is none.
    pub(crate) fn put(self, data: &[u8], at: usize, out: &mut Vec<u8>) -> bool {
        let done = match self {
            Number::F64 => read(data, at).map(|b| items::float(out, f64::from_ne_bytes(b))),
            Number::F32 => read(data, at).map(|b| items::float(out, f32::from_ne_bytes(b).into())),
            Number::F16 => read(data, at).map(|b| items::float(out, half(u16::from_ne_bytes(b)))),
            Number::U64 => read(data, at).map(|b| items::uint(out, u64::from_ne_bytes(b))),
            _ => self.int(data, at).map(|value| items::int(out, value)),
        };
        done.is_some()
    }

    /// Integer `at`; none for floats, and where it does not fit.
    pub(crate) fn int(self, data: &[u8], at: usize) -> Option<i64> {
        Some(match self {
            Number::I8 => i8::from_ne_bytes(read(data, at)?).into(),
            Number::I16 => i16::from_ne_bytes(read(data, at)?).into(),
            Number::I32 => i32::from_ne_bytes(read(data, at)?).into(),
            Number::I64 => i64::from_ne_bytes(read(data, at)?),
            Number::U8 => u8::from_ne_bytes(read(data, at)?).into(),
            Number::U16 => u16::from_ne_bytes(read(data, at)?).into(),
            Number::U32 => u32::from_ne_bytes(read(data, at)?).into(),
            Number::U64 => u64::from_ne_bytes(read(data, at)?).try_into().ok()?,
            Number::F16 | Number::F32 | Number::F64 => return None,
        })
    }
}

/// The `N` bytes of element `at`.
pub(crate) fn read<const N: usize>(data: &[u8], at: usize) -> Option<[u8; N]> {
    let start = at.checked_mul(N)?;
    data.get(start..start.checked_add(N)?)?.try_into().ok()
}

/// A float of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (bits >> 10 & 0x1f, f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_what_they_are() {
        let known = [
            (0x0000, 0.0),
            (0x8000, -0.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x03ff, 6.097_555_160_522_461e-5),
            (0x0400, 6.103_515_625e-5),
            (0x3555, 0.333_251_953_125),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ];
        for (bits, value) in known {
            assert_eq!(half(bits).to_bits(), f64::to_bits(value), "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn beyond_the_end_there_is_nothing() {
        assert_eq!(Number::I16.int(&[1, 0, 2], 1), None);
        assert_eq!(Number::I16.int(&[1, 0], usize::MAX), None);
        assert!(!Number::F64.put(&[0; 15], 1, &mut Vec::new()));
    }
}
