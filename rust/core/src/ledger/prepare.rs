//! Stage 1, prepare: check, hash, and lay out a batch. In the caller's thread, without any lock
//! and without any ledger. May use event, store::section.
//!
//! The sections are made here in their final bytes, so that the sequencer only copies them.

use super::names::Seed;
use super::pool;
use crate::cid::Cid;
use crate::error::{Code, Error, Result};
use crate::event::keys::{digest, for_each};
use crate::event::{Level, check};
use crate::hash::Hash;
use crate::limits::{MAX_BATCH_BYTES, MAX_BATCH_EVENTS};
use crate::store::section;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::ops::Range;

/// Blocks that one thread takes at once; fewer are not worth waking another.
const SHARE: usize = 128;

/// A checked and hashed batch, ready for any ledger.
#[derive(Debug)]
pub struct Batch {
    /// The events' sections, one after the other.
    pub(super) sections: Vec<u8>,
    pub(super) events: Vec<Prepared>,
    pub(super) parents: Vec<Parent>,
    pub(super) keys: Vec<u64>,
}

#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) hash: Hash,
    /// Its place in `sections`, `parents` and `keys`.
    pub(super) section: Range<usize>,
    pub(super) parents: Range<usize>,
    pub(super) keys: Range<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Parent {
    /// An earlier event of the batch, by its position.
    Inside(usize),
    /// An event that the ledger must hold.
    Outside(Hash),
}

impl Batch {
    /// How many events it has.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Never: an empty batch is refused.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events' hashes, in order.
    pub fn hashes(&self) -> impl Iterator<Item = Hash> + '_ {
        self.events.iter().map(|event| event.hash)
    }

    /// The events' blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &[u8]> + '_ {
        self.events.iter().map(|event| {
            let section = self.sections.get(event.section.clone()).unwrap_or_default();
            section::block(section)
        })
    }
}

/// What one thread makes of its share.
#[derive(Default)]
struct Share {
    events: Vec<Prepared>,
    parents: Vec<Parent>,
    keys: Vec<u64>,
}

/// Checks and hashes a batch, whose events are held to `level`; an error has the place of the bad
/// event as its position.
pub(super) fn prepare(blocks: &[&[u8]], level: Level) -> Result<Batch> {
    limits(blocks)?;
    let total = blocks.iter().map(|block| section::len(block.len())).sum();
    let mut sections = vec![0; total];
    let mut work = divide(blocks, level, &mut sections);
    pool::share(&mut work, Work::run);
    let shares: Vec<_> = work.into_iter().map(|work| work.made).collect();
    let mut batch = Batch {
        sections,
        events: Vec::with_capacity(blocks.len()),
        parents: Vec::new(),
        keys: Vec::new(),
    };
    for share in shares {
        batch.join(share?);
    }
    link(&mut batch)?;
    Ok(batch)
}

fn limits(blocks: &[&[u8]]) -> Result<()> {
    let refuse =
        |message: String, remedy| Err(Error::new(Code::InvalidArgument, message).remedy(remedy));
    let bytes: usize = blocks.iter().map(|block| block.len()).sum();
    if blocks.is_empty() {
        return refuse("the batch is empty".to_owned(), "Give at least one event");
    }
    if blocks.len() > MAX_BATCH_EVENTS {
        let message =
            format!("the batch has {} events, more than {MAX_BATCH_EVENTS}", blocks.len());
        return refuse(message, "Record it in several batches");
    }
    if bytes > MAX_BATCH_BYTES {
        let message = format!("the batch has {bytes} bytes, more than {MAX_BATCH_BYTES}");
        return refuse(message, "Record it in several batches");
    }
    Ok(())
}

/// A share of the blocks, with the room that their sections take.
struct Work<'a> {
    level: Level,
    first: usize,
    start: usize,
    blocks: &'a [&'a [u8]],
    room: &'a mut [u8],
    made: Result<Share>,
}

fn divide<'a>(blocks: &'a [&'a [u8]], level: Level, mut sections: &'a mut [u8]) -> Vec<Work<'a>> {
    let mut work = Vec::with_capacity(blocks.len() / SHARE + 1);
    let (mut first, mut start) = (0, 0);
    for share in blocks.chunks(SHARE) {
        let size: usize = share.iter().map(|block| section::len(block.len())).sum();
        let (room, rest) = sections.split_at_mut(size);
        sections = rest;
        work.push(Work { level, first, start, blocks: share, room, made: Ok(Share::default()) });
        first += share.len();
        start += size;
    }
    work
}

