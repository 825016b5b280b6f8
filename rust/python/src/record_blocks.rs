//! `record_blocks`: canonical bytes, one atomic batch.

use crate::convert::batch::too_many;
use crate::error::Raise;
use crate::open::Ledger;
use crate::receipt::Receipt;
use crate::run::record;
use lineseal_core::error::Result;
use lineseal_core::ledger::{Batch, Ledger as Core};
use lineseal_core::limits::MAX_BATCH_EVENTS;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

/// Stage 1 of the ledger, for events made here or for copies of events recorded elsewhere.
pub fn prepare(blocks: &[&[u8]], copies: bool) -> Result<Batch> {
    if copies { Core::prepare_copies(blocks) } else { Core::prepare(blocks) }
}

/// Records them all, or none; returns when they are durable. `bytes` are not copied.
#[pyfunction]
#[pyo3(signature = (ledger, blocks, *, copies=false))]
pub fn record_blocks(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    blocks: Vec<PyBackedBytes>,
    copies: bool,
) -> PyResult<Vec<Receipt>> {
    let Ledger { core, process } = ledger.get();
    if blocks.len() > MAX_BATCH_EVENTS {
        return Err(too_many()).or_raise(py);
    }
    let receipts = record(py, *process, core, || {
        let blocks: Vec<&[u8]> = blocks.iter().map(AsRef::as_ref).collect();
        prepare(&blocks, copies)
    })?;
    Ok(receipts.into_iter().map(Receipt::from).collect())
}
