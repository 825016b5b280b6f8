//! What the ledger looks up: derived from the segments, disposable, and never believed.
//!
//! May use media, hash and error. A candidate found here is confirmed in the log before anyone
//! acts on it, so an index may answer too much (false candidates), never too little. Every call
//! can fail, is bounded by the `bound` of a snapshot (only events with `index < bound` are
//! answered, and a `bound` beyond what is covered is refused), and is paged where answers can be
//! many.

mod build;
mod cache;
mod filter;
mod item;
mod manifest;
mod memtable;
mod merge;
mod page;
mod postings;
mod run;
pub mod runs;
mod table;
mod tables;
mod worker;

use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use smallvec::SmallVec;

/// Few answers, most often none or one.
pub type Candidates = SmallVec<[u64; 4]>;

/// Greatest length of a [`GroupNote::note`].
pub const MAX_NOTE: usize = 256;

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

/// What the events of one group have in common.
#[derive(Clone, Copy, Debug)]
pub struct GroupNote<'a> {
    /// When it was committed, µs since 1970; never less than that of the group before.
    pub clock: i64,
    /// A statement of the ledger about the log up to and with this group, at most [`MAX_NOTE`]
    /// bytes. An index that outlives the process gives it back with what it covers. Empty for a
    /// group that must not be kept: a damaged log is read anew each time.
    pub note: &'a [u8],
}

/// How far an index got in an earlier life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Events.
    pub events: u64,
    /// The note of the last group that is covered.
    pub note: Vec<u8>,
}

/// The questions of a ledger.
pub trait Index: Send + Sync {
    /// Events that it covers; the next one appended has this index.
    fn len(&self) -> u64;

    /// Whether it covers nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes up what an earlier life left, if that is whole; called while it is empty, and after
    /// [`Index::own`]. The ledger holds the note against the log, and calls
    /// [`Index::forget`] when it does not fit.
    fn resume(&self) -> Result<Option<Covered>> {
        Ok(None)
    }

    /// The files of the index are this process's to write from now on, and what it holds is dropped;
    /// [`Index::resume`] takes up what stands in them. False, and nothing is dropped, when it keeps
    /// none.
    fn own(&self) -> bool {
        false
    }

    /// Drops all that it holds and begins anew, from nothing.
    fn forget(&self) -> Result<()>;

    /// Whether a question met damage since the last [`Index::forget`]: then the index has to be
    /// forgotten and built anew from the log.
    fn is_broken(&self) -> bool {
        false
    }

    /// Whether so much was appended since [`Index::resume`] that it pays to forget it and take up
    /// what the writer has left meanwhile: a reader that lives long would grow without end.
    fn is_outdated(&self) -> bool {
        false
    }

    /// Whether it can take more events; asked before a batch is sequenced, so that a refusal
    /// leaves no trace.
    fn ready(&self) -> Result<()> {
        Ok(())
    }

    /// Appends events of one group in log order: the first has index `len()`. All groups before it
    /// are durable. An index that is broken takes nothing, and that is no error.
    fn append(&self, group: &GroupNote<'_>, entries: &[Entry<'_>]) -> Result<()>;

    /// For each prefix whether it is certain that no event below `bound` has it: what most new
    /// events are told, all of a batch at once.
    fn rule_out(&self, prefixes: &mut dyn Iterator<Item = u64>, bound: u64) -> Result<Vec<bool>> {
        prefixes.map(|prefix| Ok(self.candidates(prefix, bound)?.is_empty())).collect()
    }

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

    /// The clock of the group that holds the event; an error when `index >= len()`.
    fn recorded_at(&self, index: u64) -> Result<i64>;

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

    /// Waits until no work is left in the background: for whoever measures.
    fn settle(&self) -> Result<()> {
        Ok(())
    }

    /// Writes nothing from now on, and goes on answering. Before that, with `keep`, it makes what
    /// is worth it last: everything appended is durable.
    fn close(&self, _keep: bool) {}
}

/// The refusal of a question beyond what is covered.
fn beyond(what: u64, covered: u64) -> Error {
    Error::new(
        Code::Internal,
        format!("the index was asked about event {what} and covers {covered} events"),
    )
}
