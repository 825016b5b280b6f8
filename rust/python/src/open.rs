//! Opening a ledger, and the handle that everything else takes.

use crate::run::{Process, long, quick};
use lineseal_core::ledger::{Ledger as Core, Options, Place, Sharing};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::time::Duration;

/// A handle of an open ledger. All handles of one directory in a process share one writer.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Ledger {
    pub core: Core,
    pub process: Process,
}

/// Opens a directory, or memory when `path` is None. `progress` is called while the log is read.
#[pyfunction]
#[pyo3(signature = (path, *, read_only, create, lock_timeout=None, progress=None))]
pub fn open_ledger(
    py: Python<'_>,
    path: Option<PathBuf>,
    read_only: bool,
    create: bool,
    lock_timeout: Option<f64>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Ledger> {
    let process = Process::current();
    let mut sharing = Sharing::default();
    if let Some(seconds) = lock_timeout {
        // More than there is time for is for ever.
        sharing.timeout = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    }
    let place = path.map_or(Place::Memory, Place::Directory);
    let options = Options { read_only, create, sharing, ..Options::default() };
    let open = |control: &_| Core::open_watched(place, options, control);
    let core = long(py, process, None, progress, open)?;
    Ok(Ledger { core, process })
}

#[pymethods]
impl Ledger {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        let length = quick(py, self.process, || Ok(self.core.snapshot()?.len()))?;
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Waits for the index's work in the background: for benchmarks.
    fn settle(&self, py: Python<'_>) -> PyResult<()> {
        quick(py, self.process, || self.core.settle())
    }

    /// Lets go of the ledger; the last handle of a directory gives up its lock.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        quick(py, self.process, || self.core.close())
    }
}
