//! `stats`: what a ledger is and holds.

use crate::open::Ledger;
use crate::run::quick;
use lineseal_core::ledger::{SlotState, Torn};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Facts about the ledger, by name.
#[pyfunction]
pub fn stats<'py>(py: Python<'py>, ledger: &Bound<'py, Ledger>) -> PyResult<Bound<'py, PyDict>> {
    let Ledger { core, process } = ledger.get();
    let stats = quick(py, *process, || core.stats())?;
    let facts = PyDict::new(py);
    facts.set_item("ledger", stats.label)?;
    facts.set_item("id", stats.id)?;
    facts.set_item("origin", stats.origin)?;
    facts.set_item("format", stats.format)?;
    facts.set_item("read_only", stats.read_only)?;
    facts.set_item("events", stats.events)?;
    facts.set_item("batches", stats.batches)?;
    facts.set_item("groups", stats.groups)?;
    facts.set_item("segments", stats.segments)?;
    facts.set_item("bytes", stats.bytes)?;
    facts.set_item("indexed", stats.kept)?;
    let torn = stats.torn.iter().map(|tail| torn(py, tail)).collect::<PyResult<Vec<_>>>()?;
    facts.set_item("torn", torn)?;
    facts.set_item("durable_slots", stats.slots.map(slot))?;
    facts.set_item("damage", stats.damage)?;
    facts.set_item("poisoned", stats.poisoned)?;
    Ok(facts)
}

fn torn<'py>(py: Python<'py>, tail: &Torn) -> PyResult<Bound<'py, PyDict>> {
    let facts = PyDict::new(py);
    facts.set_item("segment", tail.segment)?;
    facts.set_item("offset", tail.offset)?;
    facts.set_item("bytes", tail.bytes)?;
    facts.set_item("saved", tail.saved.as_deref())?;
    Ok(facts)
}

fn slot(state: SlotState) -> &'static str {
    match state {
        SlotState::Empty => "empty",
        SlotState::Valid => "valid",
        SlotState::Invalid => "invalid",
    }
}
