//! What all handles and snapshots of an open ledger share for reading: the files, the index, and
//! how far the log is published. May use media, store, index, meta, process.

use super::meta::Meta;
use super::note::Tally;
use super::process::Process;
use crate::cid::CID_LEN;
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::index::{Index, Location};
use crate::media::{File, Lock, Media};
use crate::store::durable::{Slot, Watch};
use crate::store::group::{Cursor, Fault};
use crate::store::section::{self, Parsed};
use crate::sync::{Mutex, RwLock};
use std::sync::Arc;

/// The read half of an open ledger.
pub(super) struct Core {
    pub(super) media: Arc<dyn Media>,
    pub(super) index: Box<dyn Index>,
    pub(super) label: String,
    pub(super) meta: Meta,
    pub(super) process: Process,
    pub(super) read_only: bool,
    /// Held while log and index grow together: by who commits for each group, by who catches up
    /// with other processes, by whoever builds the index anew.
    pub(super) growing: Mutex<Growing>,
    /// What is published.
    pub(super) log: RwLock<Published>,
}

/// What belongs to the one who lets log and index grow.
#[derive(Debug, Default)]
pub(super) struct Growing {
    /// The index holds what the log may not: a write failed, or what should have settled the end
    /// of the log. Both stay as they are.
    pub(super) apart: bool,
    /// How far other processes got.
    pub(super) watch: Watch,
    /// The right to write the index's files, which one process has as long as it has the ledger
    /// open, whoever writes to the log.
    pub(super) claim: Option<Box<dyn Lock>>,
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
    /// Events that opening did not have to read, because the index had them.
    pub(super) kept: u64,
    /// What opening found damaged; only a read-only open gets this far with any.
    pub(super) damage: Vec<Fault>,
    /// What opening found of a torn tail.
    pub(super) torn: Vec<Torn>,
    /// The slots of DURABLE as they were found last.
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

/// Read at once for one event: most predictions fit, and each byte more is copied for nothing.
const GUESS: usize = 512;

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Core({:?})", self.label)
    }
}

impl Published {
    /// Nothing yet; with the slots of DURABLE.
    pub(super) fn new(slots: [Slot; 2]) -> Published {
        Published {
            segments: Vec::new(),
            cursor: Cursor::beginning(),
            tally: Tally::default(),
            kept: 0,
            damage: Vec::new(),
            torn: Vec::new(),
            slots,
        }
    }

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
        let read = self.read_wanted(location, None, into)?;
        read.ok_or_else(|| self.unreadable(location))
    }

    /// The same in one read for a section that must be stored under `wanted`; none when it is not.
    fn read_wanted(
        &self,
        location: Location,
        wanted: Option<&Hash>,
        into: &mut Vec<u8>,
    ) -> Result<Option<Hash>> {
        if location.offset == 0 {
            return Ok(None); // lost: no section stands there
        }
        let file = self.file(location)?;
        let (mut few, mut many) = ([0; GUESS], Vec::new());
        let n = file.read_at(location.offset, &mut few)?;
        let mut bytes = few.get(..n).unwrap_or_default();
        if wanted.is_some() && stored_name(bytes).as_ref() != wanted {
            return Ok(None);
        }
        if let (Parsed::Short, true, Ok((length, width))) =
            (section::parse(bytes), n == GUESS, section::read_varint(bytes))
        {
            many.resize(length + width, 0);
            let n = file.read_at(location.offset, &mut many)?;
            bytes = many.get(..n).unwrap_or_default();
        }
        let Parsed::Section { hash, block, .. } = section::parse(bytes) else {
            return Err(self.unreadable(location));
        };
        into.extend_from_slice(bytes.get(block).unwrap_or_default());
        Ok(Some(hash))
    }

    /// The name under which the event at `location` is stored.
    pub(super) fn name(&self, location: Location) -> Result<Option<Hash>> {
        if location.offset == 0 {
            return Ok(None); // lost: no section stands there
        }
        let mut bytes = [0; section::MAX_VARINT + CID_LEN];
        let n = self.file(location)?.read_at(location.offset, &mut bytes)?;
        Ok(stored_name(bytes.get(..n).unwrap_or_default()))
    }

    /// The index of the event stored under `hash`, if it is below `bound`; confirmed in the log.
    pub(super) fn confirmed(&self, hash: &Hash, bound: u64) -> Result<Option<u64>> {
        for index in self.index.candidates(hash.prefix(), bound)? {
            let location = self.index.location(index)?;
            match self.name(location)? {
                Some(name) if name == *hash => return Ok(Some(index)),
                name => self.exclude(location, name)?,
            }
        }
        Ok(None)
    }

    /// The same with the event's block, in one read where `confirmed` and `read` take two.
    pub(super) fn fetched(&self, hash: &Hash, bound: u64) -> Result<Option<(u64, Vec<u8>)>> {
        let mut block = Vec::new();
        for index in self.index.candidates(hash.prefix(), bound)? {
            let location = self.index.location(index)?;
            let read = self.read_wanted(location, Some(hash), &mut block);
            if read.map_err(|error| behind(error, index))?.is_some() {
                return Ok(Some((index, block)));
            }
            self.exclude(location, self.name(location)?)?;
        }
        Ok(None)
    }

    /// Whether the event that was taken for another one really has another name: if its bytes do
    /// not have the one that stands there, nobody knows which it had.
    pub(super) fn exclude(&self, location: Location, name: Option<Hash>) -> Result<()> {
        let Some(name) = name else { return Ok(()) };
        let mut block = Vec::new();
        match self.read(location, &mut block)? == name && Hash::of(&block) == name {
            true => Ok(()),
            false => Err(self.unreadable(location)),
        }
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

/// The error of an event that is damaged, with how to read on.
pub(super) fn behind(error: Error, index: u64) -> Error {
    if error.code() != Code::CorruptLedger {
        return error;
    }
    error.position(index).remedy(format!(
        "Run verify_all to see what is damaged, read on behind it by events with \
         after_index={index}, and restore the ledger from a copy"
    ))
}

/// The digest of the CID that a section beginning with `bytes` has.
fn stored_name(bytes: &[u8]) -> Option<Hash> {
    let (_, width) = section::read_varint(bytes).ok()?;
    let digest = bytes.get(width + 4..width + CID_LEN)?;
    digest.try_into().ok().map(Hash)
}

/// The error of a ledger whose directory is not the one that was opened.
pub(super) fn gone(label: &str) -> Error {
    Error::new(Code::LedgerNotFound, format!("{label} was deleted or moved while open"))
        .remedy("Put the directory back, close the ledger and open it again")
}

/// The error of a handle, or a writer, that is closed.
pub(super) fn closed(label: &str) -> Error {
    Error::new(Code::Closed, format!("{label} is closed")).remedy("Open it again")
}
