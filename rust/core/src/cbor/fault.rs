//! What a pass over bytes refuses: an error and the byte at which it arose. The path is worked out
//! only when somebody asks, so that passes over good bytes never keep one. May use error and path.

use crate::cbor::path::{join, locate};
use crate::error::{Code, Error};

/// An error in a block, not yet told where in the block's tree it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    at: usize,
    error: Error,
}

impl Fault {
    /// A refusal at byte `at`.
    #[cold]
    pub fn new(code: Code, at: usize, message: impl Into<String>) -> Self {
        Fault { at, error: Error::new(code, message) }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.error = self.error.remedy(remedy);
        self
    }

    /// Names the field of the record.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.error = self.error.field(field);
        self
    }

    /// Why it was refused.
    pub fn code(&self) -> Code {
        self.error.code()
    }

    /// The byte at which it was refused.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The error, with its byte position and its path in `block`, the bytes that were read.
    #[cold]
    pub fn explain(self, block: &[u8]) -> Error {
        let path = locate(block, self.at);
        let error = self.error.position(self.at as u64);
        if path.is_empty() { error } else { error.path(path) }
    }

    /// The error, with its path when `item` (the bytes that were read) stands at `root`. A byte
    /// position would tell nothing to one who gave no bytes.
    #[cold]
    pub fn within(self, item: &[u8], root: &str) -> Error {
        self.error.path(join(root, &locate(item, self.at)))
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        fault.error.position(fault.at as u64)
    }
}

/// A text as messages quote it: at most 40 characters, control characters escaped.
pub fn short(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_quoted_by_their_beginning() {
        assert_eq!(short("a\"b"), r#""a\"b""#);
        assert_eq!(short(&"ä".repeat(41)), format!("\"{}\"…", "ä".repeat(40)));
    }

    #[test]
    fn a_fault_becomes_an_error_with_position_and_path() {
        let block = [0xa1, 0x61, b'k', 0x82, 0x00, 0x18];
        let error = Fault::new(Code::Encoding, 5, "cut short").explain(&block);
        assert_eq!(error.path_name(), Some("k[1]"));
        assert_eq!(error.position_number(), Some(5));
        let error = Fault::new(Code::InvalidRecord, 1, "odd").within(&block[3..], "payload.x");
        assert_eq!(error.path_name(), Some("payload.x[0]"));
        assert_eq!(error.position_number(), None);
    }
}
