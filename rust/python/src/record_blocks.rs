//! `record_blocks`: canonical bytes, one atomic batch.

use crate::convert::batch::too_many;
use crate::error::Raise;
use crate::open::Ledger;
use crate::receipt::Receipt;
use crate::run::quick;
use lineseal_core::control::Control;
use lineseal_core::ledger::Ledger as Core;
use lineseal_core::limits::MAX_BATCH_EVENTS;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

/// Records them all, or none; returns when they are durable. `bytes` are not copied.
#[pyfunction]
pub fn record_blocks(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    blocks: Vec<PyBackedBytes>,
) -> PyResult<Vec<Receipt>> {
    let Ledger { core, process } = ledger.get();
    if blocks.len() > MAX_BATCH_EVENTS {
        return Err(too_many()).or_raise(py);
    }
    let receipts = quick(py, *process, || {
        let blocks: Vec<&[u8]> = blocks.iter().map(AsRef::as_ref).collect();
        core.record(Core::prepare(&blocks)?, &Control::new())
    })?;
    Ok(receipts.into_iter().map(Receipt::from).collect())
}
