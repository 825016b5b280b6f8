//! `get`: events by name.

use crate::control::{Control, given};
use crate::convert::hashes::{full, resolve};
use crate::convert::stored::{StoredRow, row, rows};
use crate::open::Ledger;
use crate::run::quick;
use lineseal_core::hash::Hash;
use pyo3::prelude::*;

/// The events that `names` (hex, CID, shortened) stand for, in their order.
#[pyfunction]
#[pyo3(signature = (ledger, names, *, control=None))]
pub fn get_many<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    names: Vec<String>,
    control: Option<&Bound<'_, Control>>,
) -> PyResult<Vec<StoredRow<'py>>> {
    let Ledger { core, process } = ledger.get();
    let control = given(control);
    let found = quick(py, *process, || {
        let snapshot = core.snapshot()?;
        let get = |hash: &Hash| {
            control.check()?;
            snapshot.get(hash)
        };
        resolve(&snapshot, &names)?.iter().map(get).collect()
    })?;
    Ok(rows(py, found))
}

/// The event that `name` stands for: the one that is asked for most, without lists around it.
#[pyfunction]
pub fn get_one<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    name: &str,
) -> PyResult<StoredRow<'py>> {
    let Ledger { core, process } = ledger.get();
    let found = quick(py, *process, || match full(name) {
        Some(hash) => core.get(&hash),
        None => core.get(&core.snapshot()?.resolve(name)?),
    })?;
    Ok(row(py, found))
}

/// The full hash that a name stands for, as 64 hex digits.
#[pyfunction]
pub fn resolve_name(py: Python<'_>, ledger: &Bound<'_, Ledger>, name: String) -> PyResult<String> {
    let Ledger { core, process } = ledger.get();
    let hash = quick(py, *process, || core.snapshot()?.resolve(&name))?;
    Ok(hash.to_string())
}
