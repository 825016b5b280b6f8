//! One group in a buffer: its events up to its commit frame, and what is wrong with them.
//! May use section, segment, frame, hash.

use super::frame::Frame;
use super::section::{self, Parsed};
use super::segment;
use crate::hash::Hash;
use std::ops::Range;

/// Everything before `offset` of the segment is read, up to and with event `next - 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The segment's first event, its name.
    pub segment: u64,
    /// The segment's nonce.
    pub nonce: [u8; 16],
    /// Where the next group begins.
    pub offset: u64,
    /// Where the last group of this segment begins; 0 for none.
    pub group: u64,
    /// Where the last frame of this segment begins; 0 for none.
    pub frame: u64,
    /// Digest of the last frame, of this segment or the one before.
    pub last: Option<Hash>,
    /// Index of the next event.
    pub next: u64,
    /// The last frame's clock.
    pub clock: i64,
}

impl Cursor {
    /// Before the first segment.
    pub fn beginning() -> Cursor {
        Cursor {
            segment: 0,
            nonce: [0; 16],
            offset: 0,
            group: 0,
            frame: 0,
            last: None,
            next: 0,
            clock: i64::MIN,
        }
    }
}

/// How much a fault says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes are not what was written. A write that a power cut tore looks like this, too.
    Bytes,
    /// A whole frame or header states what does not fit its place. No power cut does this.
    Statement,
    /// It states other indices or counts than the place has.
    Index,
}

/// Something wrong with the structure of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How much it says.
    pub kind: Kind,
    /// Segment, by its first event.
    pub segment: u64,
    /// Byte offset in the segment.
    pub offset: u64,
    /// The rule that is broken.
    pub what: &'static str,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = segment::path(self.segment);
        write!(f, "{path}, byte {}: damaged (broken rule: {})", self.offset, self.what)
    }
}

/// A group as it was read.
#[derive(Debug, Default)]
pub struct Group {
    /// Where it begins.
    pub start: u64,
    /// The byte after its frame.
    pub end: u64,
    /// Index of its first event.
    pub first: u64,
    /// Byte offset in the segment of the scanner's bytes.
    pub base: u64,
    /// Each event's stored name, and its block's place in the scanner's bytes.
    pub events: Vec<(Hash, Range<usize>)>,
    /// How many of its last events cannot be found, because the bytes are damaged.
    pub lost: u64,
    /// Its frame, unless that is damaged.
    pub frame: Option<Frame>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

impl Group {
    /// Byte offset in the segment of the section with this block.
    pub fn offset_of(&self, block: &Range<usize>) -> u64 {
        let head = section::len(block.len()) - block.len();
        (self.base + block.start as u64).saturating_sub(head as u64)
    }
}

/// What a buffer holds at a cursor.
pub(super) enum Read {
    /// A group, sound or not, and the cursor after it. The sections can be told apart.
    Group(Group, Cursor),
    /// The buffer ends before the group does.
    More,
    /// From this place in the buffer nothing can be told apart; with the events before it.
    Broken(usize, Group),
}

/// The bytes of a file from `base` on.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    pub bytes: &'a [u8],
    pub base: u64,
    /// Whether the file ends with these bytes.
    pub last: bool,
}

impl Window<'_> {
    fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }
    fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

/// Reads the group at the cursor. `events` is an empty list whose room is used.
pub(super) fn read(window: Window<'_>, cursor: &Cursor, events: Vec<(Hash, Range<usize>)>) -> Read {
    read_as(window, cursor, events, false)
}

/// `wary`: take whatever has a frame's content for one, also under an event's CID.
fn read_as(
    window: Window<'_>,
    cursor: &Cursor,
    events: Vec<(Hash, Range<usize>)>,
    wary: bool,
) -> Read {
    let mut group = Group {
        start: cursor.offset,
        first: cursor.next,
        base: window.base,
        events,
        ..Group::default()
    };
    let begin = (cursor.offset - window.base) as usize;
    let mut at = begin;
    loop {
        let (head, hash, block) = match section::parse(window.bytes.get(at..).unwrap_or_default()) {
            Parsed::Section { head, hash, block } => (head, hash, at + block.start..at + block.end),
            Parsed::Short if !window.last => return Read::More,
            Parsed::Short | Parsed::Bad => return Read::Broken(at, group),
        };
        let plain = head == section::EVENT && !wary;
        if !plain && is_frame(head, hash, window.get(block.clone())) {
            group.end = window.offset(block.end);
            let span = window.get(begin..at);
            let after = close(&mut group, window, cursor, at, (head, hash, block), span);
            let events = (cursor.next, after.next);
            let counted = group.frame.as_ref().is_none_or(|f| (f.first, f.next()) == events);
            let whole = || group.frame.as_ref().is_none_or(|f| f.crc == crc32fast::hash(span));
            return match (counted, wary) {
                (false, false) => {
                    group.events.clear();
                    read_as(window, cursor, group.events, true)
                }
                (false, true) if !whole() => misread(window, group),
                _ => Read::Group(group, after),
            };
        }
        if head != section::EVENT {
            group.faults.push(odd(cursor.segment, window.offset(at), head));
        }
        at = block.end;
        group.events.push((hash, block));
    }
}

