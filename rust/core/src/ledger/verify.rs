//! The log as verification reads it: every byte of the segments, never through the index; what is
//! wrong with the files becomes findings. May use store::walk, core, media, dag::source and report.

use super::core::Core;
use crate::cid::Cid;
use crate::dag::report::{Check, Finding};
use crate::dag::source::{Chunk, Log};
use crate::error::Result;
use crate::media::Mode;
use crate::store::durable::{self, Mark, Slot};
use crate::store::group::{Cursor, Fault, Group, Kind};
use crate::store::walk::{Plan, Step, Walker};

/// Bytes of a chunk after which the next one begins.
const CHUNK: usize = 256 << 10;

/// The segments of a snapshot, front to back.
#[derive(Debug)]
pub(super) struct SegmentLog {
    walker: Walker,
    total: u64,
    /// What was found before the first byte of the log.
    findings: Vec<Finding>,
    /// A group of which the chunks before took the first events.
    rest: Option<(Group, usize)>,
    /// A step that begins the next chunk.
    next: Option<Step>,
    done: bool,
}

impl SegmentLog {
    pub(super) fn new(core: &Core, end: &Cursor) -> Result<SegmentLog> {
        let slots = durable::read(&*core.media)?;
        // Up to its end the snapshot answers for the log.
        let mut marks = vec![Mark {
            seq: u64::MAX,
            segment: end.segment,
            end: end.offset,
            events: end.next,
            frame: end.last.map(Cid::raw),
            clean: false,
        }];
        let here = (end.segment, end.offset);
        for slot in &slots {
            match slot {
                // A writer's newer marks are about what the snapshot does not show.
                Slot::Valid(mark) if (mark.segment, mark.end) <= here => marks.push(*mark),
                _ => {}
            }
        }
        let findings = match core.media.open(durable::NAME, Mode::Read)? {
            Some(_) => slots.iter().enumerate().filter_map(slot_finding).collect(),
            None => vec![slots_gone()],
        };
        let plan = Plan { ledger: core.meta.id, marks, bound: Some(here) };
        let walker = Walker::new(core.media.clone(), plan)?;
        Ok(SegmentLog { walker, total: end.next, findings, rest: None, next: None, done: false })
    }

    /// Copies events of the group, from the one at `from` on, while the chunk has room; whether it
    /// took the last one.
    fn copy(&mut self, group: Group, from: usize, chunk: &mut Chunk) {
        let rest = group.events.get(from..).unwrap_or_default();
        if chunk.events.is_empty() {
            chunk.first = group.first + from as u64;
        }
        let begin = rest.first().map_or(0, |(_, block)| block.start);
        let room = CHUNK.saturating_sub(chunk.bytes.len());
        let taken = rest.partition_point(|(_, block)| block.end - begin <= room).max(1);
        let rest = rest.get(..taken.min(rest.len())).unwrap_or_default();
        let end = rest.last().map_or(begin, |(_, block)| block.end);
        let at = chunk.bytes.len();
        chunk.bytes.extend_from_slice(self.walker.bytes().get(begin..end).unwrap_or_default());
        let moved =
            |block: &std::ops::Range<usize>| block.start - begin + at..block.end - begin + at;
        chunk.events.extend(rest.iter().map(|(hash, block)| (*hash, moved(block))));
        let next = from + rest.len();
        if next < group.events.len() {
            self.rest = Some((group, next));
        } else {
            self.walker.recycle(group.events);
        }
    }

    /// Whether the chunk can take the step too; otherwise it waits for the next one.
    fn fits(chunk: &Chunk, step: &Step) -> bool {
        match step {
            Step::Group(group) => chunk.first + chunk.events.len() as u64 == group.first,
            Step::Lost(_) => false,
            _ => true,
        }
    }
}

impl Log for SegmentLog {
    fn total(&self) -> u64 {
        self.total
    }

    fn next(&mut self, chunk: &mut Chunk) -> Result<bool> {
        chunk.bytes.clear();
        chunk.events.clear();
        chunk.findings.clear();
        chunk.findings.append(&mut self.findings);
        if let Some((group, from)) = self.rest.take() {
            self.copy(group, from, chunk);
        }
        while !self.done && self.rest.is_none() && chunk.bytes.len() < CHUNK {
            let step = match self.next.take() {
                Some(step) => step,
                None => self.walker.step()?,
            };
            if !chunk.events.is_empty() && !Self::fits(chunk, &step) {
                self.next = Some(step);
                break;
            }
            match step {
                Step::Segment(..) => {}
                Step::Fault(fault) => chunk.findings.push(finding(&fault)),
                Step::Lost(count) => chunk.findings.push(lost(count)),
                Step::Group(group) => {
                    chunk.findings.extend(group.faults.iter().map(finding));
                    if group.lost > 0 {
                        chunk.findings.push(lost(group.lost));
                    }
                    self.copy(group, 0, chunk);
                }
                Step::End(_) => self.done = true,
            }
        }
        Ok(!chunk.events.is_empty() || !chunk.findings.is_empty() || !self.done)
    }
}

fn finding(fault: &Fault) -> Finding {
    Finding {
        hash: None,
        index: None,
        check: if fault.kind == Kind::Index { Check::Index } else { Check::Segment },
        expected: fault.expected.clone(),
        found: fault.found.clone(),
        message: fault.to_string(),
    }
}

fn lost(count: u64) -> Finding {
    Finding {
        hash: None,
        index: None,
        check: Check::Segment,
        expected: format!("{count} more events"),
        found: "damaged bytes".to_owned(),
        message: format!("{count} events cannot be found, because the bytes are damaged"),
    }
}

fn slots_gone() -> Finding {
    Finding {
        hash: None,
        index: None,
        check: Check::Segment,
        expected: "a file of two slots".to_owned(),
        found: "no file".to_owned(),
        message: format!("{} is missing: events cut off the end would not show", durable::NAME),
    }
}

fn slot_finding((which, slot): (usize, &Slot)) -> Option<Finding> {
    (*slot == Slot::Invalid).then(|| Finding {
        hash: None,
        index: None,
        check: Check::Segment,
        expected: "a checksummed mark, or zeros".to_owned(),
        found: "other bytes".to_owned(),
        message: format!(
            "slot {which} of {} is damaged: the log was read to its end all the same, and the next \
             writer writes the slot anew",
            durable::NAME
        ),
    })
}
