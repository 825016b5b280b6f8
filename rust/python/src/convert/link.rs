//! A link inside a value: the name of an artifact outside the ledger.

use crate::error::{Raise, raise};
use lineseal_core::cid::Cid;
use lineseal_core::error::{Code, Error};
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::borrow::Cow;

/// A CIDv1 (sha2-256): `Link("bafkrei…")`. In a record's values it names an artifact (raw); it is
/// never a parent and never followed.
#[pyclass(frozen, eq, hash, module = "lineseal")]
#[derive(PartialEq, Eq, Hash)]
pub struct Link(pub Cid);

#[pymethods]
impl Link {
    #[new]
    fn new(py: Python<'_>, cid: &Bound<'_, PyString>) -> PyResult<Self> {
        unicode(cid)?.parse().map(Link).or_raise(py)
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

/// The text of a name; half a pair of surrogates has no UTF-8, and is no name.
pub fn unicode<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    let py = text.py();
    text.to_cow().map_err(|_| {
        let message = format!(
            "{} names nothing",
            text.repr().map_or_else(|_| "it".into(), |r| r.to_string())
        );
        raise(py, &Error::new(Code::InvalidArgument, message).remedy("Give a hash or CID"))
    })
}
