//! Why a Python object was not taken. The path to it is gathered while the call returns, so that
//! values which are fine pay nothing for it.

use crate::error::raise;
use lineseal_core::error::{Code, Error};
use pyo3::prelude::*;
use std::fmt::Write;

/// The result of a conversion.
pub type Convert<T> = Result<T, Refusal>;

/// An error on its way out.
#[derive(Debug)]
pub enum Refusal {
    /// The writer's, complete with field and path.
    Core(Error),
    /// A conversion's, still collecting its path, innermost step first.
    Value(Box<Trouble>),
    /// An exception raised by the user's object (or an interrupt).
    Python(PyErr),
}

/// What is wrong with a value, and where.
#[derive(Debug)]
pub struct Trouble {
    message: String,
    remedy: &'static str,
    steps: Vec<Step>,
}

/// One step from a container to a value in it.
#[derive(Debug)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl Refusal {
    /// A value that has no place in an event; `message` continues "<path>: ".
    pub fn value(message: impl Into<String>, remedy: &'static str) -> Self {
        Refusal::Value(Box::new(Trouble { message: message.into(), remedy, steps: Vec::new() }))
    }

    /// Notes that the value stands under `key`.
    pub fn under(mut self, key: &str) -> Self {
        if let Refusal::Value(trouble) = &mut self {
            trouble.steps.push(Step::Key(key.to_owned()));
        }
        self
    }

    /// Notes that the value stands at `index`.
    pub fn at(mut self, index: usize) -> Self {
        if let Refusal::Value(trouble) = &mut self {
            trouble.steps.push(Step::Index(index));
        }
        self
    }

    /// The exception. `position` is the record's place in its batch.
    pub fn into_py(self, py: Python<'_>, position: Option<u64>) -> PyErr {
        let error = match self {
            Refusal::Python(error) => return error,
            Refusal::Core(error) => error,
            Refusal::Value(trouble) => trouble.into_error(Code::InvalidRecord),
        };
        match position {
            Some(position) if error.position_number().is_none() => {
                raise(py, &error.position(position))
            }
            _ => raise(py, &error),
        }
    }

    /// The exception for a value that is no part of a record (`codec.encode`).
    pub fn into_encoding(self, py: Python<'_>) -> PyErr {
        match self {
            Refusal::Value(trouble) => raise(py, &trouble.into_error(Code::Encoding)),
            other => other.into_py(py, None),
        }
    }
}

impl Trouble {
    fn into_error(self, code: Code) -> Error {
        let path = self.path();
        let field = match self.steps.as_slice() {
            [.., Step::Key(field), Step::Key(top)] if top == "payload" => Some(field.clone()),
            [.., Step::Key(top)] if top != "payload" => Some(top.clone()),
            _ => None,
        };
        let text = if path.is_empty() {
            self.message
        } else {
            format!("{path}: {}", self.message)
        };
        let error = Error::new(code, text).path(path).remedy(self.remedy);
        match field {
            Some(field) => error.field(field),
            None => error,
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            let _ = match step {
                Step::Key(key) if path.is_empty() => write!(path, "{key}"),
                Step::Key(key) => write!(path, ".{key}"),
                Step::Index(index) => write!(path, "[{index}]"),
            };
        }
        path
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
