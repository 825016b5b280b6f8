//! The default of fields in which None is a value.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Stands for "not given" where None would be content.
#[pyclass(frozen, module = "lineseal")]
pub struct Unset;

#[pymethods]
impl Unset {
    fn __repr__(&self) -> &'static str {
        "UNSET"
    }

    fn __bool__(&self) -> bool {
        false
    }

    /// Copies and pickles are the one object.
    fn __reduce__(&self) -> &'static str {
        "UNSET"
    }
}

static UNSET: PyOnceLock<Py<Unset>> = PyOnceLock::new();

/// The one object of its class.
pub fn unset(py: Python<'_>) -> PyResult<&Bound<'_, Unset>> {
    UNSET.get_or_try_init(py, || Py::new(py, Unset)).map(|object| object.bind(py))
}
