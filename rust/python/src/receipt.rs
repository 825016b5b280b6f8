//! What recording returns. Made here because a batch makes thousands of them.

use crate::convert::link::unicode;
use crate::error::Raise;
use lineseal_core::cid::Cid;
use lineseal_core::hash::Hash;
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// Proof of recording one event: its hash, its place in the ledger, and whether it is new.
///
/// `str(receipt)` is the hash, and a receipt may stand wherever a hash or a parent is asked for.
#[pyclass(frozen, module = "lineseal")]
#[derive(PartialEq, Eq)]
pub struct Receipt {
    pub hash: Hash,
    index: u64,
    created: bool,
}

impl From<lineseal_core::ledger::Receipt> for Receipt {
    fn from(receipt: lineseal_core::ledger::Receipt) -> Self {
        Receipt { hash: receipt.hash, index: receipt.index, created: receipt.created }
    }
}

#[pymethods]
impl Receipt {
    #[new]
    #[pyo3(signature = (hash, index, created))]
    fn new(
        py: Python<'_>,
        hash: &Bound<'_, PyString>,
        index: u64,
        created: bool,
    ) -> PyResult<Self> {
        Ok(Receipt { hash: unicode(hash)?.parse().or_raise(py)?, index, created })
    }

    /// SHA-256 of the event's block, 64 hex digits.
    #[getter]
    fn hash(&self) -> String {
        self.hash.to_string()
    }

    /// The hash as a CIDv1 (`bafyrei…`).
    #[getter]
    fn cid(&self) -> String {
        Cid::event(self.hash).to_string()
    }

    /// Place in the ledger, from 0.
    #[getter]
    fn index(&self) -> u64 {
        self.index
    }

    /// False when the ledger already held the event.
    #[getter]
    fn created(&self) -> bool {
        self.created
    }

    fn __str__(&self) -> String {
        self.hash.to_string()
    }

    fn __repr__(&self) -> String {
        let created = if self.created { "True" } else { "False" };
        format!("Receipt(hash='{}', index={}, created={created})", self.hash, self.index)
    }

    fn __hash__(&self) -> u64 {
        self.hash.prefix()
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let Ok(other) = other.cast::<Receipt>() else { return Ok(py.NotImplemented()) };
        let same = self == other.get();
        Ok(match op {
            CompareOp::Eq => same.into_pyobject(py)?.to_owned().into_any().unbind(),
            CompareOp::Ne => (!same).into_pyobject(py)?.to_owned().into_any().unbind(),
            _ => py.NotImplemented(),
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String, u64, bool)) {
        let this = slf.get();
        (slf.get_type().into_any(), (this.hash.to_string(), this.index, this.created))
    }
}
