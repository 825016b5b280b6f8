//! `record_json`: JSON drafts, one atomic batch.

use crate::convert::batch::{Blocks, too_many};
use crate::open::Ledger;
use crate::receipt::Receipt;
use crate::run::record;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::json;
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use lineseal_core::limits::MAX_BATCH_EVENTS;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

/// Records them all, or none; returns when they are durable.
#[pyfunction]
pub fn record_json(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    drafts: Vec<PyBackedBytes>,
) -> PyResult<Vec<Receipt>> {
    let Ledger { core, process } = ledger.get();
    let receipts = record(py, *process, core, || write(&drafts)?.prepare())?;
    Ok(receipts.into_iter().map(Receipt::from).collect())
}

/// The blocks of JSON drafts; what is missing of identity is drawn.
pub fn write(drafts: &[PyBackedBytes]) -> Result<Blocks> {
    if drafts.len() > MAX_BATCH_EVENTS {
        return Err(too_many());
    }
    if drafts.is_empty() {
        return Err(Error::new(Code::InvalidArgument, "the batch is empty")
            .remedy("Give at least one draft"));
    }
    let mut blocks = Blocks::default();
    let mut writer = Writer::new();
    let mut done: Vec<Hash> = Vec::with_capacity(drafts.len());
    for (position, draft) in drafts.iter().enumerate() {
        let earlier = |at: u64| usize::try_from(at).ok().and_then(|at| done.get(at)).copied();
        let hash =
            blocks.push(|out| json::draft(draft, &mut writer, &earlier, Fill::Draw, out)).map_err(
                |error| if drafts.len() > 1 { error.position(position as u64) } else { error },
            )?;
        done.push(hash);
    }
    Ok(blocks)
}
