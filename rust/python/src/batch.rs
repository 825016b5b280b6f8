//! Batches made and hashed here, to be recorded by a ledger elsewhere: the client's half of the wire.

use crate::convert::batch::{Blocks, Resolver, convert, too_many};
use crate::error::Raise;
use crate::receipt::Receipt;
use crate::receipts::Receipts;
use crate::record_blocks::prepare;
use crate::record_json::write;
use crate::run::{Process, quick};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::Batch as Prepared;
use lineseal_core::limits::{MAX_BATCH_EVENTS, MAX_REQUEST};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

/// Canonical blocks and their hashes.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Batch {
    blocks: Held,
    hashes: Vec<Hash>,
    copies: bool,
}

/// Where the blocks are kept: as they were made, or as they were given.
enum Held {
    Made(Blocks),
    Given(Vec<PyBackedBytes>),
    Prepared(Vec<Prepared>),
}

impl Held {
    fn each(&self) -> Vec<&[u8]> {
        match self {
            Held::Made(blocks) => blocks.each(),
            Held::Given(blocks) => blocks.iter().map(AsRef::as_ref).collect(),
            Held::Prepared(batches) => batches.iter().flat_map(Prepared::blocks).collect(),
        }
    }
}

impl Batch {
    /// Of what is prepared already.
    pub fn prepared(batches: Vec<Prepared>) -> Batch {
        let hashes = batches.iter().flat_map(Prepared::hashes).collect();
        Batch { hashes, blocks: Held::Prepared(batches), copies: false }
    }

    /// Checks and hashes the blocks as a ledger would.
    fn of(
        py: Python<'_>,
        copies: bool,
        make: impl FnOnce() -> Result<Held> + Send,
    ) -> PyResult<Batch> {
        quick(py, Process::current(), || {
            let blocks = make()?;
            let hashes = prepare(&blocks.each(), copies)?.hashes().collect();
            Ok(Batch { blocks, hashes, copies })
        })
    }
}

/// Of record objects; `resolve` gives the full hash of a shortened one.
#[pyfunction]
pub fn make_batch<'py>(
    py: Python<'py>,
    records: &Bound<'py, PyAny>,
    resolve: Bound<'py, PyAny>,
) -> PyResult<Batch> {
    let blocks = convert(Resolver::Callable(resolve), records)?;
    Batch::of(py, false, || Ok(Held::Made(blocks)))
}

/// Of JSON drafts.
#[pyfunction]
pub fn make_batch_json(py: Python<'_>, drafts: Vec<PyBackedBytes>) -> PyResult<Batch> {
    Batch::of(py, false, || write(&drafts).map(Held::Made))
}

/// Of canonical blocks, as copies of events recorded elsewhere or not; `bytes` are not copied.
#[pyfunction]
#[pyo3(signature = (blocks, *, copies=false))]
pub fn make_batch_blocks(
    py: Python<'_>,
    blocks: Vec<PyBackedBytes>,
    copies: bool,
) -> PyResult<Batch> {
    if blocks.len() > MAX_BATCH_EVENTS {
        return Err(too_many()).or_raise(py);
    }
    Batch::of(py, copies, || Ok(Held::Given(blocks)))
}

#[pymethods]
impl Batch {
    fn __len__(&self) -> usize {
        self.hashes.len()
    }

    /// Hex digits of the events' hashes, in order.
    fn hashes(&self) -> Vec<String> {
        self.hashes.iter().map(ToString::to_string).collect()
    }

    /// The blocks, in order.
    fn blocks<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.blocks.each().into_iter().map(|block| PyBytes::new(py, block)).collect()
    }

    /// A `RecordRequest` of the blocks.
    fn request<'py>(&self, py: Python<'py>, ledger: &str) -> PyResult<Bound<'py, PyBytes>> {
        let request = quick(py, Process::current(), || {
            let request = lineseal_wire::encode(ledger, &self.blocks.each(), self.copies);
            if request.len() > MAX_REQUEST {
                return Err(too_large(request.len()));
            }
            Ok(request)
        })?;
        Ok(PyBytes::new(py, &request))
    }

    /// The receipts of the `RecordResponse` to that request; refused when it differs.
    fn receipts(&self, py: Python<'_>, response: &[u8]) -> PyResult<Vec<Receipt>> {
        let receipts = lineseal_wire::receipts(response, &self.hashes).or_raise(py)?;
        Ok(receipts.into_iter().map(Receipt::from).collect())
    }

    /// The same, packed.
    fn packed(&self, py: Python<'_>, response: &[u8]) -> PyResult<Receipts> {
        lineseal_wire::receipts(response, &self.hashes).or_raise(py).map(Receipts)
    }
}

fn too_large(len: usize) -> Error {
    let message = format!("the batch makes a request of {len} bytes, more than {MAX_REQUEST}");
    Error::new(Code::InvalidArgument, message).remedy("Split it into several calls, parents first")
}
