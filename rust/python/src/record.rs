//! `record_many`: record objects, one atomic batch.

use crate::convert::batch::{Resolver, convert};
use crate::open::Ledger;
use crate::receipt::Receipt;
use crate::run::{quick, record};
use pyo3::prelude::*;
use std::cell::OnceCell;

/// Records them all, or none; returns when they are durable.
#[pyfunction]
pub fn record_many(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    records: &Bound<'_, PyAny>,
) -> PyResult<Vec<Receipt>> {
    let Ledger { core, process } = ledger.get();
    // A child of a fork is told before its records are looked at.
    quick(py, *process, || Ok(()))?;
    let blocks = convert(Resolver::Ledger(core, OnceCell::new()), records)?;
    let receipts = record(py, *process, core, || blocks.prepare())?;
    Ok(receipts.into_iter().map(Receipt::from).collect())
}
