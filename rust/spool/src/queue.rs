//! One spool shared by the threads that log and the one that sends. Whoever logs holds the lock for
//! one `write`; waiting and syncing give it up. May use files and lost.

use crate::files::Files;
use crate::lost::Lost;
use lineseal_core::error::{Code, Error, Result};
use std::fs::File;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What becomes of a row for which the spool has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Its caller is told.
    Raise,
    /// Its caller waits.
    Block,
    /// It is counted, and its number told to whoever sends.
    Drop,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// It is written; [`Queue::sync`] takes this.
    Written(u64),
    /// Another row has its number: this is its own.
    Numbered(u64),
    /// There is none, and it is dropped.
    Dropped,
    /// There is none yet: [`Queue::wait_for_room`], then again.
    Wait,
}

/// Rows and bytes, since the spool was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Rows written.
    pub logged: u64,
    /// Rows written and not yet dealt with.
    pub depth: u64,
    /// Rows dropped for want of room.
    pub dropped: u64,
    /// Rows refused to their callers for want of room.
    pub raised: u64,
    /// Bytes of all segments.
    pub bytes: u64,
}

/// A spool that is written to.
#[derive(Debug)]
pub struct Queue {
    full: Full,
    inner: Mutex<Inner>,
    work: Condvar,
    room: Condvar,
    synced: Condvar,
}

#[derive(Debug)]
struct Inner {
    files: Files,
    /// The number of the next row.
    seq: u64,
    counts: Counts,
    /// Rows that were dropped, and of which nobody was told.
    lost: Lost,
    /// How many rows the sender waits for, when it waits.
    wanted: Option<u64>,
    woken: bool,
    closed: bool,
    /// The disk had no room for a row; a row had no room.
    disk_full: bool,
    hungry: bool,
    /// Frames written, synced, and of an unknown fate after a sync that failed.
    written: u64,
    durable: u64,
    doubtful: u64,
    syncing: bool,
}

