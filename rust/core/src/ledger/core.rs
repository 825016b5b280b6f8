//! What all handles and snapshots of an open ledger share for reading: the files, the index, and
//! how far the log is published. May use media, store, index, meta, process.

use super::meta::Meta;
use super::note::Tally;
use super::process::Process;
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::index::{Index, Location};
use crate::media::{File, Media};
use crate::store::durable::Slot;
use crate::store::group::{Cursor, Fault};
use crate::store::section::{self, Parsed};
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;

/// The read half of an open ledger.
pub(super) struct Core {
    pub(super) media: Arc<dyn Media>,
    pub(super) index: Box<dyn Index>,
    pub(super) label: String,
    pub(super) meta: Meta,
    pub(super) process: Process,
    pub(super) read_only: bool,
    /// Held while log and index grow together: by the commit thread for each group, by a reader
    /// that catches up, by whoever builds the index anew.
    pub(super) growing: Mutex<()>,
    /// What is published.
    pub(super) log: RwLock<Published>,
}

/// The published log.
#[derive(Debug)]
pub(super) struct Published {
    /// First event and file of each segment.
    pub(super) segments: Vec<(u64, Arc<dyn File>)>,
    /// Behind the last published group.
    pub(super) cursor: Cursor,
    /// What is counted up to there.
    pub(super) tally: Tally,
    /// What opening found damaged; only a read-only open gets this far with any.
    pub(super) damage: Vec<Fault>,
    /// What opening found of a torn tail.
    pub(super) torn: Vec<Torn>,
    /// The slots of DURABLE as opening found them.
    pub(super) slots: [Slot; 2],
}

/// Bytes behind the last good group that a crash left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The segment's first event.
    pub segment: u64,
    /// Where the bytes begin.
    pub offset: u64,
    /// How many there are.
    pub bytes: u64,
    /// The file that keeps them, unless the ledger is only read.
    pub saved: Option<String>,
}

/// Read at once for one event: most fit.
const GUESS: usize = 1024;

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Core({:?})", self.label)
    }
}

impl Published {
    /// The next segment begins: the one before is complete.
    pub(super) fn begin(&mut self, first: u64, file: Arc<dyn File>) {
        match self.segments.last_mut() {
            // Seen before, by a look at the log that failed behind it.
            Some((last, there)) if *last == first => return *there = file,
            Some((_, last)) => self.tally.seal(&**last),
            None => {}
        }
        self.segments.push((first, file));
    }
}

impl Core {
    /// Appends the block of the section at `location` to `into`; its stored name.
    pub(super) fn read(&self, location: Location, into: &mut Vec<u8>) -> Result<Hash> {
        let file = self.file(location)?;
        let start = into.len();
        into.resize(start + GUESS, 0);
        let mut want = GUESS;
        loop {
            let room = into.get_mut(start..).unwrap_or_default();
            let n = file.read_at(location.offset, room)?;
            let bytes = room.get_mut(..n).unwrap_or_default();
            match section::parse(bytes) {
                Parsed::Section { hash, block, .. } => {
                    let length = block.len();
                    bytes.copy_within(block, 0);
                    into.truncate(start + length);
                    return Ok(hash);
                }
                Parsed::Short if n == want && want < section::MAX_SECTION => {
                    want = section::MAX_SECTION + section::MAX_VARINT;
                    if let Ok((length, width)) = section::read_varint(bytes) {
                        want = length + width;
                    }
                    into.resize(start + want, 0);
                }
                _ => {
                    into.truncate(start);
                    return Err(self.unreadable(location));
                }
            }
        }
    }

    /// The name under which the event at `location` is stored.
    pub(super) fn name(&self, location: Location) -> Result<Option<Hash>> {
        if location.offset == 0 {
            return Ok(None); // lost: no section stands there
        }
        let mut bytes = [0; section::MAX_VARINT + crate::cid::CID_LEN];
        let n = self.file(location)?.read_at(location.offset, &mut bytes)?;
        let bytes = bytes.get(..n).unwrap_or_default();
        let digest = section::read_varint(bytes).ok().and_then(|(_, width)| {
            bytes.get(width + 4..width + 36).and_then(|digest| digest.try_into().ok())
        });
        Ok(digest.map(Hash))
    }

    /// The index of the event stored under `hash`, if it is below `bound`.
    pub(super) fn find(&self, hash: &Hash, bound: u64) -> Result<Option<u64>> {
        for index in self.index.candidates(hash.prefix(), bound)? {
            if self.name(self.index.location(index)?)? == Some(*hash) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn file(&self, location: Location) -> Result<Arc<dyn File>> {
        if location.offset == 0 {
            return Err(self.unreadable(location));
        }
        let log = self.log.read();
        let at = log.segments.binary_search_by_key(&location.segment, |(first, _)| *first);
        match at.ok().and_then(|at| log.segments.get(at)) {
            Some((_, file)) => Ok(file.clone()),
            None => Err(self.unreadable(location)),
        }
    }

    /// The error for an event whose bytes are damaged.
    fn unreadable(&self, location: Location) -> Error {
        let path = crate::store::segment::path(location.segment);
        let message = format!("{}: an event in {path} cannot be read", self.label);
        corrupt(message).path(path).position(location.offset)
    }
}

/// The error of a damaged ledger, with its remedy.
pub(super) fn corrupt(message: impl Into<String>) -> Error {
    Error::new(Code::CorruptLedger, message).remedy(
        "Open it with read_only=True to read what is sound, run verify_all to see what is not, \
         and restore the rest from a copy",
    )
}

/// The error of a handle, or a writer, that is closed.
pub(super) fn closed(label: &str) -> Error {
    Error::new(Code::Closed, format!("{label} is closed")).remedy("Open it again")
}
