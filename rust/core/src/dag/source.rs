//! What the graph needs of a ledger, and nothing of how it is kept. May use hash and error.
//!
//! `ledger` implements both traits; tests implement them over vectors.

use crate::dag::report::Finding;
use crate::error::Result;
use crate::hash::Hash;
use std::ops::Range;

/// Random access to the events that one snapshot shows.
pub trait Source: Sync {
    /// How many events there are; their indices are `0 .. len()`.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether all of the log could be read: otherwise what is not found may be there.
    fn is_whole(&self) -> bool {
        true
    }

    /// The index of the event stored under this name, confirmed in the log; `None` when there is
    /// none.
    fn find(&self, hash: &Hash) -> Result<Option<u64>>;

    /// Appends the stored block at `index` to `buffer` and returns the name it is stored under.
    /// Does **not** compare the two: that is the verifier's work.
    fn read(&self, index: u64, buffer: &mut Vec<u8>) -> Result<Hash>;

    /// Direct children with an index above `after`, ascending, at most `limit`; an empty answer
    /// says that there are no more. May hold false ones: whoever walks reads the child and looks.
    fn children(&self, index: u64, after: Option<u64>, limit: usize) -> Result<Vec<u64>>;
}

/// A stretch of the log, as the segments hold it.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Index of the first event.
    pub first: u64,
    /// Bytes of the blocks, with whatever stands between them.
    pub bytes: Vec<u8>,
    /// Each event's stored name, and its block's place in `bytes`.
    pub events: Vec<(Hash, Range<usize>)>,
    /// What is wrong with the structure around them (headers, frames, sections).
    pub findings: Vec<Finding>,
}

/// The whole log from its first byte, from the segments alone, never through an index.
pub trait Log: Send {
    /// Events that the log claims to have (for progress).
    fn total(&self) -> u64;

    /// Fills `chunk` (cleared first) with the next stretch; `false` when there is nothing more.
    /// Chunks are checked in parallel, so some 256 KiB each is best; `total()` events in all.
    /// Damage to the structure is a finding, not an error; an error is a read that failed.
    fn next(&mut self, chunk: &mut Chunk) -> Result<bool>;
}
