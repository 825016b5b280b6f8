//! `trace`: events and their ancestors.

use crate::convert::hashes::resolve;
use crate::convert::stored::{StoredRow, rows};
use crate::open::Ledger;
use crate::run::long;
use lineseal_core::dag;
use pyo3::prelude::*;

/// The named events and all their ancestors, by descending index.
#[pyfunction]
#[pyo3(signature = (ledger, names, *, after_index, limit))]
pub fn trace_page<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    names: Vec<String>,
    after_index: Option<u64>,
    limit: Option<usize>,
) -> PyResult<Vec<StoredRow<'py>>> {
    let Ledger { core, process } = ledger.get();
    let found = long(py, *process, None, |control| {
        let snapshot = core.snapshot()?;
        let names = resolve(&snapshot, &names)?;
        let indices = dag::trace(&snapshot, &names, after_index, limit, control)?;
        indices
            .into_iter()
            .map(|index| {
                control.check()?;
                snapshot.at(index)
            })
            .collect()
    })?;
    Ok(rows(py, found))
}