impl Queue {
    /// Shares a new spool; so many rows were dropped, and refused to their callers, while there was
    /// no room for one.
    pub fn new(files: Files, full: Full, dropped: u64, raised: u64) -> Result<Queue> {
        let mut lost = Lost::create(files.folder())?;
        if let Some(last) = dropped.checked_sub(1) {
            lost.add(0, last);
        }
        let inner = Inner {
            files,
            seq: dropped,
            counts: Counts { dropped, raised, ..Counts::default() },
            lost,
            wanted: None,
            woken: false,
            closed: false,
            disk_full: false,
            hungry: false,
            written: 0,
            durable: 0,
            doubtful: 0,
            syncing: false,
        };
        let [work, room, synced] = [Condvar::new(), Condvar::new(), Condvar::new()];
        Ok(Queue { full, inner: Mutex::new(inner), work, room, synced })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number that the next row will have, unless another thread is quicker.
    pub fn seq(&self) -> u64 {
        self.lock().seq
    }

    /// Writes the sealed frame of the row `seq`.
    pub fn put(&self, frame: &[u8], seq: u64) -> Result<Room> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(closed());
        }
        if inner.seq != seq {
            return Ok(Room::Numbered(inner.seq));
        }
        if !inner.files.has_room(frame.len()) {
            return self.without_room(&mut inner);
        }
        match inner.files.append(frame) {
            Err(error) if error.code() == Code::StorageFull && self.full != Full::Raise => {
                // A disk that is full is a spool that is full; it is looked at again after a wait.
                inner.disk_full = true;
                return self.without_room(&mut inner);
            }
            done => done?,
        }
        inner.seq += 1;
        inner.written += 1;
        inner.counts.logged += 1;
        inner.counts.depth += 1;
        if inner.wanted.is_some_and(|rows| inner.counts.depth >= rows) {
            inner.wanted = None;
            self.work.notify_one();
        }
        Ok(Room::Written(inner.written))
    }

    #[cold]
    fn without_room(&self, inner: &mut Inner) -> Result<Room> {
        // The sender may have room to make.
        inner.woken = true;
        inner.hungry = true;
        self.work.notify_one();
        match self.full {
            Full::Block => Ok(Room::Wait),
            Full::Drop => {
                let seq = inner.seq;
                inner.lost.add(seq, seq);
                inner.seq += 1;
                inner.counts.dropped += 1;
                Ok(Room::Dropped)
            }
            Full::Raise => {
                inner.counts.raised += 1;
                let (bytes, rows) = (inner.files.total(), inner.counts.depth);
                let message =
                    format!("the spool is full: {bytes} bytes, {rows} rows wait for the ledger");
                Err(Error::new(Code::StorageFull, message).remedy(
                    "See why they are not sent: `lineseal spool list`. Or give the logger more \
                     spool_bytes, or another when_full",
                ))
            }
        }
    }

    /// Waits so long at most until there is room.
    pub fn wait_for_room(&self, bytes: usize, most: Duration) {
        let end = Instant::now() + most;
        let mut inner = self.lock();
        while !inner.closed && (inner.disk_full || !inner.files.has_room(bytes)) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inner = wait(&self.room, inner, left);
        }
        inner.disk_full = false;
    }

    /// Writes a frame that is no row of a caller's, whether there is room or not.
    pub fn note(&self, frame: &[u8]) -> Result<()> {
        let mut inner = self.lock();
        inner.files.append(frame)?;
        inner.written += 1;
        inner.counts.depth += 1;
        Ok(())
    }

    /// Returns when that frame is on the disk; many who wait share one sync.
    pub fn sync(&self, frame: u64) -> Result<()> {
        let mut inner = self.lock();
        loop {
            if inner.doubtful >= frame {
                return Err(doubt());
            }
            if inner.durable >= frame {
                return Ok(());
            }
            if inner.syncing {
                inner = self.synced.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (upto, files) = (inner.written, inner.files.unsynced());
            inner.syncing = true;
            drop(inner);
            let done = sync_all(&files);
            inner = self.lock();
            inner.syncing = false;
            match done {
                Ok(()) => inner.durable = upto,
                Err(_) => inner.doubtful = upto,
            }
            self.synced.notify_all();
        }
    }

    /// Waits until there are so many rows, something else is to be done, or time is up.
    pub fn wait_for_work(&self, rows: u64, most: Duration) -> Counts {
        let end = Instant::now() + most;
        let mut inner = self.lock();
        while !inner.woken && inner.counts.depth < rows {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inner.wanted = Some(rows);
            inner = wait(&self.work, inner, left);
        }
        inner.wanted = None;
        inner.woken = false;
        inner.counts()
    }

    /// Ends the sender's wait.
    pub fn wake(&self) {
        self.lock().woken = true;
        self.work.notify_all();
    }

    /// So many rows are dealt with, and all before `place`; at the end that is more, if some could
    /// not be read.
    pub fn done(&self, rows: u64, place: (u64, u64)) {
        let mut inner = self.lock();
        let left = inner.counts.depth.saturating_sub(rows);
        inner.counts.depth = if place == inner.files.end() { 0 } else { left };
    }

    /// A segment of so many bytes was deleted.
    pub fn deleted(&self, bytes: u64) {
        self.lock().files.deleted(bytes);
        self.room.notify_all();
    }

    /// Empties the last segment where its rows end at `place` still, all of them acknowledged, and
    /// that is worth it: for want of room, or from so many bytes on.
    pub fn restart(&self, place: (u64, u64), worth: u64) -> Result<bool> {
        let mut inner = self.lock();
        let due = inner.hungry || place.1 >= worth;
        if place.1 == 0 || !due || inner.files.end() != place {
            return Ok(false);
        }
        inner.files.restart()?;
        (inner.hungry, inner.disk_full) = (false, false);
        self.room.notify_all();
        Ok(true)
    }

    /// Somebody cut off or deleted the last segment: the next row begins another.
    pub fn tear(&self) {
        self.lock().files.tear();
    }

    /// First and last numbers of the rows that were dropped, and of which nobody was told.
    pub fn lost(&self) -> Vec<(u64, u64)> {
        self.lock().lost.spans().to_vec()
    }

    /// Gap events tell of all that were dropped up to this number.
    pub fn told(&self, upto: u64) {
        self.lock().lost.told(upto);
    }

    /// The last segment, and how many of its bytes are rows.
    pub fn end(&self) -> (u64, u64) {
        self.lock().files.end()
    }

    /// Rows and bytes.
    pub fn counts(&self) -> Counts {
        self.lock().counts()
    }

    /// Refuses rows from now on.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.woken = true;
        self.work.notify_all();
        self.room.notify_all();
    }
}

impl Inner {
    fn counts(&self) -> Counts {
        Counts { bytes: self.files.total(), ..self.counts }
    }
}

fn wait<'a>(
    condition: &Condvar,
    inner: MutexGuard<'a, Inner>,
    most: Duration,
) -> MutexGuard<'a, Inner> {
    condition.wait_timeout(inner, most).unwrap_or_else(PoisonError::into_inner).0
}

fn sync_all(files: &[Arc<File>]) -> io::Result<()> {
    files.iter().try_for_each(|file| file.sync_data())
}

/// For rows of a logger that ended.
pub fn closed() -> Error {
    Error::new(Code::Closed, "the logger is closed").remedy("Make another logger")
}

fn doubt() -> Error {
    let message = "the disk of the spool failed while the row was made durable";
    Error::new(Code::OutcomeUnknown, message)
        .remedy("The row is in the spool and is sent as long as this machine runs")
}
