//! Which process this is: a forked child has our memory, but neither our threads nor our right to
//! the files. May use error.

use crate::error::{Code, Error, Result};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The process that first used the thread pool; 0 before.
static POOL: AtomicU32 = AtomicU32::new(0);

/// Whether rayon's threads are there: in a child forked after their start they are not, and work
/// given to them would never end.
pub(super) fn may_use_threads() -> bool {
    let us = std::process::id();
    match POOL.compare_exchange(0, us, Relaxed, Relaxed) {
        Ok(_) => true,
        Err(first) => first == us,
    }
}

/// The process that opened something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Process(u32);

impl Process {
    /// The process that runs now.
    pub fn current() -> Self {
        Process(std::process::id())
    }

    pub(super) fn is_current(self) -> bool {
        self.0 == std::process::id()
    }

    /// `Forked` in a child.
    pub fn check(self) -> Result<()> {
        if self.is_current() {
            return Ok(());
        }
        Err(Error::new(Code::Forked, "the ledger was opened before this process was forked")
            .remedy("Open the ledger again in the child process, or start processes with spawn"))
    }
}
