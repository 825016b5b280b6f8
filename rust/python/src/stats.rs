//! `stats`: what a ledger is and holds.

use crate::open::Ledger;
use crate::run::quick;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Facts about the ledger as a dict.
#[pyfunction]
pub fn stats<'py>(py: Python<'py>, ledger: &Bound<'py, Ledger>) -> PyResult<Bound<'py, PyDict>> {
    let Ledger { core, process } = ledger.get();
    let stats = quick(py, *process, || core.stats())?;
    let dict = PyDict::new(py);
    Ok(dict)
}
