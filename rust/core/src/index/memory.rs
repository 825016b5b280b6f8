//! The index in memory, rebuilt on open. May use index, hash, error.
//!
//! Bytes an event: 20 to 40 for its hash, as much for each lookup key of its own, 12 for its
//! place, and 4 an edge. Appending takes one lock; readers share it.

use crate::error::{Code, Error, Result};
use crate::index::postings::{Lists, MAX_EVENTS, Place, Postings};
use crate::index::{Candidates, Entry, GroupNote, Index, Location, beyond};
use parking_lot::RwLock;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Entries whose slots are fetched together.
const BATCH: usize = 32;

/// An index that lives as long as the process.
#[derive(Debug)]
pub struct MemoryIndex {
    tables: RwLock<Tables>,
    /// Spreads key digests over the table as no outsider can foresee.
    seed: u64,
}

#[derive(Debug, Default)]
struct Tables {
    hashes: Postings,
    keys: Postings,
    /// Byte offset of each event in its segment.
    offsets: Vec<u64>,
    /// The segments: first index, and name.
    segments: Vec<(u64, u64)>,
    /// First event and clock of each group.
    groups: Vec<(u64, i64)>,
    /// Direct children of each event.
    children: Vec<Place>,
    lists: Lists,
}

impl Default for MemoryIndex {
    fn default() -> Self {
        MemoryIndex { tables: RwLock::default(), seed: RandomState::new().build_hasher().finish() }
    }
}

impl MemoryIndex {
    /// Covers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A bijection, so that equal keys stay equal and others stay apart.
    fn spread(&self, key: u64) -> u64 {
        let mixed = (key ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 32).wrapping_mul(self.seed | 1)
    }

    fn touch(&self, tables: &Tables, entries: &[Entry<'_>]) {
        tables.hashes.touch(entries.iter().map(|entry| entry.hash.prefix()));
        let keys = entries.iter().flat_map(|entry| entry.keys);
        tables.keys.touch(keys.map(|&key| self.spread(key)));
    }
}

impl Tables {
    fn len(&self) -> u64 {
        self.offsets.len() as u64
    }

    /// Refuses a question about more than there is.
    fn reach(&self, bound: u64) -> Result<()> {
        if bound > self.len() { Err(beyond(bound, self.len())) } else { Ok(()) }
    }

    /// Refuses entries that these tables cannot hold, before any is taken in.
    fn admit(&self, entries: &[Entry<'_>]) -> Result<()> {
        if self.len() + entries.len() as u64 > MAX_EVENTS {
            let message = format!("the index in memory holds at most {MAX_EVENTS} events");
            return Err(Error::new(Code::Unsupported, message)
                .remedy("Start another ledger, or use the index on disk"));
        }
        for (index, entry) in (self.len()..).zip(entries) {
            if let Some(parent) = entry.parents.iter().find(|&&parent| parent >= index) {
                let message = format!("event {index} was indexed with the later parent {parent}");
                return Err(Error::new(Code::Internal, message).hash(entry.hash));
            }
        }
        Ok(())
    }

    fn place(&mut self, index: u32, entry: &Entry<'_>) {
        self.hashes.push(entry.hash.prefix(), index);
        let Location { segment, offset } = entry.location;
        if self.segments.last().is_none_or(|&(_, last)| last != segment) {
            self.segments.push((u64::from(index), segment));
        }
        self.offsets.push(offset);
        self.children.push(0);
        for &parent in entry.parents {
            if let Some(place) = self.children.get_mut(parent as usize) {
                self.lists.push(place, index);
            }
        }
    }
}

impl Index for MemoryIndex {
    fn len(&self) -> u64 {
        self.tables.read().len()
    }

    fn forget(&self) -> Result<()> {
        *self.tables.write() = Tables::default();
        Ok(())
    }

    fn append(&self, group: &GroupNote<'_>, entries: &[Entry<'_>]) -> Result<()> {
        let mut tables = self.tables.write();
        tables.admit(entries)?;
        let first = tables.len();
        tables.groups.push((first, group.clock));
        for batch in entries.chunks(BATCH) {
            self.touch(&tables, batch);
            for entry in batch {
                let index = tables.offsets.len() as u32;
                tables.place(index, entry);
                for &key in entry.keys {
                    tables.keys.push(self.spread(key), index);
                }
            }
        }
        Ok(())
    }

    fn candidates(&self, prefix: u64, bound: u64) -> Result<Candidates> {
        let below =
            |all: &[u32]| all.iter().copied().map(u64::from).take_while(|&i| i < bound).collect();
        let tables = self.tables.read();
        tables.reach(bound)?;
        Ok(tables.hashes.with(prefix, below))
    }

    fn candidates_between(
        &self,
        low: u64,
        high: u64,
        bound: u64,
        limit: usize,
    ) -> Result<Candidates> {
        let mut found = Candidates::new();
        let tables = self.tables.read();
        tables.reach(bound)?;
        if limit > 0 {
            tables.hashes.range(low, high, |all| {
                let below = all.iter().copied().map(u64::from).take_while(|&i| i < bound);
                found.extend(below.take(limit - found.len()));
                found.len() < limit
            });
        }
        Ok(found)
    }

    fn location(&self, index: u64) -> Result<Location> {
        let tables = self.tables.read();
        let at = tables.segments.partition_point(|&(first, _)| first <= index);
        let segment = at.checked_sub(1).and_then(|at| tables.segments.get(at));
        match (tables.offsets.get(index as usize), segment) {
            (Some(&offset), Some(&(_, segment))) => Ok(Location { segment, offset }),
            _ => Err(beyond(index, tables.len())),
        }
    }

    fn recorded_at(&self, index: u64) -> Result<i64> {
        let tables = self.tables.read();
        let after = tables.groups.partition_point(|&(first, _)| first <= index);
        match after.checked_sub(1).and_then(|at| tables.groups.get(at)) {
            Some(&(_, clock)) if index < tables.len() => Ok(clock),
            _ => Err(beyond(index, tables.len())),
        }
    }

    fn children(
        &self,
        parent: u64,
        after: Option<u64>,
        bound: u64,
        limit: usize,
    ) -> Result<Vec<u64>> {
        let tables = self.tables.read();
        tables.reach(bound)?;
        let place = tables.children.get(parent as usize).copied().unwrap_or(0);
        Ok(tables.lists.with(place, |all| {
            let from = after.map_or(0, |after| all.partition_point(|&i| u64::from(i) <= after));
            let later = all.iter().skip(from).copied().map(u64::from);
            later.take(limit).take_while(|&i| i < bound).collect()
        }))
    }

    fn lookup(&self, key: u64, before: Option<u64>, bound: u64, limit: usize) -> Result<Vec<u64>> {
        let end = before.unwrap_or(bound).min(bound);
        let tables = self.tables.read();
        tables.reach(bound)?;
        Ok(tables.keys.with(self.spread(key), |all| {
            let to = all.partition_point(|&i| u64::from(i) < end);
            all.iter().take(to).rev().take(limit).copied().map(u64::from).collect()
        }))
    }
}
