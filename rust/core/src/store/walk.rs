//! The whole log from its first byte: the segments in their order, told apart into what is good,
//! what is damaged, and a tail that a crash tore. May use scan, segment, durable, media.
//!
//! The rule of `docs/spec/ledger.md`: a bad group is a torn tail when it is the last thing in the
//! log and stands at or behind every durable mark; otherwise it is damage.

use super::durable::Mark;
use super::group::{Cursor, Fault, Group, Kind};
use super::scan::{self, End, Scanner};
use super::segment::{self, Header};
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::media::{File, Media, Mode};
use std::collections::VecDeque;
use std::sync::Arc;

/// What to read, and what is known of it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The ledger's id: headers repeat it.
    pub ledger: [u8; 16],
    /// Places up to which the log is known to be durable.
    pub marks: Vec<Mark>,
    /// Stop here (segment, byte): what is behind is a writer's business.
    pub bound: Option<(u64, u64)>,
}

/// What comes next in the log.
#[derive(Debug)]
pub enum Step {
    /// A segment begins.
    Segment(u64, Arc<dyn File>),
    /// A group; damaged when it has faults. Its events' ranges point into [`Walker::bytes`].
    Group(Group),
    /// Damage outside of groups.
    Fault(Fault),
    /// That many events are missing here.
    Lost(u64),
    /// The end.
    End(Ending),
}

/// How the log ends.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Behind the last good group.
    pub cursor: Cursor,
    /// A torn tail in the cursor's segment, from the cursor on.
    pub torn: bool,
    /// A segment that was being made when its writer died; it has nothing in it.
    pub unborn: Option<u64>,
}

/// A read of the log, a step at a time.
#[derive(Debug)]
pub struct Walker {
    media: Arc<dyn Media>,
    plan: Plan,
    segments: std::vec::IntoIter<u64>,
    scanner: Option<Scanner>,
    cursor: Cursor,
    queue: VecDeque<Step>,
}

impl Walker {
    /// From the first byte.
    pub fn new(media: Arc<dyn Media>, plan: Plan) -> Result<Walker> {
        let mut firsts: Vec<u64> =
            media.list(segment::DIR)?.iter().filter_map(|name| segment::first_of(name)).collect();
        firsts.sort_unstable();
        firsts.retain(|first| plan.bound.is_none_or(|(last, _)| *first <= last));
        let none = firsts.is_empty();
        let mut walker = Walker {
            media,
            plan,
            segments: firsts.into_iter(),
            scanner: None,
            cursor: Cursor::beginning(),
            queue: VecDeque::new(),
        };
        if none {
            // The first one is made before the ledger is.
            walker.fault(0, "the log has its first segment", "a file", "none");
        }
        Ok(walker)
    }

    /// From a place that an earlier walk reached, if any.
    pub fn at(media: Arc<dyn Media>, plan: Plan, cursor: Cursor) -> Result<Walker> {
        if cursor == Cursor::beginning() {
            Walker::new(media, plan)
        } else {
            Walker::resume(media, plan, cursor)
        }
    }

    /// From a place that an earlier walk reached.
    pub fn resume(media: Arc<dyn Media>, plan: Plan, cursor: Cursor) -> Result<Walker> {
        let mut walker = Walker::new(media, plan)?;
        let later: Vec<u64> = walker.segments.filter(|first| *first > cursor.segment).collect();
        walker.segments = later.into_iter();
        let file = walker.open(cursor.segment)?;
        walker.scan(file, cursor)?;
        walker.hold_against_marks();
        Ok(walker)
    }

    /// Behind the last group that was given.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The bytes that events' ranges point into.
    pub fn bytes(&self) -> &[u8] {
        self.scanner.as_ref().map_or(&[], Scanner::bytes)
    }

    /// Gives a group's list back, so that its room is used again.
    pub fn recycle(&mut self, events: Vec<(Hash, std::ops::Range<usize>)>) {
        if let Some(scanner) = &mut self.scanner {
            scanner.recycle(events);
        }
    }

    /// The next step. Ranges of earlier groups are no longer good.
    pub fn step(&mut self) -> Result<Step> {
        loop {
            if let Some(step) = self.queue.pop_front() {
                return Ok(step);
            }
            let Some(scanner) = &mut self.scanner else {
                self.next_segment()?;
                continue;
            };
            match scanner.step()? {
                scan::Step::Group(group) => return self.group(group),
                scan::Step::End(End::Torn(group)) => return self.tail(group),
                scan::Step::End(_) => self.scanner = None,
            }
        }
    }

    fn ending(&self, torn: bool, unborn: Option<u64>) -> Ending {
        Ending { cursor: self.cursor.clone(), torn, unborn }
    }

    fn open(&self, first: u64) -> Result<Arc<dyn File>> {
        let path = segment::path(first);
        self.media.open(&path, Mode::Read)?.ok_or_else(|| {
            Error::new(Code::CorruptLedger, format!("the segment {path} is gone"))
                .path(path)
                .remedy("Put the file back, or restore the ledger from a copy")
        })
    }

    fn scan(&mut self, file: Arc<dyn File>, cursor: Cursor) -> Result<()> {
        let bound = self.plan.bound.filter(|(last, _)| *last == cursor.segment);
        self.cursor = cursor.clone();
        self.scanner = Some(Scanner::new(file, cursor, bound.map_or(u64::MAX, |(_, end)| end))?);
        Ok(())
    }

    /// Whether this place lies before a durable mark.
    fn is_below_mark(&self, segment: u64, offset: u64) -> bool {
        let below = |mark: &Mark| (segment, offset) < (mark.segment, mark.end);
        self.plan.marks.iter().any(below)
            || self.plan.bound.is_some_and(|bound| (segment, offset) < bound)
    }

