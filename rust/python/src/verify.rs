//! `verify`, `verify_all` and `verify_blocks`.

use crate::control::Control;
use crate::convert::hashes::{full, required, resolve};
use crate::convert::report::{ReportRow, row};
use crate::open::Ledger;
use crate::run::{Process, long};
use lineseal_core::dag;
use lineseal_core::dag::report::Anchor;
use lineseal_core::error::Result;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

/// Verifies the named events and all their ancestors.
#[pyfunction]
#[pyo3(signature = (ledger, names, *, progress, control=None))]
pub fn verify(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    names: Vec<String>,
    progress: Option<&Bound<'_, PyAny>>,
    control: Option<&Bound<'_, Control>>,
) -> PyResult<ReportRow> {
    let Ledger { core, process } = ledger.get();
    let report = long(py, *process, control, progress, |control| {
        let snapshot = core.snapshot()?;
        let hashes = resolve(&snapshot, &names)?;
        let mut report = dag::verify(&snapshot, &hashes, control)?;
        // A shortened hash was completed from the ledger itself: nothing from outside.
        if names.iter().any(|name| full(name).is_none()) {
            report.anchor = Anchor::None;
        }
        Ok(report)
    })?;
    Ok(row(report))
}

/// Verifies the whole log from the segments alone; `expect` must all be there.
#[pyfunction]
#[pyo3(signature = (ledger, expect, *, progress, control=None))]
pub fn verify_all(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    expect: Vec<String>,
    progress: Option<&Bound<'_, PyAny>>,
    control: Option<&Bound<'_, Control>>,
) -> PyResult<ReportRow> {
    let Ledger { core, process } = ledger.get();
    let report = long(py, *process, control, progress, |control| {
        let snapshot = core.snapshot()?;
        let expect = expect.iter().map(|text| required(text)).collect::<Result<Vec<_>>>()?;
        dag::verify_log(snapshot.log()?.as_mut(), &expect, control)
    })?;
    Ok(row(report))
}

/// Verifies loose blocks against the names claimed for them.
#[pyfunction]
#[pyo3(signature = (blocks, *, progress))]
pub fn verify_blocks(
    py: Python<'_>,
    blocks: Vec<(String, PyBackedBytes)>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<ReportRow> {
    let report = long(py, Process::current(), None, progress, |control| {
        let blocks = (0..)
            .zip(&blocks)
            .map(|(at, (name, block))| {
                Ok((required(name).map_err(|error| error.position(at))?, block.as_ref()))
            })
            .collect::<Result<Vec<_>>>()?;
        dag::verify_blocks(&blocks, control)
    })?;
    Ok(row(report))
}
