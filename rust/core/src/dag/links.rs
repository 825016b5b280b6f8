//! The links of a log, resolved in its order: parents before children, each event once.
//! May use stretch, names, findings.

use crate::dag::findings::Findings;
use crate::dag::names::Names;
use crate::dag::report::{Anchor, Check, Finding, Report};
use crate::dag::say::{self, Who};
use crate::dag::stretch::Stretch;
use crate::error::Result;
use crate::hash::Hash;
use crate::limits::MAX_FINDINGS;
use std::collections::HashMap;

/// Events whose slots in the table of names are fetched together.
const BATCH: usize = 64;

/// All that verification remembers of the log so far.
pub(super) struct Links {
    names: Names,
    findings: Findings,
    /// For each event that does not hold, or rests on one: the first such event under it.
    fallen: HashMap<u32, u32>,
    open: Vec<Open>,
    /// Where the log skips indices: from which number on, and how many are skipped in all.
    skips: Vec<(u32, u64)>,
}

/// A link whose parent has not been seen: it comes later, or never.
struct Open {
    child: u32,
    parent: Hash,
    /// Type of the child, for as many as a report can hold.
    kind: Option<Box<str>>,
}

/// One event of a stretch, and its number in the log.
struct Event<'a> {
    number: u32,
    place: u64,
    name: Hash,
    stretch: &'a Stretch,
    at: usize,
}

impl Event<'_> {
    /// Reads the block once more: only for findings.
    fn who(&self) -> Who<'_> {
        Who { hash: self.name, index: Some(self.place), kind: self.stretch.kind(self.at) }
    }
}

impl Links {
    pub(super) fn new(expected: u64) -> Self {
        Links {
            names: Names::new(expected),
            findings: Findings::default(),
            fallen: HashMap::new(),
            open: Vec::new(),
            skips: Vec::new(),
        }
    }

    /// The place that the log gives to an event: events that are lost have one too.
    fn place(&self, number: u32) -> u64 {
        let skips = self.skips.partition_point(|(from, _)| *from <= number);
        let skipped = skips.checked_sub(1).and_then(|last| self.skips.get(last));
        skipped.map_or(0, |(_, count)| *count).wrapping_add(number.into())
    }

    /// Takes the next stretch of the log, already judged.
    pub(super) fn take(&mut self, stretch: &mut Stretch) -> Result<()> {
        self.structure(stretch);
        let mut faults = std::mem::take(&mut stretch.faults).into_iter().peekable();
        let mut numbers = Vec::new();
        let events = stretch.chunk.events.len();
        for start in (0..events).step_by(BATCH) {
            let batch = start..events.min(start + BATCH);
            self.names.touch(stretch.events(batch.clone()).map(|(name, _)| name));
            self.names.find_most(stretch.links(batch.clone()), &mut numbers);
            let mut found = numbers.as_slice();
            for (at, (name, parents)) in (start..).zip(stretch.events(batch)) {
                let (near, rest) = found.split_at_checked(parents.len()).unwrap_or_default();
                found = rest;
                let number = self.names.len();
                let event = Event { number, place: self.place(number), name: *name, stretch, at };
                let fault = faults.next_if(|(place, _)| *place == at);
                self.enter(&event, fault.map(|(_, finding)| finding), parents.iter().zip(near))?;
            }
        }
        Ok(())
    }

    /// What the log says of the stretch itself.
    fn structure(&mut self, stretch: &mut Stretch) {
        let number = self.names.len();
        let place = self.place(number);
        for finding in stretch.chunk.findings.drain(..) {
            self.findings.add(finding.index.unwrap_or(place), finding.check, || finding);
        }
        let claimed = stretch.chunk.first;
        if claimed != place && !stretch.chunk.events.is_empty() {
            self.findings.add(place, Check::Index, || say::place(place, claimed));
            self.skips.push((number, claimed.wrapping_sub(number.into())));
        }
    }

    /// Takes one event; `parents` come with what [`Names::find_most`] says of them.
    fn enter<'a>(
        &mut self,
        event: &Event<'_>,
        fault: Option<Finding>,
        parents: impl Iterator<Item = (&'a Hash, &'a u32)>,
    ) -> Result<()> {
        let mut holds = fault.is_none();
        if let Some(finding) = fault {
            self.findings.add(event.place, finding.check, || finding);
        }
        if let Some(first) = self.names.push(event.name)? {
            let first = self.place(first);
            let make = || say::duplicate(&event.who(), first);
            self.findings.add(event.place, Check::Duplicate, make);
            holds = false;
        }
        let mut ground = None;
        for (parent, near) in parents {
            let number = near.checked_sub(1).or_else(|| self.names.find(parent));
            match number.filter(|&number| number < event.number) {
                Some(_) if self.fallen.is_empty() => {}
                Some(number) => ground = ground.or_else(|| self.fallen.get(&number).copied()),
                None => {
                    self.leave_open(event, *parent);
                    holds = false;
                }
            }
        }
        self.settle(event, holds, ground);
        Ok(())
    }

    fn leave_open(&mut self, event: &Event<'_>, parent: Hash) {
        let kept = self.open.len() < MAX_FINDINGS;
        let kind = if kept { event.who().kind.map(Box::from) } else { None };
        self.open.push(Open { child: event.number, parent, kind });
    }

    /// Notes whether children of the event have sound ground.
    fn settle(&mut self, event: &Event<'_>, holds: bool, ground: Option<u32>) {
        if !holds {
            self.fallen.insert(event.number, event.number);
        } else if let Some(origin) = ground {
            self.fallen.insert(event.number, origin);
            let origin = self.names.get(origin).unwrap_or(event.name);
            let make = || say::rests_on(&event.who(), origin);
            self.findings.add(event.place, Check::RestsOn, make);
        }
    }

    /// Nothing more comes: settles open links, and what was claimed or expected.
    pub(super) fn finish(mut self, claimed: u64, expect: &[Hash]) -> Report {
        for open in std::mem::take(&mut self.open) {
            let hash = self.names.get(open.child).unwrap_or(open.parent);
            let place = self.place(open.child);
            let who = Who { hash, index: Some(place), kind: open.kind.as_deref() };
            match self.names.find(&open.parent).map(|number| self.place(number)) {
                Some(at) => {
                    let make = || say::order(&who, open.parent, at);
                    self.findings.add(place, Check::ParentOrder, make);
                }
                None => {
                    let make = || say::missing(&who, open.parent);
                    self.findings.add(place, Check::ParentMissing, make);
                }
            }
        }
        let end = self.place(self.names.len());
        if end != claimed {
            self.findings.add(end, Check::Index, || say::length(end, claimed));
        }
        for hash in expect.iter().filter(|hash| self.names.find(hash).is_none()) {
            let make = || say::expected_missing(*hash);
            self.findings.add(u64::MAX, Check::ExpectedMissing, make);
        }
        let anchor = if expect.is_empty() { Anchor::None } else { Anchor::Hash };
        self.findings.into_report(anchor, self.names.len().into())
    }
}
