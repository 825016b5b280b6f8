//! Rows that are arrays of one shape: NumPy's of two and more dimensions, Arrow's fixed-size lists
//! of numbers. May use bits, refuse, lineseal-core.

use crate::bits::{all, bit};
use crate::refuse::{fits, refusal, there};
use lineseal_core::error::Result;
use lineseal_core::event::items;

/// One tensor a row.
#[derive(Clone, Debug)]
pub struct Tensor<'a> {
    /// Its dtype.
    pub dtype: &'static str,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Bytes of one element; 0 where `data` is a bitmap of bools.
    pub width: usize,
    /// The elements of all rows, little-endian.
    pub data: &'a [u8],
    /// The nested lists, outermost first.
    pub levels: Vec<Level<'a>>,
}

/// A fixed-size list: how many elements it has, and what array they lie in.
#[derive(Clone, Copy, Debug)]
pub struct Level<'a> {
    /// Elements of one list.
    pub size: usize,
    /// Where the array of elements begins.
    pub offset: usize,
    /// Which of them are there.
    pub validity: Option<&'a [u8]>,
}

impl Tensor<'_> {
    /// Appends the tensor of row `at`.
    pub(crate) fn put(&self, at: usize, out: &mut Vec<u8>) -> Result<()> {
        let (mut first, mut count) = (at, 1_usize);
        for level in &self.levels {
            first = there(first.checked_mul(level.size))?;
            first = there(first.checked_add(level.offset))?;
            count = count.saturating_mul(level.size);
            fits(count)?;
            if level.validity.is_some_and(|bits| !all(bits, first, count)) {
                return Err(refusal(
                    "a fixed-size list with a null in it is no tensor",
                    "Fill the nulls, or make the column one of lists of any size",
                ));
            }
        }
        if self.width == 0 {
            let end = first.checked_add(count).filter(|&end| end.div_ceil(8) <= self.data.len());
            let end = there(end)?;
            items::tensor(out, self.dtype, &self.shape, count, |out| {
                out.extend((first..end).map(|at| u8::from(bit(self.data, at))));
            });
            return Ok(());
        }
        let size = count.saturating_mul(self.width);
        fits(size)?;
        let start = there(first.checked_mul(self.width))?;
        let end = there(start.checked_add(size))?;
        let data = there(self.data.get(start..end))?;
        items::tensor(out, self.dtype, &self.shape, size, |out| out.extend_from_slice(data));
        Ok(())
    }
}
