//! Where the values of a row lie among those of all rows: texts, byte strings, lists. May use
//! number.

use crate::number::read;
use std::ops::Range;

/// Arrow's ways to say it.
#[derive(Clone, Debug)]
pub enum Spans<'a> {
    /// The end of each is the beginning of the next: one offset more than rows, of 32 bits.
    Offsets32(&'a [u8]),
    /// The same of 64 bits.
    Offsets64(&'a [u8]),
    /// Beginning and length of each, of 32 bits.
    Views32(&'a [u8], &'a [u8]),
    /// The same of 64 bits.
    Views64(&'a [u8], &'a [u8]),
    /// All have the same length.
    Fixed(usize),
}

impl Spans<'_> {
    /// Those of row `at`; none where the offsets are not there, negative, or run backwards.
    pub fn get(&self, at: usize) -> Option<Range<usize>> {
        let (start, end) = match self {
            Spans::Offsets32(ends) => (small(ends, at)?, small(ends, at.checked_add(1)?)?),
            Spans::Offsets64(ends) => (large(ends, at)?, large(ends, at.checked_add(1)?)?),
            Spans::Views32(starts, sizes) => sized(small(starts, at)?, small(sizes, at)?)?,
            Spans::Views64(starts, sizes) => sized(large(starts, at)?, large(sizes, at)?)?,
            Spans::Fixed(size) => sized(at.checked_mul(*size)?, *size)?,
        };
        (start <= end).then_some(start..end)
    }
}

fn small(data: &[u8], at: usize) -> Option<usize> {
    usize::try_from(i32::from_ne_bytes(read(data, at)?)).ok()
}

fn large(data: &[u8], at: usize) -> Option<usize> {
    usize::try_from(i64::from_ne_bytes(read(data, at)?)).ok()
}

fn sized(start: usize, size: usize) -> Option<(usize, usize)> {
    Some((start, start.checked_add(size)?))
}

/// The bytes that a view of 16 bytes stands for (Arrow's binary view): up to 12 within itself, or
/// in one of the buffers.
pub(crate) fn viewed<'a>(views: &'a [u8], buffers: &[&'a [u8]], at: usize) -> Option<&'a [u8]> {
    let start = at.checked_mul(16)?;
    let view = views.get(start..start.checked_add(16)?)?;
    let word = |at: usize| {
        read::<4>(view, at).and_then(|bytes| usize::try_from(i32::from_ne_bytes(bytes)).ok())
    };
    let length = word(0)?;
    if length <= 12 {
        return view.get(4..4 + length);
    }
    let start = word(3)?;
    buffers.get(word(2)?)?.get(start..start.checked_add(length)?)
}
