//! The only ways from Python into the core. All check for a fork, let the GIL go, and raise
//! the error of the table; no lock of the core is ever taken while attached to the interpreter.

use crate::control::{Control as Given, given};
use crate::error::Raise;
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Error, Result};
pub use lineseal_core::ledger::Process;
use lineseal_core::ledger::{Batch, Ledger, Receipt};
use pyo3::prelude::*;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// How often a waiting caller looks for signals: well below the second that Ctrl-C may take.
const TICK: Duration = Duration::from_millis(100);

/// For calls that end soon: check, detach, call, raise.
pub fn quick<T: Send>(
    py: Python<'_>,
    process: Process,
    call: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    process.check().or_raise(py)?;
    py.detach(call).or_raise(py)
}

/// For recording: soon done while the lock of the ledger is ours. Where other processes have to be
/// waited for, the caller looks for signals meanwhile.
pub fn record(
    py: Python<'_>,
    process: Process,
    core: &Ledger,
    prepare: impl FnOnce() -> Result<Batch> + Send,
) -> PyResult<Vec<Receipt>> {
    let (batch, done) = quick(py, process, || {
        let batch = prepare()?;
        let done = core.record_at_once(&batch, &Control::new())?;
        Ok((batch, done))
    })?;
    match done {
        Some(receipts) => Ok(receipts),
        None => long(py, process, None, None, |control| core.record(batch, control)),
    }
}

/// For calls that may take long: they run on a thread of their own while the caller looks for
/// signals and reports progress (done, total; total 0: not known) ten times a second. A signal or
/// an exception of `progress` cancels the work, waits for it to stop, and is raised. So does the
/// caller's own `control`, from another thread.
pub fn long<T: Send>(
    py: Python<'_>,
    process: Process,
    control: Option<&Bound<'_, Given>>,
    progress: Option<&Bound<'_, PyAny>>,
    call: impl FnOnce(&Control) -> Result<T> + Send,
) -> PyResult<T> {
    process.check().or_raise(py)?;
    let control = &given(control);
    let (sender, mut receiver) = sync_channel(1);
    thread::scope(|scope| {
        let worker = scope.spawn(move || {
            // Fails only when the caller has stopped listening, and then nobody misses it.
            let _ = sender.send(call(control));
        });
        loop {
            let waiting = &mut receiver;
            match py.detach(move || waiting.recv_timeout(TICK)) {
                Ok(result) => {
                    tell(progress, control)?;
                    return result.or_raise(py);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    // Joined here, or the scope would panic in its stead.
                    let _ = worker.join();
                    return Err(died()).or_raise(py);
                }
            }
            if let Err(stop) = py.check_signals().and_then(|()| tell(progress, control)) {
                control.cancel();
                // The worker notices at its next check, about a thousand events later.
                let _ = py.detach(move || worker.join());
                return Err(stop);
            }
        }
    })
}

fn tell(progress: Option<&Bound<'_, PyAny>>, control: &Control) -> PyResult<()> {
    match progress {
        Some(callback) => callback.call1(control.progress()).map(drop),
        None => Ok(()),
    }
}

fn died() -> Error {
    Error::new(Code::Internal, "a worker thread died").remedy("Please report it")
}
