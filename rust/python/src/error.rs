//! Core errors as Python exceptions. The classes live in `lineseal.errors`; which one a code
//! takes is said by the core's table and nowhere else.

use lineseal_core::error::{Code, Error};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Builds the exception of `error`'s row with all its attributes.
pub fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let made = MAKE
        .get_or_try_init(py, || {
            py.import("lineseal.errors")?.getattr("_from_core").map(Bound::unbind)
        })
        .and_then(|make| {
            make.bind(py).call1((
                error.code().name(),
                error.message(),
                error.field_name(),
                error.path_name(),
                error.hash_hex(),
                error.position_number(),
                error.remedy_text(),
            ))
        });
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(problem) => problem,
    }
}

/// Lets `?`-less call sites turn a core result into a Python one.
pub trait Raise<T> {
    /// The value, or the exception of the error's row.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> Raise<T> for Result<T, Error> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, &error))
    }
}

/// A row of the table: name, exception class, gRPC status, exit status, whether sending again may
/// help, meaning.
type Row = (&'static str, &'static str, &'static str, i32, bool, &'static str);

/// The whole table.
#[pyfunction]
pub fn error_table() -> Vec<Row> {
    let row = |c: &Code| (c.name(), c.class(), c.grpc(), c.exit(), c.retry(), c.meaning());
    Code::ALL.iter().map(row).collect()
}
