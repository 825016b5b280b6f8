//! `events`: the log in order, filtered.

use crate::control::Control;
use crate::convert::stored::{StoredRow, rows};
use crate::open::Ledger;
use crate::run::long;
use lineseal_core::ledger::Filter;
use pyo3::prelude::*;

/// A page of events in log order; `limit` bounds it, and so do `bytes` of blocks, behind the first.
#[pyfunction]
#[pyo3(signature = (ledger, *, types, since, until, after_index, limit, bytes=None, control=None))]
#[allow(clippy::too_many_arguments, reason = "keywords in Python, each by its name")]
pub fn events_page<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    types: Vec<String>,
    since: Option<i64>,
    until: Option<i64>,
    after_index: Option<u64>,
    limit: usize,
    bytes: Option<usize>,
    control: Option<&Bound<'_, Control>>,
) -> PyResult<Vec<StoredRow<'py>>> {
    let Ledger { core, process } = ledger.get();
    let filter = Filter { types, since, until, after_index, limit: Some(limit), bytes };
    let found =
        long(py, *process, control, None, |control| core.snapshot()?.events(&filter, control))?;
    Ok(rows(py, found))
}
