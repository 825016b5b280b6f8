//! A link inside a value: the name of an artifact outside the ledger.

use crate::error::Raise;
use lineseal_core::cid::Cid;
use pyo3::prelude::*;

/// A CIDv1 (sha2-256): `Link("bafkrei…")`. In a record's values it names an artifact (raw); it is
/// never a parent and never followed.
#[pyclass(frozen, eq, hash, module = "lineseal")]
#[derive(PartialEq, Eq, Hash)]
pub struct Link(pub Cid);

#[pymethods]
impl Link {
    #[new]
    fn new(py: Python<'_>, cid: &str) -> PyResult<Self> {
        cid.parse().map(Link).or_raise(py)
    }

    /// The CID's text.
    #[getter]
    fn cid(&self) -> String {
        self.0.to_string()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Link('{}')", self.0)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String,)) {
        (slf.get_type().into_any(), (slf.get().0.to_string(),))
    }
}
