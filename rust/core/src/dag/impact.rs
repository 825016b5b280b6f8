//! Descendants, oldest first. May use source, visit.
//!
//! Every event passed keeps a place in the list of its children, and the lowest child of all comes
//! next: its own children are later still. An event with a million children costs a page of them.

use crate::control::Control;
use crate::dag::source::Source;
use crate::dag::visit::pass;
use crate::error::Result;
use crate::hash::Hash;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Children asked for at once: few at first, since most events have few.
const FIRST_PAGE: usize = 8;
const LAST_PAGE: usize = 1_024;

/// Descendants of the event at `index`, ascending, from above `after` on, at most `limit`. Each
/// is rehashed and held to name its parent: `CorruptLedger` names one that does not hold.
pub fn impact(
    source: &dyn Source,
    index: u64,
    after: Option<u64>,
    limit: usize,
    control: &Control,
) -> Result<Vec<u64>> {
    let mut walk = Descendants::new(source, index)?;
    let mut found = Vec::new();
    while found.len() < limit {
        match walk.next(source, control)? {
            Some(index) if after.is_some_and(|after| index <= after) => {}
            Some(index) => found.push(index),
            None => break,
        }
    }
    Ok(found)
}

/// A walk that can be left and taken up again, as long as it is given the same source.
#[derive(Debug)]
pub struct Descendants {
    /// The next child of each event passed, lowest first, and the event's place in `passed`.
    ahead: BinaryHeap<Reverse<(u64, usize)>>,
    passed: Vec<Passed>,
    /// Places in `passed` that can be used again.
    free: Vec<usize>,
    buffer: Vec<u8>,
    parents: Vec<Hash>,
}

/// An event with children to come.
#[derive(Debug)]
struct Passed {
    index: u64,
    name: Hash,
    /// Children to come, the next one last.
    page: Vec<u64>,
    asked: usize,
}

impl Descendants {
    /// Starts at the event at `index`, which is not part of the answer.
    pub fn new(source: &dyn Source, index: u64) -> Result<Self> {
        let mut walk = Descendants {
            ahead: BinaryHeap::new(),
            passed: Vec::new(),
            free: Vec::new(),
            buffer: Vec::new(),
            parents: Vec::new(),
        };
        let name = pass(source, index, &mut walk.buffer, &mut walk.parents)?;
        walk.enter(source, index, name)?;
        Ok(walk)
    }

    /// The next higher index; `None` at the end.
    pub fn next(&mut self, source: &dyn Source, control: &Control) -> Result<Option<u64>> {
        while let Some(&Reverse((child, _))) = self.ahead.peek() {
            control.advance(1)?;
            self.parents.clear();
            let name = pass(source, child, &mut self.buffer, &mut self.parents)?;
            if self.leave(source, child)? {
                self.enter(source, child, name)?;
                return Ok(Some(child));
            }
        }
        Ok(None)
    }

    /// Takes every link to `child` off the heap; whether the child confirms one of them.
    fn leave(&mut self, source: &dyn Source, child: u64) -> Result<bool> {
        let mut confirmed = false;
        while let Some(&Reverse((next, place))) = self.ahead.peek() {
            if next != child {
                break;
            }
            self.ahead.pop();
            if let Some(passed) = self.passed.get(place) {
                confirmed |= self.parents.contains(&passed.name);
            }
            self.advance(source, place, child)?;
        }
        Ok(confirmed)
    }

    fn enter(&mut self, source: &dyn Source, index: u64, name: Hash) -> Result<()> {
        let mut page = source.children(index, Some(index), FIRST_PAGE)?;
        page.reverse();
        let Some(&first) = page.last() else { return Ok(()) };
        let passed = Passed { index, name, page, asked: FIRST_PAGE };
        let place = match self.free.pop() {
            Some(place) => place,
            None => self.passed.len(),
        };
        match self.passed.get_mut(place) {
            Some(slot) => *slot = passed,
            None => self.passed.push(passed),
        }
        self.ahead.push(Reverse((first, place)));
        Ok(())
    }

    /// Puts the child after `child` on the heap; an event without one is forgotten.
    fn advance(&mut self, source: &dyn Source, place: usize, child: u64) -> Result<()> {
        let Some(passed) = self.passed.get_mut(place) else { return Ok(()) };
        passed.page.pop();
        if passed.page.is_empty() {
            passed.asked = (passed.asked * 2).min(LAST_PAGE);
            passed.page = source.children(passed.index, Some(child), passed.asked)?;
            passed.page.reverse();
        }
        match passed.page.last() {
            Some(&next) => self.ahead.push(Reverse((next, place))),
            None => self.free.push(place),
        }
        Ok(())
    }
}
