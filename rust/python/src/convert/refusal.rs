//! Why a Python object was not taken. Whoever drives the writer knows the place; the conversion of
//! a value says only what is wrong with it.

use crate::error::raise;
use lineseal_core::error::{Code, Error};
use pyo3::prelude::*;

/// The result of a conversion.
pub type Convert<T> = Result<T, Refusal>;

/// An error on its way out.
#[derive(Debug)]
pub enum Refusal {
    /// Complete, with field and path: the writer's, or a placed one.
    Core(Error),
    /// What is wrong with a value, and what to do; its place is not yet known.
    Value(String, &'static str),
    /// An exception raised by the user's object (or an interrupt).
    Python(PyErr),
}

impl Refusal {
    /// A value that has no place in an event.
    pub fn value(message: impl Into<String>, remedy: &'static str) -> Self {
        Refusal::Value(message.into(), remedy)
    }

    /// Says where the value stands, unless that was said already.
    pub fn placed(self, field: &str, path: &str) -> Self {
        match self {
            Refusal::Value(message, remedy) => Refusal::Core(
                Error::new(Code::InvalidRecord, format!("{path}: {message}"))
                    .field(field)
                    .path(path)
                    .remedy(remedy),
            ),
            other => other,
        }
    }

    /// The exception. `position` is the record's place in its batch.
    pub fn into_py(self, py: Python<'_>, position: Option<u64>) -> PyErr {
        let error = match self {
            Refusal::Python(error) => return error,
            Refusal::Core(error) => error,
            Refusal::Value(message, remedy) => {
                Error::new(Code::InvalidRecord, message).remedy(remedy)
            }
        };
        match position {
            Some(position) if error.position_number().is_none() => {
                raise(py, &error.position(position))
            }
            _ => raise(py, &error),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Core(error)
    }
}

impl From<PyErr> for Refusal {
    fn from(error: PyErr) -> Self {
        Refusal::Python(error)
    }
}
