//! One chunk of the log on its way through verification: blocks rehashed and checked, parents
//! gathered. May use source, judge, hash, control. Its buffers serve one chunk after another.

use crate::control::Control;
use crate::dag::judge::{judge, kind_of, parents};
use crate::dag::report::Finding;
use crate::dag::source::Chunk;
use crate::error::Result;
use crate::hash::Hash;

/// Events between two looks at the control: of 1 MiB each they take some 50 ms.
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
        let Stretch { chunk, faults, parents: all, ends } = self;
        faults.clear();
        all.clear();
        ends.clear();
        for some in (0..chunk.events.len()).step_by(PATIENCE) {
            let events = chunk.events.iter().enumerate().skip(some).take(PATIENCE);
            let before = ends.len();
            for (place, (name, range)) in events {
                let block = chunk.bytes.get(range.clone()).unwrap_or_default();
                let judged = judge(name, Some(chunk.first.wrapping_add(place as u64)), block);
                faults.extend(judged.finding.map(|finding| (place, finding)));
                all.extend(judged.view.iter().flat_map(parents));
                ends.push(all.len());
            }
            control.advance((ends.len() - before) as u64)?;
        }
        Ok(())
    }

    /// Names of the events at `places`, and the parents that may be followed from each.
    pub(super) fn events(
        &self,
        places: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (&Hash, &[Hash])> + Clone {
        let ends = self.ends.iter().skip(places.start).take(places.len());
        let mut start = places.start.checked_sub(1).and_then(|at| self.ends.get(at).copied());
        let names = self.chunk.events.iter().skip(places.start);
        names.zip(ends).map(move |((name, _), &end)| {
            let from = start.replace(end).unwrap_or(0);
            (name, self.parents.get(from..end).unwrap_or_default())
        })
    }

    /// The type that the block at `place` states.
    pub(super) fn kind(&self, place: usize) -> Option<&str> {
        let (_, range) = self.chunk.events.get(place)?;
        kind_of(self.chunk.bytes.get(range.clone())?)
    }
}
