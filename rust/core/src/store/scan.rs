//! Reading a segment from front to back, group by group, damage or not. May use group, resync,
//! segment, media.
//!
//! The scanner believes only what it reads: sections are told apart by their varints, a group is
//! sound when its frame has its own hash and everything it states fits. Where a varint is damaged
//! the next whole frame is looked for, and the events between are lost, but counted.

use super::group::{self, Read, Window};
use super::resync;
use super::segment::{Header, MAX_HEAD};
use crate::error::Result;
use crate::hash::Hash;
use crate::media::File;
use std::ops::Range;
use std::sync::Arc;

pub use super::group::{Cursor, Fault, Group, Kind};

/// Read at once: what a core's cache holds until it is told apart and copied.
const STEP: usize = 512 << 10;

/// What came next.
#[derive(Debug)]
pub enum Step {
    /// A group, sound when it has no faults.
    Group(Group),
    /// No group: how the segment ends.
    End(End),
}

/// How a segment ends.
#[derive(Debug)]
pub enum End {
    /// With its last group.
    Whole,
    /// With reserved zeros.
    Reserved,
    /// With bytes that are no group; `events` of them can be told apart.
    Torn(Group),
}

/// One segment, being read.
#[derive(Debug)]
pub struct Scanner {
    file: Arc<dyn File>,
    limit: u64,
    /// Its first `held` bytes are the file's from `base` on; the others are room.
    buffer: Vec<u8>,
    held: usize,
    base: u64,
    cursor: Cursor,
    spare: Vec<(Hash, Range<usize>)>,
}

/// The beginning of a segment: its header and where the first group stands; `None` when it is
/// damaged.
pub fn header(file: &dyn File) -> Result<Option<(Header, u64)>> {
    let mut bytes = [0; MAX_HEAD];
    let n = file.read_at(0, &mut bytes)?;
    let read = Header::read(bytes.get(..n).unwrap_or_default());
    Ok(read.map(|(header, length)| (header, length as u64)))
}

/// The nonce of the first whole frame behind `offset`, for a segment whose header is damaged;
/// zeros when there is none.
pub fn guess_nonce(file: &dyn File, offset: u64) -> Result<[u8; 16]> {
    let found = resync::next_frame(file, None, offset, file.size()?)?;
    Ok(found.map_or([0; 16], |found| found.frame.nonce))
}

/// Whether a file has anything but zeros from `offset` on.
pub fn has_body(file: &dyn File, offset: u64) -> Result<bool> {
    Ok(!zeros(file, offset, file.size()?)?)
}

impl Scanner {
    /// Reads from the cursor up to `limit` (or the file's end).
    pub fn new(file: Arc<dyn File>, cursor: Cursor, limit: u64) -> Result<Scanner> {
        let limit = file.size()?.min(limit);
        let base = cursor.offset;
        let (buffer, spare) = (Vec::new(), Vec::new());
        Ok(Scanner { file, limit, buffer, held: 0, base, cursor, spare })
    }

    /// Where it stands: behind the last group.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The bytes that the ranges of events point into.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.held).unwrap_or_default()
    }

    /// The next group. Ranges of earlier groups are no longer good.
    pub fn step(&mut self) -> Result<Step> {
        loop {
            let last = self.base + self.held as u64 >= self.limit;
            if last && self.cursor.offset >= self.limit {
                return Ok(Step::End(End::Whole));
            }
            let spare = std::mem::take(&mut self.spare);
            let window = Window { bytes: self.bytes(), base: self.base, last };
            match group::read(window, &self.cursor, spare) {
                Read::More => self.fill()?,
                Read::Group(group, after) => {
                    self.cursor = after;
                    return Ok(Step::Group(group));
                }
                Read::Broken(at, group) => return self.broken(at, group),
            }
        }
    }

    /// Gives a list back, so that its room is used again.
    pub fn recycle(&mut self, mut events: Vec<(Hash, Range<usize>)>) {
        events.clear();
        self.spare = events;
    }

    /// Reads no further: the next step is the end.
    pub fn stop(&mut self) {
        self.limit = self.cursor.offset;
    }

    /// Whether a whole frame of this segment stands at or behind `offset`.
    pub fn frame_after(&self, offset: u64) -> Result<bool> {
        let end = self.file.size()?;
        Ok(resync::next_frame(&*self.file, Some(self.cursor.nonce), offset, end)?.is_some())
    }

    /// Drops what is done with and reads on, twice as much each time a group does not fit.
    fn fill(&mut self) -> Result<()> {
        let done = ((self.cursor.offset - self.base) as usize).min(self.held);
        self.buffer.copy_within(done..self.held, 0);
        self.held -= done;
        self.base = self.cursor.offset;
        let at = self.base + self.held as u64;
        let want = self.limit.saturating_sub(at).min(STEP.max(self.held) as u64) as usize;
        let end = self.held + want;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let room = self.buffer.get_mut(self.held..end).unwrap_or_default();
        let n = self.file.read_at(at, room)?;
        self.held += n;
        if n < want {
            // The file became shorter than it was: what is left of it is all there is.
            self.limit = self.base + self.held as u64;
        }
        Ok(())
    }

    fn broken(&mut self, at: usize, mut group: Group) -> Result<Step> {
        let offset = self.base + at as u64;
        if offset == group.start && zeros(&*self.file, offset, self.limit)? {
            return Ok(Step::End(End::Reserved));
        }
        group.faults.push(Fault {
            kind: Kind::Bytes,
            segment: self.cursor.segment,
            offset,
            what: "a section can be read",
            expected: "varint, CID and block".to_owned(),
            found: "bytes that are none, or end too early".to_owned(),
        });
        let nonce = Some(self.cursor.nonce);
        let Some(found) = resync::next_frame(&*self.file, nonce, group.start, self.limit)? else {
            group.end = self.limit;
            return Ok(Step::End(End::Torn(group)));
        };
        let next = found.frame.next().max(group.first);
        group.events.truncate((next - group.first) as usize);
        group.lost = next - group.first - group.events.len() as u64;
        group.end = found.end;
        self.cursor = Cursor {
            offset: found.end,
            group: group.start,
            frame: found.frame.offset,
            last: Some(found.hash),
            next,
            clock: found.frame.clock.max(self.cursor.clock),
            ..self.cursor.clone()
        };
        group.frame = Some(found.frame);
        Ok(Step::Group(group))
    }
}

fn zeros(file: &dyn File, from: u64, to: u64) -> Result<bool> {
    let mut at = from;
    let mut bytes = vec![0; 1 << 16];
    while at < to {
        let want = (to - at).min(bytes.len() as u64) as usize;
        let n = file.read_at(at, bytes.get_mut(..want).unwrap_or_default())?;
        if bytes.get(..n).unwrap_or_default().iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        if n < want {
            break;
        }
        at += n as u64;
    }
    Ok(true)
}
