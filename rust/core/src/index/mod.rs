//! What the ledger looks up: derived from the segments, disposable, and never believed.
//!
//! May use media, hash and error. A candidate found here is confirmed in the log before anyone
//! acts on it, so an index may answer too much (false candidates), never too little. Every call
//! can fail, is bounded by the `bound` of a snapshot (only events with `index < bound` are
//! answered), and is paged where answers can be many.

pub mod memory;
mod postings;

use crate::error::Result;
use crate::hash::Hash;
use smallvec::SmallVec;

/// Few answers, most often none or one.
pub type Candidates = SmallVec<[u64; 4]>;

/// Where an event's section (varint, CID, block) stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// First event index of the segment, which is also its name.
    pub segment: u64,
    /// Byte offset of the section's varint in the segment file.
    pub offset: u64,
}

/// What is known of a new event when it is published.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its name.
    pub hash: Hash,
    /// Where it stands.
    pub location: Location,
    /// Indices of its parents, each once, in any order; all lower than its own.
    pub parents: &'a [u64],
    /// Digests of its lookup keys (`event::keys`).
    pub keys: &'a [u64],
}

/// The four questions of a ledger.
pub trait Index: Send + Sync {
    /// Events that it covers; the next one appended has this index.
    fn len(&self) -> u64;

    /// Whether it covers nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends events in log order: the first has index `len()`.
    fn append(&self, entries: &[Entry<'_>]) -> Result<()>;

    /// Indices of events whose hash may begin with these 8 bytes ([`Hash::prefix`]).
    fn candidates(&self, prefix: u64, bound: u64) -> Result<Candidates>;

    /// Indices of events whose prefix lies in `low ..= high`, at most `limit`, in any order: for
    /// shortened hashes.
    fn candidates_between(
        &self,
        low: u64,
        high: u64,
        bound: u64,
        limit: usize,
    ) -> Result<Candidates>;

    /// Where the event stands; an error when `index >= len()`.
    fn location(&self, index: u64) -> Result<Location>;

    /// Direct children of `parent` with an index above `after`, ascending, at most `limit`.
    fn children(
        &self,
        parent: u64,
        after: Option<u64>,
        bound: u64,
        limit: usize,
    ) -> Result<Vec<u64>>;

    /// Events with this key digest and an index below `before`, descending, at most `limit`.
    fn lookup(&self, key: u64, before: Option<u64>, bound: u64, limit: usize) -> Result<Vec<u64>>;
}
