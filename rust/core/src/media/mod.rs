//! Media: where a ledger's bytes live. A directory of files, memory, or one that fails on purpose.
//!
//! Stands below store, index and ledger; may use error. **The comments of these traits are the
//! contract of durability**: what a power cut may take away, and which sync takes that danger
//! away. Everything above relies on exactly this and nothing more; `FaultMedia` does its worst
//! within it.

use crate::error::Result;
use std::fmt::Debug;
use std::sync::Arc;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It must exist; never written.
    Read,
    /// It must exist; read and written.
    Write,
    /// It must not exist; read and written. The new name is durable only after
    /// [`Media::sync_dir`] of its directory.
    Create,
}

/// A tree of files, seen from the ledger's own directory. Paths are relative, with `/`; the root
/// is `""`.
pub trait Media: Send + Sync + Debug {
    /// Opens a file; `None` when `Read` or `Write` meet no file. `Storage` errors name it.
    fn open(&self, path: &str, mode: Mode) -> Result<Option<Arc<dyn File>>>;

    /// Names in a directory (not paths), sorted; empty when there is no such directory.
    fn list(&self, dir: &str) -> Result<Vec<String>>;

    /// Makes a directory if it is not there. Durable only after `sync_dir` of the one above it.
    fn create_dir(&self, dir: &str) -> Result<()>;

    /// Gives a file another name, replacing what bore it, at once for every reader: they see the
    /// old file or the new one. Durable only after `sync_dir`; its content only after its own sync.
    fn rename(&self, from: &str, to: &str) -> Result<()>;

    /// Takes a name away. Durable only after `sync_dir`.
    fn remove(&self, path: &str) -> Result<()>;

    /// When it returns, every name made, changed or removed in `dir` survives a power cut.
    fn sync_dir(&self, dir: &str) -> Result<()>;

    /// Takes the writer's lock on the file at `path` (made when missing) until the guard is
    /// dropped. `LedgerLocked` when another holds it, in this process or another one. The locked
    /// file must still be the one on the path afterwards.
    fn lock(&self, path: &str) -> Result<Box<dyn Guard>>;

    /// Whether someone holds the lock on `path` now; never takes it.
    fn is_locked(&self, path: &str) -> Result<bool>;
}

/// Holds the writer's lock; dropping it lets go.
pub trait Guard: Send + Sync + Debug {
    /// Whether the locked file is still the one on its path (a ledger deleted under us is not).
    fn is_current(&self) -> bool;
}

/// One open file. Positioned reads and writes only: there is no cursor.
pub trait File: Send + Sync + Debug {
    /// Length in bytes.
    fn size(&self) -> Result<u64>;

    /// Reads into `buffer` from `offset`; returns how many bytes, fewer only at the file's end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize>;

    /// Writes all of `bytes` at `offset`, growing the file when needed. Until `sync`, a power cut
    /// may keep any subset of the written pages, the death of the process keeps them all. On an
    /// error any part may have been written. `StorageFull` when there is no room.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()>;

    /// Grows the file to `length` with zeros, so that later writes within need not change its
    /// metadata. Best effort: may do nothing.
    fn reserve(&self, length: u64) -> Result<()>;

    /// Cuts the file to `length`. Durable only after `sync`.
    fn truncate(&self, length: u64) -> Result<()>;

    /// When it returns `Ok`, all that was written to this file before the call, and its length,
    /// survive a power cut. When it fails, nothing is known of any of it, and a second call that
    /// succeeds proves nothing about the bytes of the first (the system may have dropped them and
    /// still show them to readers).
    fn sync(&self) -> Result<()>;
}
