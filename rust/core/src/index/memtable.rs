//! The newest events of an index, in memory until they are written as a run. May use item,
//! postings, index's own types.
//!
//! New hashes are asked for with every event, so they have a table that is always in order; edges,
//! keys and the rest only pile up.

use super::item::{Item, Pile, clock_key, key_clock};
use super::postings::Postings;
use super::{Candidates, Entry, GroupNote, Location};
use crate::sync::Mutex;

/// Entries whose slots are fetched together.
const BATCH: usize = 32;

/// A stretch of events that begins with `first`; inside, places count from there.
#[derive(Debug, Default)]
pub(super) struct Memtable {
    pub(super) first: u64,
    hashes: Postings,
    /// Parent to child.
    edges: Mutex<Pile>,
    /// Digest of a lookup key to event.
    keys: Mutex<Pile>,
    offsets: Vec<u64>,
    /// Changes of the clock, by their first event.
    clocks: Vec<Item>,
    /// Segments, by their first event here.
    segments: Vec<Item>,
    /// The note of the last group; empty when the stretch must not be kept.
    pub(super) note: Vec<u8>,
}

/// Which of its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hashes,
    Edges,
    Keys,
    Clocks,
    Segments,
}

impl Kind {
    /// In the order in which they stand in a run.
    pub(super) const ALL: [Kind; 5] =
        [Kind::Hashes, Kind::Edges, Kind::Keys, Kind::Clocks, Kind::Segments];
}

impl Memtable {
    pub(super) fn new(first: u64) -> Memtable {
        Memtable { first, ..Memtable::default() }
    }

    pub(super) fn len(&self) -> u64 {
        self.offsets.len() as u64
    }

    pub(super) fn end(&self) -> u64 {
        self.first + self.len()
    }

    /// Items in all: what it costs in memory.
    pub(super) fn items(&mut self) -> usize {
        self.offsets.len() + self.edges.get_mut().len() + self.keys.get_mut().len()
    }

    /// Takes in entries of one group.
    pub(super) fn append(&mut self, group: &GroupNote<'_>, entries: &[Entry<'_>]) {
        let key = clock_key(group.clock);
        if !entries.is_empty() && self.clocks.last().is_none_or(|last| last.key != key) {
            self.clocks.push(Item::new(key, self.offsets.len() as u32));
        }
        for batch in entries.chunks(BATCH) {
            self.hashes.touch(batch.iter().map(|entry| entry.hash.prefix()));
            batch.iter().for_each(|entry| self.place(entry));
        }
        self.note.clear();
        self.note.extend_from_slice(group.note);
    }

    fn place(&mut self, entry: &Entry<'_>) {
        let index = self.offsets.len() as u32;
        let Location { segment, offset } = entry.location;
        if self.segments.last().is_none_or(|last| last.key != segment) {
            self.segments.push(Item::new(segment, index));
        }
        self.hashes.push(entry.hash.prefix(), index);
        self.offsets.push(offset);
        let edges = self.edges.get_mut();
        entry.parents.iter().for_each(|&parent| edges.push(Item::new(parent, index)));
        let keys = self.keys.get_mut();
        entry.keys.iter().for_each(|&key| keys.push(Item::new(key, index)));
    }

    /// The place here of an event's index; the length for those behind.
    fn place_of(&self, index: u64) -> u32 {
        index.saturating_sub(self.first).min(self.len()) as u32
    }

    pub(super) fn candidates(&self, prefix: u64, bound: u64, found: &mut Candidates) {
        self.hashes.with(prefix, |places| {
            let below = places.iter().map(|&place| self.first + u64::from(place));
            found.extend(below.take_while(|&index| index < bound));
        });
    }

    pub(super) fn candidates_between(
        &self,
        low: u64,
        high: u64,
        bound: u64,
        limit: usize,
        found: &mut Candidates,
    ) {
        self.hashes.range(low, high, |places| {
            let below = places.iter().map(|&place| self.first + u64::from(place));
            let room = limit.saturating_sub(found.len());
            found.extend(below.take_while(|&index| index < bound).take(room));
            found.len() < limit
        });
    }

    pub(super) fn location(&self, index: u64) -> Option<Location> {
        let place = u32::try_from(index.checked_sub(self.first)?).ok()?;
        let offset = *self.offsets.get(place as usize)?;
        Some(Location { segment: last_at(&self.segments, place)?.key, offset })
    }

    pub(super) fn recorded_at(&self, index: u64) -> Option<i64> {
        let place = u32::try_from(index.checked_sub(self.first)?).ok()?;
        last_at(&self.clocks, place).map(|item| key_clock(item.key))
    }

    /// Children of `parent` from event `from` on and below `to`, ascending.
    pub(super) fn children(&self, parent: u64, from: u64, to: u64, limit: usize) -> Vec<u64> {
        let mut found = Vec::new();
        let range = self.place_of(from)..self.place_of(to);
        self.edges.lock().first(parent, range, limit, &mut found);
        found.into_iter().map(|place| self.first + u64::from(place)).collect()
    }

    /// Events with this key below `to`, descending.
    pub(super) fn lookup(&self, key: u64, to: u64, limit: usize) -> Vec<u64> {
        let mut found = Vec::new();
        self.keys.lock().last(key, 0..self.place_of(to), limit, &mut found);
        found.into_iter().map(|place| self.first + u64::from(place)).collect()
    }

    /// The items of a table in order, each once.
    pub(super) fn sorted(&self, kind: Kind) -> Vec<Item> {
        match kind {
            Kind::Hashes => self.hashes.sorted(),
            Kind::Edges => self.edges.lock().sorted().to_vec(),
            Kind::Keys => self.keys.lock().sorted().to_vec(),
            Kind::Clocks => self.clocks.clone(),
            Kind::Segments => self.segments.clone(),
        }
    }

    pub(super) fn offsets(&self) -> &[u64] {
        &self.offsets
    }
}

/// The last item at or before `place`.
pub(super) fn last_at(items: &[Item], place: u32) -> Option<Item> {
    let after = items.partition_point(|item| item.index <= place);
    after.checked_sub(1).and_then(|at| items.get(at)).copied()
}
