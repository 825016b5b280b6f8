//! Stage 3, commit: one thread writes a group and its frame and waits for the disk. Group n+1 is
//! not written before group n's sync returned; meanwhile it is prepared and sequenced.
//! May use store, media, sequence, pool.

use super::core::Core;
use super::meta::random;
use super::pool;
use super::sequence::Group;
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::media::{File, Media, Mode, Purpose};
use crate::store::frame::Frame;
use crate::store::group::Cursor;
use crate::store::segment::{self, Header};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of a segment after which the next group goes into a new one.
pub(super) const SEGMENT_BYTES: u64 = 256 << 20;

/// Events of a group whose indexing takes longer than waking a thread for it.
const WORTH_SHARING: usize = 256;

/// Least and greatest step in which room is reserved ahead.
const RESERVE: (u64, u64) = (64 << 10, 16 << 20);

/// The segment being written.
#[derive(Debug)]
pub(super) struct Tail {
    file: Arc<dyn File>,
    /// Behind the last durable frame.
    pub(super) cursor: Cursor,
    reserved: u64,
    limit: u64,
}

/// A new segment that the group went into.
pub(super) struct Begun {
    pub(super) first: u64,
    pub(super) file: Arc<dyn File>,
}

impl Tail {
    /// Goes on behind `cursor`, in the room that is there; segments end after about `limit` bytes.
    pub(super) fn new(file: Arc<dyn File>, cursor: Cursor, limit: u64) -> Result<Tail> {
        let reserved = file.size()?.max(cursor.offset);
        Ok(Tail { file, cursor, reserved, limit })
    }

    /// Begins the next segment if this one is full.
    pub(super) fn roll(&mut self, core: &Core) -> Result<Option<Begun>> {
        if self.cursor.offset < self.limit || self.cursor.frame == 0 {
            return Ok(None);
        }
        self.trim(Purpose::Trimmed)?;
        let (first, last) = (self.cursor.next, self.cursor.last);
        let (file, start) = create(&*core.media, core.meta.id, first, last, &mut self.cursor)?;
        self.file = file.clone();
        self.reserved = start;
        Ok(Some(Begun { first, file }))
    }

    /// Writes the group and its frame, and waits until both are durable; does `beside` meanwhile,
    /// which is told the place behind them.
    pub(super) fn write(
        &mut self,
        group: &mut Group,
        beside: impl FnOnce(&Group, &Cursor) + Send,
    ) -> Result<()> {
        let start = self.cursor.offset;
        let offset = start + group.bytes.len() as u64;
        let clock = now().max(self.cursor.clock);
        let frame = Frame {
            nonce: self.cursor.nonce,
            offset,
            previous: self.cursor.frame,
            first: group.first,
            ends: std::mem::take(&mut group.ends),
            crc: crc32fast::hash(&group.bytes),
            clock,
        };
        let last = frame.write(&mut group.bytes);
        let after = Cursor {
            offset: start + group.bytes.len() as u64,
            group: start,
            frame: offset,
            last: Some(last),
            next: group.first + frame.count(),
            clock,
            ..self.cursor.clone()
        };
        group.ends = frame.ends;
        self.reserve(after.offset)?;
        self.file.write_at(start, &group.bytes)?;
        self.sync_beside(|| beside(group, &after), group.events.len())?;
        self.cursor = after;
        Ok(())
    }

    /// Waits for the disk, and does the work meanwhile where there is enough of it.
    fn sync_beside(&self, work: impl FnOnce() + Send, events: usize) -> Result<()> {
        let file = &*self.file;
        if events < WORTH_SHARING {
            let synced = file.sync(Purpose::Group);
            work();
            return synced;
        }
        pool::beside(work, || file.sync(Purpose::Group))
    }

    /// Room ahead in growing steps: writes within it need no new metadata.
    fn reserve(&mut self, end: u64) -> Result<()> {
        if end > self.reserved {
            let step = (end / 4).clamp(RESERVE.0, RESERVE.1);
            self.reserved = end + step;
            self.file.reserve(self.reserved)?;
        }
        Ok(())
    }

    /// Cuts what is behind the last frame: reserved room, or a group that failed.
    pub(super) fn trim(&mut self, purpose: Purpose) -> Result<()> {
        self.file.truncate(self.cursor.offset)?;
        self.file.sync(purpose)?;
        self.reserved = self.cursor.offset;
        Ok(())
    }
}

/// Makes the segment that begins with event `first`, durably, and points `cursor` at its first
/// group. The header is durable before anything stands behind it.
pub(super) fn create(
    media: &dyn Media,
    ledger: [u8; 16],
    first: u64,
    previous: Option<Hash>,
    cursor: &mut Cursor,
) -> Result<(Arc<dyn File>, u64)> {
    let header = Header { ledger, nonce: random()?, first, previous };
    let bytes = header.bytes();
    let path = segment::path(first);
    let file = media.open(&path, Mode::Create)?.ok_or_else(|| {
        Error::new(Code::Internal, format!("the new segment {path} is not there")).path(path)
    })?;
    file.write_at(0, &bytes)?;
    file.sync(Purpose::SegmentHeader)?;
    media.sync_dir(segment::DIR, Purpose::SegmentName)?;
    let start = bytes.len() as u64;
    *cursor = Cursor {
        segment: first,
        nonce: header.nonce,
        offset: start,
        group: 0,
        frame: 0,
        ..cursor.clone()
    };
    Ok((file, start))
}

/// µs since 1970 by the system's clock.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
