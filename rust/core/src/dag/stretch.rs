//! One chunk of the log on its way through verification: blocks rehashed and checked, parents
//! gathered. May use source, judge, hash, control. Its buffers serve one chunk after another.

use crate::control::Control;
use crate::dag::judge::{judge_hashed, kind_of};
use crate::dag::report::Finding;
use crate::dag::source::Chunk;
use crate::error::Result;
use crate::event::View;
use crate::hash::Hash;
use std::ops::Range;

/// Events between two looks at the control, of 1 MiB each some 50 ms; an even number.
const PATIENCE: usize = 64;

/// A chunk, and what its blocks say about themselves.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    pub(super) chunk: Chunk,
    /// What is wrong with single blocks, with the block's place in the chunk, ascending.
    pub(super) faults: Vec<(usize, Finding)>,
    /// The parents of all blocks, one after another.
    parents: Vec<Hash>,
    /// Where each block's parents end.
    ends: Vec<usize>,
}

impl Stretch {
    /// Judges every block by itself: knows nothing of others.
    pub(super) fn judge(&mut self, control: &Control) -> Result<()> {
        self.faults.clear();
        self.parents.clear();
        self.ends.clear();
        let chunk = std::mem::take(&mut self.chunk);
        let judged = (0..chunk.events.len()).step_by(PATIENCE).try_for_each(|from| {
            let to = chunk.events.len().min(from + PATIENCE);
            self.judge_some(&chunk, from..to);
            control.advance((to - from) as u64)
        });
        self.chunk = chunk;
        judged
    }

    /// Hashes two blocks at a time.
    fn judge_some(&mut self, chunk: &Chunk, places: Range<usize>) {
        let events = chunk.events.get(places.clone()).unwrap_or_default();
        let block = |range: &Range<usize>| chunk.bytes.get(range.clone()).unwrap_or_default();
        let mut hashes = [Hash([0; 32]); PATIENCE];
        for (pair, two) in events.chunks(2).zip(hashes.chunks_exact_mut(2)) {
            if let ([(_, one), (_, other)], [first, second]) = (pair, &mut *two) {
                (*first, *second) = Hash::of_two(block(one), block(other));
            } else if let ([(_, one)], [first, _]) = (pair, two) {
                *first = Hash::of(block(one));
            }
        }
        for ((place, (name, range)), hash) in places.zip(events).zip(hashes) {
            let index = chunk.first.wrapping_add(place as u64);
            let judged = judge_hashed(name, hash, Some(index), block(range));
            self.faults.extend(judged.finding.map(|finding| (place, finding)));
            self.parents.extend(judged.view.iter().flat_map(View::distinct_parents));
            self.ends.push(self.parents.len());
        }
    }

    /// Names of the events at `places`, and the parents that may be followed from each.
    pub(super) fn events(&self, places: Range<usize>) -> impl Iterator<Item = (&Hash, &[Hash])> {
        let events = self.chunk.events.get(places.clone()).unwrap_or_default();
        places.zip(events).map(|(place, (name, _))| (name, self.links(place..place + 1)))
    }

    /// The parents of the events at `places`, one after another.
    pub(super) fn links(&self, places: Range<usize>) -> &[Hash] {
        let end = |at: usize| self.ends.get(at).copied();
        let from = places.start.checked_sub(1).and_then(end).unwrap_or(0);
        let to = places.end.checked_sub(1).and_then(end).unwrap_or(0);
        self.parents.get(from..to).unwrap_or_default()
    }

    /// The type that the block at `place` states.
    pub(super) fn kind(&self, place: usize) -> Option<&str> {
        let (_, range) = self.chunk.events.get(place)?;
        kind_of(self.chunk.bytes.get(range.clone())?)
    }
}
