//! Places in a CAR file, and the refusal of what stands there. May use error.

use crate::error::{Code, Error};
use std::io;

/// What to do about a file that is not what was written.
pub(super) const AGAIN: &str = "Get the file again, or have it exported anew";

/// A block by its number, from 0, and the byte of the file at which its section begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) offset: u64,
}

impl Place {
    #[cold]
    pub(super) fn refuse(self, message: impl std::fmt::Display) -> Error {
        self.told(&Error::new(Code::InvalidArgument, message.to_string()).remedy(AGAIN))
    }

    /// An error about the block that stands here, with the byte of the file as its position.
    #[cold]
    pub(super) fn told(self, error: &Error) -> Error {
        let Place { number, offset } = self;
        let message = format!("block {number} at byte {offset}: {}", error.message());
        let mut told = Error::new(error.code(), message).position(offset);
        if let Some(field) = error.field_name() {
            told = told.field(field);
        }
        if let Some(path) = error.path_name() {
            told = told.path(path);
        }
        if let Some(hash) = error.hash_hex() {
            told = told.hash(hash);
        }
        match error.remedy_text() {
            Some(remedy) => told.remedy(remedy),
            None => told,
        }
    }
}

/// The file cannot be read.
#[cold]
pub(super) fn unreadable(error: &io::Error) -> Error {
    Error::new(Code::Storage, format!("the CAR file cannot be read: {error}"))
        .remedy("Look after the disk, and try again")
}

/// What stands before the blocks is no beginning of a CAR file.
#[cold]
pub(super) fn no_car(message: impl std::fmt::Display) -> Error {
    Error::new(Code::InvalidArgument, format!("this is no CAR file: {message}"))
        .position(0)
        .remedy("Give a file that `lineseal export` or other CAR software wrote")
}
