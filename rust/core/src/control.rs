//! How long work is watched and stopped from outside. May use error.
//!
//! The worker calls [`Control::advance`] about every thousand events; the owner reads the
//! progress and cancels from another thread.

use crate::error::{Code, Error, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// Shared between a long operation and whoever waits for it.
#[derive(Debug, Default)]
pub struct Control {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    deadline: Option<Instant>,
}

impl Control {
    /// No deadline, nothing done yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up by itself at `deadline`.
    pub fn with_deadline(deadline: Instant) -> Self {
        Control { deadline: Some(deadline), ..Self::default() }
    }

    /// Asks the worker to stop; it does at its next check.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Fails with `Cancelled` or `Timeout` when the worker should stop.
    pub fn check(&self) -> Result<()> {
        if self.cancelled.load(Relaxed) {
            return Err(Error::new(Code::Cancelled, "cancelled"));
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => {
                Err(Error::new(Code::Timeout, "the deadline passed"))
            }
            _ => Ok(()),
        }
    }

    /// Counts `n` more events done, then checks as [`Control::check`] does.
    pub fn advance(&self, n: u64) -> Result<()> {
        self.done.fetch_add(n, Relaxed);
        self.check()
    }

    /// States how many events there are in all (0: not known).
    pub fn set_total(&self, total: u64) {
        self.total.store(total, Relaxed);
    }

    /// When the operation gives up by itself.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Events done, and events in all (0: not known).
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Relaxed), self.total.load(Relaxed))
    }
}
