//! Verification of events that came from a ledger elsewhere, which may lie: `verify_rows` as
//! `verify` does it, `LogVerifier` as `verify_all` does. Nothing of it asks the other side.

use crate::control::Control as Given;
use crate::convert::hashes::{full, required};
use crate::convert::report::{ReportRow, row};
use crate::error::Raise;
use crate::run::{Process, long};
use lineseal_core::control::Control;
use lineseal_core::dag;
use lineseal_core::dag::report::Report;
use lineseal_core::dag::rows::{Page, Rows, fed};
use lineseal_core::error::{Code, Error, Result};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// hash, index, block, recorded_at (µs), as rows come from elsewhere
type Row = (String, u64, PyBackedBytes, i64);

/// Verifies the named events and all their ancestors among `rows`.
#[pyfunction]
#[pyo3(signature = (rows, names, *, progress))]
pub fn verify_rows(
    py: Python<'_>,
    rows: Vec<Row>,
    names: Vec<String>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<ReportRow> {
    let report = long(py, Process::current(), None, progress, |control| {
        let rows = rows.iter().map(|(hash, index, block, _)| Ok((required(hash)?, *index, block)));
        let rows = Rows::of(rows)?;
        let names = names.iter().map(|name| required(name)).collect::<Result<Vec<_>>>()?;
        dag::verify(&rows, &names, control)
    })?;
    Ok(row(report))
}

/// The verifying thread, and the way to it.
type Work = (SyncSender<Page<PyBackedBytes>>, JoinHandle<Result<Report>>);

/// Verifies a log whose events are fed to it in the order of the log.
#[pyclass(frozen, module = "lineseal._core")]
pub struct LogVerifier {
    process: Process,
    control: Arc<Control>,
    work: Mutex<Option<Work>>,
}

#[pymethods]
impl LogVerifier {
    /// For a log of `total` events, in which those of `expect` must be.
    #[new]
    fn new(py: Python<'_>, total: u64, expect: Vec<String>) -> PyResult<Self> {
        let expect = expect.iter().map(|name| required(name)).collect::<Result<Vec<_>>>();
        let expect = expect.or_raise(py)?;
        let control = Arc::new(Control::new());
        let theirs = control.clone();
        let (sender, mut log) = fed(total);
        let thread = std::thread::Builder::new()
            .name("lineseal-verify".to_owned())
            .spawn(move || dag::verify_log(&mut log, &expect, &theirs))
            .map_err(|error| Error::new(Code::Storage, format!("no thread to verify: {error}")))
            .or_raise(py)?;
        let work = Mutex::new(Some((sender, thread)));
        Ok(LogVerifier { process: Process::current(), control, work })
    }

    /// The next events. Waits while earlier ones are not yet taken.
    fn feed(&self, py: Python<'_>, rows: Vec<Row>) -> PyResult<()> {
        long(py, self.process, Some(&self.given(py)?), None, |_| {
            let page = rows
                .into_iter()
                .map(|(hash, index, block, _)| Ok((required(&hash)?, index, block)));
            let page = page.collect::<Result<Page<_>>>()?;
            let sender = match &*self.work.lock().unwrap_or_else(PoisonError::into_inner) {
                Some((sender, _)) => sender.clone(),
                None => return Err(over()),
            };
            // Fails only when the verifier has ended with an error, which `finish` tells.
            let _ = sender.send(page);
            Ok(())
        })
    }

    /// Events done, and events in all.
    fn progress(&self) -> (u64, u64) {
        self.control.progress()
    }

    /// The report, once all events were fed.
    fn finish(&self, py: Python<'_>) -> PyResult<ReportRow> {
        let report = long(py, self.process, Some(&self.given(py)?), None, |_| {
            let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
            let (sender, thread) = work.ok_or_else(over)?;
            drop(sender);
            thread.join().unwrap_or_else(|_| Err(Error::new(Code::Internal, "the verifier died")))
        })?;
        Ok(row(report))
    }
}

impl LogVerifier {
    /// Ends the verifying thread, too, when whoever feeds it or waits for it is interrupted.
    fn given<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Given>> {
        Bound::new(py, Given(self.control.clone()))
    }
}

fn over() -> Error {
    Error::new(Code::InvalidArgument, "the verification has ended").remedy("Start another")
}

/// The hash that a name gives in full (64 hex digits or a CID), if it does.
#[pyfunction]
pub fn full_hash(name: &str) -> Option<String> {
    full(name).map(|hash| hash.to_string())
}

/// The hashes that names give in full; all of them must.
#[pyfunction]
pub fn full_hashes(py: Python<'_>, names: Vec<String>) -> PyResult<Vec<String>> {
    let hashes = names.iter().map(|name| required(name).map(|hash| hash.to_string()));
    hashes.collect::<Result<_>>().or_raise(py)
}
