//! Stops work in the core from another thread: a vanished caller, a deadline.

use crate::error::Raise;
use lineseal_core::control::Control as Core;
use lineseal_core::error::{Code, Error};
use pyo3::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Given to a call of the core, it cancels it, ends it at a deadline, and tells how far it is.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Control(pub Arc<Core>);

#[pymethods]
impl Control {
    /// `timeout` is in seconds from now; None waits for ever.
    #[new]
    #[pyo3(signature = (timeout=None))]
    fn new(py: Python<'_>, timeout: Option<f64>) -> PyResult<Self> {
        let Some(seconds) = timeout else { return Ok(Control(Arc::default())) };
        let wait = Duration::try_from_secs_f64(seconds.max(0.0));
        let deadline = wait.ok().and_then(|wait| Instant::now().checked_add(wait));
        let Some(deadline) = deadline else {
            let error = Error::new(Code::InvalidArgument, format!("{seconds} is no timeout"));
            return Err(error.remedy("Give seconds, or None")).or_raise(py);
        };
        Ok(Control(Arc::new(Core::with_deadline(deadline))))
    }

    /// Asks the work to stop; it does at its next check.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// Events done, and events in all (0: not known).
    fn progress(&self) -> (u64, u64) {
        self.0.progress()
    }
}

/// The caller's control, or one that never stops anything.
pub fn given(control: Option<&Bound<'_, Control>>) -> Arc<Core> {
    control.map_or_else(Arc::default, |control| control.get().0.clone())
}
