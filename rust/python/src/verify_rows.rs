//! Verification of events that came from a ledger elsewhere, which may lie: `verify_rows` as
//! `verify` does it, `LogVerifier` as `verify_all` does. Nothing of it asks the other side.

use crate::convert::hashes::{full, required};
use crate::convert::report::{ReportRow, row};
use crate::error::Raise;
use crate::run::{Process, long, quick};
use lineseal_core::control::Control;
use lineseal_core::dag;
use lineseal_core::dag::report::Report;
use lineseal_core::dag::source::{Chunk, Log, Source};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::hash::Hash;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
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
        let rows = Rows::of(&rows)?;
        let names = names.iter().map(|name| required(name)).collect::<Result<Vec<_>>>()?;
        dag::verify(&rows, &names, control)
    })?;
    Ok(row(report))
}

/// Rows as a source of events.
struct Rows<'a> {
    places: HashMap<Hash, u64>,
    events: HashMap<u64, (Hash, &'a [u8])>,
    len: u64,
}

impl<'a> Rows<'a> {
    fn of(rows: &'a [Row]) -> Result<Self> {
        let mut found = Rows { places: HashMap::new(), events: HashMap::new(), len: 0 };
        for (hash, index, block, _) in rows {
            let hash = required(hash)?;
            let block: &[u8] = block;
            match found.events.insert(*index, (hash, block)) {
                Some((other, _)) if other != hash => {
                    let message =
                        format!("two events came with the index {index}: {other} and {hash}");
                    return Err(lie(message).hash(hash));
                }
                // Only one of them would be looked at.
                Some((_, other)) if other != block => {
                    return Err(lie(format!("two blocks came for {hash}")).hash(hash));
                }
                _ => {}
            }
            if let Some(other) = found.places.insert(hash, *index)
                && other != *index
            {
                return Err(
                    lie(format!("{hash} came with two indices: {other} and {index}")).hash(hash)
                );
            }
            found.len = found.len.max(index.saturating_add(1));
        }
        Ok(found)
    }
}

impl Source for Rows<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn find(&self, hash: &Hash) -> Result<Option<u64>> {
        Ok(self.places.get(hash).copied())
    }

    fn read(&self, index: u64, buffer: &mut Vec<u8>) -> Result<Hash> {
        let (hash, block) =
            self.events.get(&index).ok_or_else(|| lie(format!("no event {index}")))?;
        buffer.extend_from_slice(block);
        Ok(*hash)
    }

    fn children(&self, _: u64, _: Option<u64>, _: usize) -> Result<Vec<u64>> {
        Ok(Vec::new())
    }
}

#[cold]
fn lie(message: String) -> Error {
    Error::new(Code::CorruptLedger, message).remedy("Do not trust this answer")
}

/// A part of the log on its way to the verifier.
type Page = Vec<(Hash, u64, PyBackedBytes)>;

/// The verifying thread, and the way to it.
type Work = (SyncSender<Page>, JoinHandle<Result<Report>>);

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
        // Bounded: whoever feeds waits, and pages do not pile up.
        let (sender, receiver) = sync_channel(4);
        let mut log = Fed { total, receiver, page: Vec::new().into_iter().peekable(), next: 0 };
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
        quick(py, self.process, || {
            let page = rows
                .into_iter()
                .map(|(hash, index, block, _)| Ok((required(&hash)?, index, block)));
            let page = page.collect::<Result<Page>>()?;
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
        let report = quick(py, self.process, || {
            let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
            let (sender, thread) = work.ok_or_else(over)?;
            drop(sender);
            thread.join().unwrap_or_else(|_| Err(Error::new(Code::Internal, "the verifier died")))
        })?;
        Ok(row(report))
    }
}

fn over() -> Error {
    Error::new(Code::InvalidArgument, "the verification has ended").remedy("Start another")
}

/// The log, as it is fed.
struct Fed {
    total: u64,
    receiver: Receiver<Page>,
    page: std::iter::Peekable<std::vec::IntoIter<(Hash, u64, PyBackedBytes)>>,
    next: u64,
}

impl Log for Fed {
    fn total(&self) -> u64 {
        self.total
    }

    fn next(&mut self, chunk: &mut Chunk) -> Result<bool> {
        chunk.bytes.clear();
        chunk.events.clear();
        chunk.findings.clear();
        while self.page.peek().is_none() {
            let Ok(page) = self.receiver.recv() else { return Ok(false) };
            self.page = page.into_iter().peekable();
        }
        chunk.first = self.page.peek().map_or(self.next, |(_, index, _)| *index);
        self.next = chunk.first;
        while let Some((hash, _, block)) =
            self.page.next_if(|(_, index, _)| *index == self.next && chunk.bytes.len() < 256 << 10)
        {
            let start = chunk.bytes.len();
            chunk.bytes.extend_from_slice(&block);
            chunk.events.push((hash, start..chunk.bytes.len()));
            // Any index may be claimed.
            self.next = self.next.wrapping_add(1);
        }
        Ok(true)
    }
}

/// The hash that a name gives in full (64 hex digits or a CID), if it does.
#[pyfunction]
pub fn full_hash(name: &str) -> Option<String> {
    full(name).map(|hash| hash.to_string())
}
