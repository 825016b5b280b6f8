//! Media: where a ledger's bytes live. A directory of files, memory, or one that fails on purpose.
//!
//! Stands below store, index and ledger; may use error. **The comments of these traits are the
//! contract of durability**: what a power cut may take away, and which sync takes that danger
//! away. Everything above relies on exactly this and nothing more; `FaultMedia` does its worst
//! within it.

#[cfg(any(test, feature = "fault"))]
pub mod fault;
pub mod file;
mod line;
mod lock;
pub mod memory;
mod os;
pub mod replace;

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

/// Why something is synced: every sync names its reason, so that a test can take each away in
/// turn and see what breaks (`tests/fault_syncs.rs` goes through [`Purpose::ALL`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    // Acknowledgements rest on these, or a refusal that says what is not there.
    /// The segment after a group and its frame, before any ticket of the group wakes.
    Group,
    /// The segment after recovery cut its tail and rewrote its last good group, before anything is
    /// acknowledged: after a crash readers may see what the disk lacks.
    Recovered,
    /// The header of a new segment, before its first group: a torn header then stands alone, and
    /// one with anything behind it is damage.
    SegmentHeader,
    /// The directory of the segments, before the first acknowledgement out of a new one.
    SegmentName,
    /// The content of `ledger.json`, before its name.
    LedgerFile,
    /// The ledger's own directory, before the first acknowledgement: its files and directories.
    LedgerNames,
    /// The segment after a group that found no room was cut off again, before it is told that the
    /// group is not there.
    Undone,
    // Only diagnostics and comfort rest on these.
    /// What recovery is about to cut off, before it is cut.
    TornCopy,
    /// The name of that copy, before it is cut.
    TornName,
    /// The slots of DURABLE on a clean close.
    Slots,
    /// A segment whose reservation was trimmed, on close and seal.
    Trimmed,
    /// A run of the index, before a manifest names it: what is missing is built anew.
    IndexRun,
    /// The content of a manifest of the index, before its name.
    IndexManifest,
    /// The names in the index's directory, and its own.
    IndexNames,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: &'static [Purpose] = &[
        Purpose::Group,
        Purpose::Recovered,
        Purpose::SegmentHeader,
        Purpose::SegmentName,
        Purpose::LedgerFile,
        Purpose::LedgerNames,
        Purpose::Undone,
        Purpose::TornCopy,
        Purpose::TornName,
        Purpose::Slots,
        Purpose::Trimmed,
        Purpose::IndexRun,
        Purpose::IndexManifest,
        Purpose::IndexNames,
    ];

    /// Whether an acknowledged batch could be lost, or a refused one come back, without this sync.
    pub const fn bears_acknowledgements(self) -> bool {
        !matches!(
            self,
            Purpose::TornCopy
                | Purpose::TornName
                | Purpose::Slots
                | Purpose::Trimmed
                | Purpose::IndexRun
                | Purpose::IndexManifest
                | Purpose::IndexNames
        )
    }
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

    /// When it returns `Ok`, every name made, changed or removed in `dir` survives a power cut; when
    /// it fails, any of them may, and a second call that succeeds covers them all. For the purpose
    /// `LedgerNames` the root's own name survives too.
    fn sync_dir(&self, dir: &str, purpose: Purpose) -> Result<()>;

    /// Comes to where one stands in line for a lock on the file at `path` (made when missing).
    /// Nothing is taken yet: [`Lock::advance`].
    fn line_up(&self, path: &str, right: Right) -> Result<Box<dyn Lock>>;

    /// Whether someone may write to the log now, in this process or another one; never takes the
    /// lock.
    fn is_locked(&self, path: &str) -> Result<bool>;

    /// Who got the right to write to the log last, where that is known: for messages.
    fn holder(&self, path: &str) -> Option<Holder>;
}

/// Who has a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The process's number.
    pub process: u32,
    /// The machine's name.
    pub host: String,
    /// Since when, µs since 1970 by that machine's clock.
    pub since: u64,
}

/// What a lock gives: there are two on one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// To write to the log.
    Log,
    /// To write the index's files.
    Index,
}

/// A place in line for a lock, and at its head the lock itself: one holds it, and who
/// came first gets it next, in whatever process. Dropping it lets go of place and lock; so does
/// the death of the process.
pub trait Lock: Send + Sync + Debug {
    /// Moves up as far as nobody stands, without waiting. `true` once the lock is held; the file
    /// was then the one on its path.
    fn advance(&mut self) -> Result<bool>;

    /// Whether someone stands in line behind the holder, who asks.
    fn is_wanted(&self) -> Result<bool>;

    /// Whether the locked file is still the one on its path (a ledger deleted under us is not).
    fn is_current(&self) -> bool;
}

/// One open file. Positioned reads and writes only: there is no cursor.
pub trait File: Send + Sync + Debug {
    /// Whether it is still the one on its path: a ledger moved away or put back from a copy has
    /// others.
    fn is_current(&self) -> bool;

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
    fn sync(&self, purpose: Purpose) -> Result<()>;
}