impl Work<'_> {
    fn run(&mut self) {
        self.made = self.make();
    }

    fn make(&mut self) -> Result<Share> {
        let mut share = Share::with_room(self.blocks.len());
        let (mut room, mut at) = (std::mem::take(&mut self.room), self.first);
        for pair in self.blocks.chunks(2) {
            for block in pair {
                let checked = share.add(block, self.level, &mut self.start);
                checked.map_err(|error| error.position(at as u64))?;
                at += 1;
            }
            let hashes = match pair {
                [one, other] => <[Hash; 2]>::from(Hash::of_two(one, other)),
                _ => [Hash::of(pair.first().unwrap_or(&&[][..])); 2],
            };
            let first = share.events.len() - pair.len();
            let events = share.events.iter_mut().skip(first);
            for ((event, block), hash) in events.zip(pair).zip(hashes) {
                event.hash = hash;
                let (mut section, rest) = room.split_at_mut(event.section.len());
                room = rest;
                section::write(&mut section, Cid::event(hash), block);
            }
        }
        Ok(share)
    }
}

impl Share {
    fn with_room(events: usize) -> Share {
        Share {
            events: Vec::with_capacity(events),
            parents: Vec::with_capacity(2 * events),
            keys: Vec::with_capacity(events),
        }
    }

    /// Checks a block, whose section comes behind `end`; its hash is for later.
    fn add(&mut self, block: &[u8], level: Level, end: &mut usize) -> Result<()> {
        let view = check(block, level)?;
        let (start, parents, keys) = (*end, self.parents.len(), self.keys.len());
        *end += section::len(block.len());
        self.parents.extend(view.distinct_parents().map(Parent::Outside));
        for_each(&view, &mut |kind, text| self.keys.push(digest(kind, text)));
        self.events.push(Prepared {
            hash: Hash([0; 32]),
            section: start..*end,
            parents: parents..self.parents.len(),
            keys: keys..self.keys.len(),
        });
        Ok(())
    }
}

impl Batch {
    fn join(&mut self, share: Share) {
        let (parents, keys) = (self.parents.len(), self.keys.len());
        let moved = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        self.events.extend(share.events.into_iter().map(|event| Prepared {
            parents: moved(event.parents, parents),
            keys: moved(event.keys, keys),
            ..event
        }));
        self.parents.extend(share.parents);
        self.keys.extend(share.keys);
    }
}

/// Finds the parents that stand in the batch itself; refuses equal events and children before
/// their parents.
fn link(batch: &mut Batch) -> Result<()> {
    let places = Places::of(&batch.events)?;
    for (at, event) in batch.events.iter().enumerate() {
        for parent in batch.parents.get_mut(event.parents.clone()).unwrap_or_default() {
            let Parent::Outside(hash) = *parent else { continue };
            match places.find(&hash) {
                None => {}
                Some(place) if place < at => *parent = Parent::Inside(place),
                Some(place) => {
                    let message =
                        format!("event {at} of the batch has event {place} after it as its parent");
                    return Err(Error::new(Code::InvalidArgument, message)
                        .hash(hash)
                        .position(at as u64)
                        .remedy("Put parents before their children"));
                }
            }
        }
    }
    Ok(())
}

/// The places of a batch's events by their names. Of a few bytes each, since most questions are
/// answered by no.
struct Places<'a> {
    events: &'a [Prepared],
    table: HashTable<u32>,
    seed: Seed,
}

impl<'a> Places<'a> {
    fn of(events: &'a [Prepared]) -> Result<Places<'a>> {
        let (table, seed) = (HashTable::with_capacity(events.len()), Seed::default());
        let mut places = Places { events, table, seed };
        for (at, event) in events.iter().enumerate() {
            if let Some(before) = places.find(&event.hash) {
                let message = format!("events {before} and {at} of the batch are equal");
                return Err(Error::new(Code::InvalidArgument, message)
                    .hash(event.hash)
                    .position(at as u64)
                    .remedy("Record an event once; its receipt can be used as often as you like"));
            }
            let rehash = |at: &u32| named(events, *at).map_or(0, |hash| seed.hash_one(hash));
            places.table.insert_unique(seed.hash_one(event.hash), at as u32, rehash);
        }
        Ok(places)
    }

    fn find(&self, hash: &Hash) -> Option<usize> {
        let same = |at: &u32| named(self.events, *at) == Some(*hash);
        self.table.find(self.seed.hash_one(hash), same).map(|at| *at as usize)
    }
}

fn named(events: &[Prepared], at: u32) -> Option<Hash> {
    events.get(at as usize).map(|event| event.hash)
}
