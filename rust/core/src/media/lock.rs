//! The writer's lock on a file. May use os and error.

use super::{Guard, os};
use crate::error::{Code, Error, Result};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Held until dropped; in a forked child dropping it lets go of nothing.
#[derive(Debug)]
struct FileLock {
    file: File,
    path: PathBuf,
    process: u32,
}

/// Takes the lock on `path`, made when missing. Happy path: `openat`, `fstat`,
/// `fcntl(F_OFD_SETLK)`, `fstat`, `stat`.
pub(super) fn take(path: &Path) -> Result<Box<dyn Guard>> {
    // A ledger that is deleted and made anew in between leaves us with the old file: once more.
    for _ in 0..8 {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = os::open(&mut options, path)
            .map_err(|e| os::refusal(&e, "open for writing", path, true))?;
        if !os::try_lock(&file).map_err(|e| os::refusal(&e, "lock", path, true))? {
            return Err(held(path));
        }
        let lock = FileLock { file, path: path.to_owned(), process: std::process::id() };
        if lock.is_current() {
            return Ok(Box::new(lock));
        }
    }
    Err(held(path))
}

/// Whether someone holds it; a file that is not there is not held.
pub(super) fn test(path: &Path) -> Result<bool> {
    match os::open(OpenOptions::new().read(true), path) {
        Ok(file) => os::test_lock(&file).map_err(|e| os::refusal(&e, "test the lock", path, false)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(os::refusal(&error, "open", path, false)),
    }
}

fn held(path: &Path) -> Error {
    Error::new(Code::LedgerLocked, format!("{} is locked by another writer", path.display()))
        .path(path.display().to_string())
        .remedy("Close the other process's ledger, or open this one with read_only=True")
}

impl Guard for FileLock {
    fn is_current(&self) -> bool {
        os::is_at(&self.file, &self.path)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if self.process == std::process::id() {
            os::unlock(&self.file);
        }
    }
}
