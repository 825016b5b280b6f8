//! Locks on a file, and the lines for them. May use os and error.
//!
//! A byte of the file is the lock, the bytes behind it are places in line, each held by a lock of
//! its own. Who waits takes the place in front before leaving the one behind, so that nobody
//! overtakes; who comes passes the places that are free, from the last one on. Only with more
//! waiting than there are places it is chance who gets the last one.
//!
//! Who may write to the log signs: the file says `pid=… host=… since=…`. Nobody decides anything by that.

use super::{Holder, Lock, Right, os};
use crate::error::Result;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Places in line, that of the holder among them.
pub(super) const PLACES: u64 = 32;

/// Bytes of a signature: each covers the one before.
const SIGNATURE: usize = 128;

/// Left when dropped; in a forked child dropping it lets go of nothing.
#[derive(Debug)]
struct FileLock {
    file: File,
    path: PathBuf,
    process: u32,
    right: Right,
    /// The place held; `PLACES` for none yet.
    place: u64,
}

/// Comes to the line. Happy path of this and of getting the lock: `openat`, `fstat`,
/// `fcntl(F_OFD_SETLK)` for each place and to leave it, `fstat`, `stat`, `pwrite64`.
pub(super) fn line_up(path: &Path, right: Right) -> Result<Box<dyn Lock>> {
    let (file, process) = (open(path)?, std::process::id());
    Ok(Box::new(FileLock { file, path: path.to_owned(), process, right, place: PLACES }))
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    os::open(&mut options, path).map_err(|e| os::refusal(&e, "open for writing", path, true))
}

/// Whether someone holds it; a file that is not there is not held.
pub(super) fn test(path: &Path) -> Result<bool> {
    match os::open(OpenOptions::new().read(true), path) {
        Ok(file) => {
            os::test_lock(&file, 0..1).map_err(|e| os::refusal(&e, "test the lock", path, false))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(os::refusal(&error, "open", path, false)),
    }
}

/// Who signed last.
pub(super) fn holder(path: &Path) -> Option<Holder> {
    let mut bytes = [0; SIGNATURE];
    let n =
        os::read_at(&os::open(OpenOptions::new().read(true), path).ok()?, 0, &mut bytes).ok()?;
    let mut words = std::str::from_utf8(bytes.get(..n)?).ok()?.split_whitespace();
    let process = words.next()?.strip_prefix("pid=")?.parse().ok()?;
    let host = words.next()?.strip_prefix("host=")?.to_owned();
    let since = words.next()?.strip_prefix("since=")?.parse().ok()?;
    Some(Holder { process, host, since })
}

/// Ours, as of now.
fn signature(process: u32) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let host: String = os::host().chars().filter(|c| c.is_ascii_graphic()).take(64).collect();
    let name = format!("pid={process} host={host} since={since}");
    format!("{name:<0$}\n", SIGNATURE - 1)
}

impl FileLock {
    /// The byte that is the lock.
    fn base(&self) -> u64 {
        match self.right {
            Right::Log => 0,
            Right::Index => PLACES,
        }
    }

    fn leave(&self) {
        if self.place < PLACES {
            os::unlock(&self.file, self.base() + self.place);
        }
    }
}

impl Lock for FileLock {
    fn advance(&mut self) -> Result<bool> {
        while self.place > 0 {
            let next = self.place - 1;
            let free = os::try_lock(&self.file, self.base() + next);
            if !free.map_err(|e| os::refusal(&e, "lock", &self.path, true))? {
                return Ok(false);
            }
            self.leave();
            self.place = next;
            if next == 0 && !self.is_current() {
                // The ledger was deleted, perhaps made anew: the line for the old file is of no use.
                self.leave();
                (self.file, self.place) = (open(&self.path)?, PLACES);
                return Ok(false);
            }
            if next == 0 && self.right == Right::Log {
                // Without it an error names nobody.
                let _ = os::write_at(&self.file, 0, signature(self.process).as_bytes());
            }
        }
        Ok(true)
    }

    fn is_wanted(&self) -> Result<bool> {
        os::test_lock(&self.file, self.base() + 1..self.base() + PLACES)
            .map_err(|e| os::refusal(&e, "test the lock", &self.path, true))
    }

    fn is_current(&self) -> bool {
        os::is_at(&self.file, &self.path)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if self.process == std::process::id() {
            self.leave();
        }
    }
}