/// A damaged varint lets what stands behind it be told apart wrongly, even over a frame: sure are
/// the events before the first that has not its hash.
fn misread(window: Window<'_>, mut group: Group) -> Read {
    let sound = |(hash, block): &(Hash, Range<usize>)| Hash::of(window.get(block.clone())) == *hash;
    let at = group.events.iter().position(|event| !sound(event)).unwrap_or(group.events.len());
    let from = match group.events.get(at) {
        Some((_, block)) => group.offset_of(block),
        None => group.end,
    };
    group.events.truncate(at);
    (group.frame, group.faults) = (None, Vec::new());
    Read::Broken(from.saturating_sub(window.base) as usize, group)
}

fn odd(segment: u64, offset: u64, head: [u8; 4]) -> Fault {
    Fault {
        kind: Kind::Bytes,
        segment,
        offset,
        what: "a section has the CID of an event or a commit frame",
        expected: "01711220 or 01551220".to_owned(),
        found: data_encoding::HEXLOWER.encode(&head),
    }
}

/// Under a frame's CID everything is one, damaged or not, unless it has the hash of another
/// content; under any other CID only what reads as one.
fn is_frame(head: [u8; 4], hash: Hash, data: &[u8]) -> bool {
    let reads = || Hash::of(data) == hash;
    if head == section::FRAME {
        Frame::read(data).is_some() || !reads()
    } else {
        Frame::read(data).is_some() && reads()
    }
}

/// Ends the group with the frame at `at`; the cursor behind it.
fn close(
    group: &mut Group,
    window: Window<'_>,
    cursor: &Cursor,
    at: usize,
    (head, hash, block): ([u8; 4], Hash, Range<usize>),
    span: &[u8],
) -> Cursor {
    let offset = window.offset(at);
    let data = window.get(block);
    let mut check = Checks { segment: cursor.segment, offset, faults: &mut group.faults };
    let here = group.events.len() as u64;
    let mut after = Cursor {
        offset: group.end,
        group: group.start,
        frame: offset,
        last: Some(hash),
        next: cursor.next + here,
        ..cursor.clone()
    };
    check.same(Kind::Bytes, "a commit frame's CID has its codec", section::FRAME, head);
    check.same(Kind::Bytes, "a commit frame has its hash", hash, Hash::of(data));
    let Some(frame) = Frame::read(data).filter(|_| Hash::of(data) == hash) else { return after };
    check.same(Kind::Bytes, "the bytes of a group have its CRC", frame.crc, crc32fast::hash(span));
    check.frame(&frame, cursor, here);
    after.clock = frame.clock.max(cursor.clock);
    group.frame = Some(frame);
    after
}

struct Checks<'a> {
    segment: u64,
    offset: u64,
    faults: &'a mut Vec<Fault>,
}

impl Checks<'_> {
    fn same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        kind: Kind,
        what: &'static str,
        expected: T,
        found: T,
    ) {
        if expected != found {
            self.faults.push(Fault {
                kind,
                segment: self.segment,
                offset: self.offset,
                what,
                expected: format!("{expected:?}"),
                found: format!("{found:?}"),
            });
        }
    }

    fn frame(&mut self, frame: &Frame, cursor: &Cursor, events: u64) {
        use Kind::{Index, Statement};
        self.same(Statement, "a commit frame has its segment's nonce", cursor.nonce, frame.nonce);
        self.same(Statement, "a commit frame states its own offset", self.offset, frame.offset);
        self.same(Statement, "a commit frame states the one before", cursor.frame, frame.previous);
        self.same(Index, "a commit frame states its first event", cursor.next, frame.first);
        self.same(Index, "a commit frame counts its events", events, frame.count());
        let clock = frame.clock.max(cursor.clock);
        self.same(Statement, "the clock of the frames never goes back", clock, frame.clock);
    }
}
