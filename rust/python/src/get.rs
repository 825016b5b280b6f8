//! `get`: events by name.

use crate::convert::hashes::resolve;
use crate::convert::stored::{StoredRow, rows};
use crate::open::Ledger;
use crate::run::quick;
use pyo3::prelude::*;

/// The events that `names` (hex, CID, shortened) stand for, in their order.
#[pyfunction]
pub fn get_many<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    names: Vec<String>,
) -> PyResult<Vec<StoredRow<'py>>> {
    let Ledger { core, process } = ledger.get();
    let found = quick(py, *process, || {
        let snapshot = core.snapshot()?;
        resolve(&snapshot, &names)?.iter().map(|hash| snapshot.get(hash)).collect()
    })?;
    Ok(rows(py, found))
}

/// The full hash that a name stands for, as 64 hex digits.
#[pyfunction]
pub fn resolve_name(py: Python<'_>, ledger: &Bound<'_, Ledger>, name: String) -> PyResult<String> {
    let Ledger { core, process } = ledger.get();
    let hash = quick(py, *process, || core.snapshot()?.resolve(&name))?;
    Ok(hash.to_string())
}
