//! Which process this is: a forked child has our memory, but neither our threads nor our right to
//! the files. May use error.

use crate::error::{Code, Error, Result};
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
