//! Ancestors, newest first. May use source, visit, names.
//!
//! The next event is always the one with the highest index among those named so far: it comes
//! after all its descendants, so nothing below the last one returned has to be read.

use crate::control::Control;
use crate::dag::names::Names;
use crate::dag::source::Source;
use crate::dag::visit::{corrupt, pass, unknown};
use crate::error::Result;
use crate::hash::Hash;
use std::collections::BinaryHeap;

/// The events under these names and their ancestors, by descending index, from below `after` on,
/// at most `limit`. Each event passed is rehashed: `CorruptLedger` names one that does not hold.
pub fn trace(
    source: &dyn Source,
    names: &[Hash],
    after: Option<u64>,
    limit: Option<usize>,
    control: &Control,
) -> Result<Vec<u64>> {
    let mut climb = Ancestors::new(source, names)?;
    let limit = limit.unwrap_or(usize::MAX);
    let mut found = Vec::new();
    while found.len() < limit {
        match climb.next(source, control)? {
            Some(index) if after.is_some_and(|after| index >= after) => {}
            Some(index) => found.push(index),
            None => break,
        }
    }
    Ok(found)
}

/// A walk that can be left and taken up again, as long as it is given the same source.
#[derive(Debug)]
pub struct Ancestors {
    /// All that were named: none is looked up twice.
    names: Names,
    /// Indices of those that have not been passed.
    ahead: BinaryHeap<u64>,
    /// The last event passed, whose parents are looked up only when something is asked of them.
    last: Option<u64>,
    buffer: Vec<u8>,
    parents: Vec<Hash>,
}

impl Ancestors {
    /// Starts at the events under these names; `EventNotFound` names one that is not there.
    pub fn new(source: &dyn Source, names: &[Hash]) -> Result<Self> {
        let mut walk = Ancestors {
            names: Names::new(0),
            ahead: BinaryHeap::new(),
            last: None,
            buffer: Vec::new(),
            parents: Vec::new(),
        };
        for name in names {
            if walk.is_new(*name)? {
                let index = source.find(name)?.ok_or_else(|| unknown(source, name))?;
                walk.ahead.push(index);
            }
        }
        Ok(walk)
    }

    /// The next lower index, the named events included; `None` at the end.
    pub fn next(&mut self, source: &dyn Source, control: &Control) -> Result<Option<u64>> {
        control.advance(1)?;
        if let Some(last) = self.last.take() {
            self.climb(source, last)?;
        }
        self.last = self.ahead.pop();
        Ok(self.last)
    }

    fn climb(&mut self, source: &dyn Source, index: u64) -> Result<()> {
        let mut parents = std::mem::take(&mut self.parents);
        parents.clear();
        let name = pass(source, index, &mut self.buffer, &mut parents)?;
        for parent in &parents {
            if !self.is_new(*parent)? {
                continue;
            }
            match source.find(parent)? {
                Some(above) if above < index => self.ahead.push(above),
                Some(above) => {
                    let message = format!(
                        "event {name} at index {index} names the later event {parent} at index {above} as a parent"
                    );
                    return Err(corrupt(&name, message));
                }
                None => {
                    let message = format!("event {name} names the parent {parent}, which is gone");
                    return Err(corrupt(&name, message));
                }
            }
        }
        self.parents = parents;
        Ok(())
    }

    fn is_new(&mut self, name: Hash) -> Result<bool> {
        let known = self.names.len();
        Ok(self.names.number(name)? == known)
    }
}
