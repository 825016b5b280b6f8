//! Refusals of values. May use lineseal-core.

use lineseal_core::error::{Code, Error, Result};
use lineseal_core::limits::MAX_BLOCK;

const BROKEN: &str = "the column's buffers do not hold this row";
const MAKER: &str = "Whoever made the column made it wrong; make it anew";

/// The refusal of a value.
#[cold]
pub fn refusal(what: impl Into<String>, remedy: &str) -> Error {
    Error::new(Code::InvalidRecord, what).remedy(remedy)
}

/// Refuses what no event can hold before it is copied.
pub(crate) fn fits(size: usize) -> Result<()> {
    if size <= MAX_BLOCK {
        return Ok(());
    }
    Err(refusal(
        format!("the value needs more than {MAX_BLOCK} bytes"),
        "Keep large values as artifacts and link to them, or store their checksum",
    ))
}

/// What a column must have.
pub(crate) fn there<T>(found: Option<T>) -> Result<T> {
    found.ok_or_else(|| refusal(BROKEN, MAKER))
}