    fn group(&mut self, group: Group) -> Result<Step> {
        let Some(scanner) = &self.scanner else { return Ok(Step::Group(group)) };
        if !group.faults.is_empty() {
            let after = scanner.cursor().clone();
            let own = group.frame.as_ref().is_none_or(|f| f.previous == self.cursor.frame);
            let torn = own
                && self.segments.as_slice().is_empty()
                && group.faults.iter().all(|fault| fault.kind == Kind::Bytes)
                && !self.is_below_mark(self.cursor.segment, group.start)
                && !scanner.frame_after(after.offset)?;
            if torn {
                self.finish(true, None);
                return self.step();
            }
        }
        self.cursor = scanner.cursor().clone();
        self.hold_against_marks();
        Ok(Step::Group(group))
    }

    /// Bytes without any frame behind the last group.
    fn tail(&mut self, group: Group) -> Result<Step> {
        self.scanner_done();
        if self.segments.as_slice().is_empty()
            && !self.is_below_mark(self.cursor.segment, group.start)
        {
            self.finish(true, None);
            return self.step();
        }
        self.cursor.next = group.first + group.events.len() as u64;
        self.cursor.offset = group.end;
        Ok(Step::Group(group))
    }

    /// The scanner's bytes are still needed; it just has no more groups.
    fn scanner_done(&mut self) {
        if let Some(scanner) = &mut self.scanner {
            scanner.stop();
        }
    }

    fn hold_against_marks(&mut self) {
        let cursor = &self.cursor;
        for mark in &self.plan.marks {
            let here = (mark.segment, mark.end) == (cursor.segment, cursor.offset);
            let last = mark.frame.map(|cid| cid.hash);
            if here && (mark.events != cursor.next || last != cursor.last) {
                self.queue.push_back(Step::Fault(Fault {
                    kind: Kind::Statement,
                    segment: cursor.segment,
                    offset: cursor.offset,
                    what: "a slot of DURABLE states the log's length and last frame",
                    expected: format!("{} events, frame {last:?}", mark.events),
                    found: format!("{} events, frame {:?}", cursor.next, cursor.last),
                }));
            }
        }
    }

    /// What the newest mark knows of and was not found is lost.
    fn finish(&mut self, torn: bool, unborn: Option<u64>) {
        self.segments = Vec::new().into_iter();
        let Some(mark) = self.plan.marks.iter().max_by_key(|mark| mark.seq).copied() else {
            return self.queue.push_back(Step::End(self.ending(torn, unborn)));
        };
        let reached = (self.cursor.segment, self.cursor.offset);
        if reached < (mark.segment, mark.end) {
            self.queue.push_back(Step::Fault(Fault {
                kind: Kind::Statement,
                segment: self.cursor.segment,
                offset: self.cursor.offset,
                what: "the log reaches as far as DURABLE states",
                expected: format!("segment {} byte {}", mark.segment, mark.end),
                found: format!("segment {} byte {}", reached.0, reached.1),
            }));
        }
        self.lose(mark.events);
        self.queue.push_back(Step::End(self.ending(torn, unborn)));
    }

    fn lose(&mut self, next: u64) {
        if next > self.cursor.next {
            self.queue.push_back(Step::Lost(next - self.cursor.next));
            self.cursor.next = next;
        }
    }

    fn next_segment(&mut self) -> Result<()> {
        let Some(first) = self.segments.next() else {
            self.finish(false, None);
            return Ok(());
        };
        let file = self.open(first)?;
        let expected =
            Header { ledger: self.plan.ledger, nonce: [0; 16], first, previous: self.cursor.last };
        let length = expected.bytes().len() as u64;
        let Some((header, start)) = scan::header(&*file)? else {
            // Its name says how many events there are before it.
            let unborn = first > 0
                && first == self.cursor.next
                && self.segments.as_slice().is_empty()
                && !self.is_below_mark(first, 0)
                && !scan::has_body(&*file, length)?;
            if unborn {
                self.finish(false, Some(first));
                return Ok(());
            }
            self.fault(first, "the beginning of a segment can be read", "its header", "damage");
            let nonce = scan::guess_nonce(&*file, length)?;
            return self.enter(file, first, nonce, length);
        };
        let named = Header { nonce: header.nonce, ..expected };
        if header != named {
            let (named, header) = (named.to_string(), header.to_string());
            self.fault(first, "the header of a segment fits its place", &named, &header);
        }
        self.enter(file, first, header.nonce, start)
    }

    fn enter(
        &mut self,
        file: Arc<dyn File>,
        first: u64,
        nonce: [u8; 16],
        start: u64,
    ) -> Result<()> {
        self.queue.push_back(Step::Segment(first, file.clone()));
        if first != self.cursor.next {
            let next = self.cursor.next.to_string();
            self.fault(first, "a segment begins with the next event", &next, &first.to_string());
            self.lose(first);
        }
        let cursor = Cursor {
            segment: first,
            nonce,
            offset: start,
            group: 0,
            frame: 0,
            ..self.cursor.clone()
        };
        self.scan(file, cursor)?;
        self.hold_against_marks();
        Ok(())
    }

    fn fault(&mut self, segment: u64, what: &'static str, expected: &str, found: &str) {
        self.queue.push_back(Step::Fault(Fault {
            kind: Kind::Statement,
            segment,
            offset: 0,
            what,
            expected: expected.to_owned(),
            found: found.to_owned(),
        }));
    }
}
