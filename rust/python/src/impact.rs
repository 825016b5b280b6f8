//! `impact`: descendants of an event.

use crate::convert::hashes::resolve;
use crate::convert::stored::{StoredRow, rows};
use crate::open::Ledger;
use crate::run::long;
use lineseal_core::dag;
use pyo3::prelude::*;

/// A page of the descendants of the event, in log order, above `after_index`.
#[pyfunction]
#[pyo3(signature = (ledger, name, *, after_index, limit))]
pub fn impact_page<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    name: String,
    after_index: Option<u64>,
    limit: usize,
) -> PyResult<Vec<StoredRow<'py>>> {
    let Ledger { core, process } = ledger.get();
    let found = long(py, *process, None, |control| {
        let snapshot = core.snapshot()?;
        let hashes = resolve(&snapshot, &[name])?;
        let mut found = Vec::new();
        for hash in &hashes {
            let index = snapshot.get(hash)?.index;
            for index in dag::impact(&snapshot, index, after_index, limit, control)? {
                found.push(snapshot.at(index)?);
            }
        }
        snapshot.known(found, after_index.is_none() && limit > 0, "its descendants")
    })?;
    Ok(rows(py, found))
}
