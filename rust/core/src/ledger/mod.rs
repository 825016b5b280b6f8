//! The ledger: one append-only log of events with one writer at a time, on a medium. Writers of
//! several processes take turns ([`spell`]).
//! May use everything else in this crate.
//!
//! # The life of an append
//!
//! ```text
//!  caller's thread          | caller's thread, one lock | one at a time: the seat   |
//!  prepare.rs               | sequence.rs               | commit.rs                | publish.rs
//!  check each block         | known? -> its receipt     | roll to a new segment?   | index
//!  hash it                  | parents there?            | write group + frame      | snapshots
//!  lay out the sections ----> indices                   | fdatasync                | DURABLE
//!                           | copy into the open group ---->                       -> wake tickets
//! ```
//!
//! - Nothing is visible to anyone before its `fdatasync` returned: snapshots, readers and receipts
//!   all stand behind it. What is sequenced and not yet durable is *pending*: only the sequencer
//!   sees it, so that a duplicate waits for the first copy and a child may follow its parent.
//! - A caller that waits takes the seat and commits itself when it is free; else the commit thread
//!   does ([`writer`]). While the disk is waited for, other batches are prepared and sequenced
//!   into the next group: the more submitters, the larger the groups.
//! - A refusal before sequencing leaves no trace. A failure after it poisons the writer
//!   ([`writer`]); opening again recovers ([`recover`]).
//!
//! Reading: [`Snapshot`] (by name, place, key), `verify.rs` (the segments alone), `load.rs` (the
//! index, on open).

mod ask;
mod commit;
mod core;
mod handover;
mod load;
mod meta;
mod names;
mod note;
mod open;
mod pool;
mod prepare;
mod process;
mod publish;
mod recover;
mod registry;
mod resume;
mod rows;
mod sequence;
mod snapshot;
mod spell;
mod stats;
mod ticket;
mod turn;
mod verify;
mod writer;

pub use self::core::Torn;
pub use prepare::Batch;
pub use rows::Seen;
pub use snapshot::{Filter, Snapshot, Stored};
pub use stats::{SlotState, Stats};
pub use ticket::{AckLevel, Receipt, Ticket};
pub use turn::Sharing;

use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::event::{Level, Rows};
use crate::hash::Hash;
use crate::index::Index;
use crate::index::runs::{RunIndex, Tuning};
use crate::media::Media;
use crate::media::memory::MemoryMedia;
use crate::sync::Mutex;
use open::Open;
pub use process::Process;
use registry::Slot;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use turn::Patience;
use writer::Writer;

/// Where a ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In memory: a new one, gone with its last handle.
    Memory,
    /// A directory.
    Directory(PathBuf),
}

/// How a ledger is opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Never write, take no lock: beside a writer, on a read-only disk, or of a damaged ledger.
    pub read_only: bool,
    /// Make the ledger when it is missing.
    pub create: bool,
    /// A new ledger's name among logs; made of its id when not given.
    pub origin: Option<String>,
    /// Bytes after which a new segment begins; for tests. 256 MiB when not given.
    pub segment_bytes: Option<u64>,
    /// How the lock is waited for, and handed to other processes.
    pub sharing: Sharing,
}

/// A handle of an open ledger. Clones are the same handle; every `open` makes another.
#[derive(Clone)]
pub struct Ledger(Arc<Handle>);

struct Handle {
    process: Process,
    label: String,
    /// How long a batch of this handle waits for the lock.
    timeout: Duration,
    state: Mutex<Option<(Open, Slot)>>,
}

impl Ledger {
    /// Opens a ledger, or makes it when `options` say so.
    pub fn open(place: Place, options: Options) -> Result<Ledger> {
        Ledger::open_watched(place, options, &Control::new())
    }

    /// The same; `control` ends the wait for the lock, counts the events that have to be read, and
    /// may cancel it: without an index that fits that is the whole log.
    pub fn open_watched(place: Place, options: Options, control: &Control) -> Result<Ledger> {
        let path = match place {
            Place::Memory => {
                let options = Options { read_only: false, create: true, ..options };
                let (media, index) = (Arc::new(MemoryMedia::new()), RunIndex::in_memory());
                return Ledger::open_as(media, Box::new(index), &options, "memory", control);
            }
            Place::Directory(path) => path,
        };
        let label = path.display().to_string();
        if options.read_only {
            let media = registry::existing(&path)?;
            let index = RunIndex::reader(media.clone(), Tuning::default());
            return Ledger::open_as(media, Box::new(index), &options, &label, control);
        }
        let (open, slot) = registry::writer(&path, &options, control)?;
        Ok(Ledger::new(open, slot, &options))
    }

    /// Opens a ledger on any medium with any index: tests bring media that fail and indexes that
    /// lie. Two handles of one medium do not share a writer.
    pub fn open_on(
        media: Arc<dyn Media>,
        index: Box<dyn Index>,
        options: Options,
    ) -> Result<Ledger> {
        Ledger::open_as(media, index, &options, "the ledger", &Control::new())
    }

    fn open_as(
        media: Arc<dyn Media>,
        index: Box<dyn Index>,
        options: &Options,
        label: &str,
        control: &Control,
    ) -> Result<Ledger> {
        let open = open::open(media, index, options, label, control)?;
        let slot = Arc::new(Mutex::new(Some((open.clone(), 1))));
        Ok(Ledger::new(open, slot, options))
    }

    fn new(open: Open, slot: Slot, options: &Options) -> Ledger {
        let (process, label) = (open.core.process, open.core.label.clone());
        let (timeout, state) = (options.sharing.timeout, Mutex::new(Some((open, slot))));
        Ledger(Arc::new(Handle { process, label, timeout, state }))
    }

    /// Stage 1: checks and hashes a batch of canonical blocks. An error's position is the place in
    /// the batch.
    pub fn prepare(blocks: &[&[u8]]) -> Result<Batch> {
        prepare::prepare(blocks, Level::Record)
    }

    /// Stage 1 for events that were recorded elsewhere, which are held to the envelope: what their
    /// payload must be was the business of who recorded them.
    pub fn prepare_copies(blocks: &[&[u8]]) -> Result<Batch> {
        prepare::prepare(blocks, Level::Envelope)
    }

    /// Stage 1 for rows: the first of them as batches of at most so many events and bytes in all,
    /// one event at least. An error's position is the row.
    pub fn prepare_rows(
        rows: &Rows<'_>,
        range: Range<usize>,
        most: (usize, usize),
        seen: &mut Seen,
    ) -> Result<Vec<Batch>> {
        rows::prepare(rows, range, most, seen)
    }

    /// Records all rows in batches of their own, each whole or not at all, in order. Gives the
    /// receipts of those that are durable, and the error that ended it.
    pub fn record_rows(
        &self,
        rows: &Rows<'_>,
        range: Range<usize>,
        control: &Control,
    ) -> (Vec<Receipt>, Option<Error>) {
        rows::record(self, rows, range, control)
    }

    /// Stage 2: gives the batch its place in the log, all of it or nothing. The ticket waits for
    /// the disk.
    pub fn submit(&self, batch: Batch) -> Result<Ticket> {
        self.writer()?.submit(&batch, &self.patience(&Control::new()))
    }

    /// Records a batch: submits it and waits until it is durable, or the control's deadline passes.
    /// Cancelled before it is sequenced, nothing of it is recorded; afterwards all of it is.
    pub fn record(&self, batch: Batch, control: &Control) -> Result<Vec<Receipt>> {
        control.check()?;
        self.writer()?.record(&batch, &self.patience(control))
    }

    /// The same, if this process has the lock already; otherwise `None`, and nothing is done:
    /// [`Ledger::record`] may then wait for other processes.
    pub fn record_at_once(&self, batch: &Batch, control: &Control) -> Result<Option<Vec<Receipt>>> {
        control.check()?;
        self.writer()?.record_at_once(batch, control)
    }

    /// Stage 2 alone, if this process has the lock already; otherwise `None`, and nothing is done.
    pub fn begin_at_once(&self, batch: &Batch, control: &Control) -> Result<Option<Begun>> {
        control.check()?;
        let writer = self.writer()?;
        let ticket = writer.sequence(batch, control)?;
        Ok(ticket.map(|ticket| Begun { writer, ticket }))
    }

    fn patience<'a>(&self, control: &'a Control) -> Patience<'a> {
        Patience::new(control, self.0.timeout)
    }

    fn writer(&self) -> Result<Arc<Writer>> {
        self.open_state()?.writer.ok_or_else(|| {
            Error::new(Code::ReadOnly, format!("{} was opened read-only", self.0.label))
                .remedy("Open it without read_only=True to record")
        })
    }

    /// The log as it is now, with what other processes added.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let open = self.open_state()?;
        open.catch_up()?;
        Ok(Snapshot::new(open.core))
    }

    /// The event of this name. What is there stays there: what other processes added is looked for
    /// only when it is not found.
    pub fn get(&self, hash: &Hash) -> Result<Stored> {
        let open = self.open_state()?;
        match Snapshot::new(open.core.clone()).get(hash) {
            Err(error) if error.code() == Code::EventNotFound => {
                open.catch_up()?;
                Snapshot::new(open.core).get(hash)
            }
            found => found,
        }
    }

    /// The ledger in numbers, and what opening it found.
    pub fn stats(&self) -> Result<Stats> {
        let open = self.open_state()?;
        open.catch_up()?;
        stats::stats(&open.core, open.writer.as_deref())
    }

    /// Waits until the index has nothing left to do in the background: for whoever measures.
    pub fn settle(&self) -> Result<()> {
        self.open_state()?.core.index.settle()
    }

    /// Closes this handle: calls after it fail with `Closed`. The last handle of a writer commits
    /// what is sequenced and lets go of the lock. Closing twice is well.
    pub fn close(&self) -> Result<()> {
        self.0.close()
    }

    /// The directory, or `memory`.
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// The ledger's id, 32 hex digits.
    pub fn id(&self) -> Result<String> {
        Ok(self.open_state()?.core.meta.id_hex())
    }

    fn open_state(&self) -> Result<Open> {
        self.0.process.check()?;
        match &*self.0.state.lock() {
            Some((open, _)) => Ok(open.clone()),
            None => Err(self::core::closed(&self.0.label)),
        }
    }
}

/// A sequenced batch that nobody waits for yet. Dropping it does not call the batch back.
pub struct Begun {
    writer: Arc<Writer>,
    ticket: Ticket,
}

impl Begun {
    /// Waits until the batch is durable; what was begun meanwhile, by whomever, is committed with
    /// it.
    pub fn finish(self) -> Result<Vec<Receipt>> {
        self.writer.finish(self.ticket, None)
    }
}

impl Handle {
    fn close(&self) -> Result<()> {
        self.process.check()?;
        match self.state.lock().take() {
            Some((_, slot)) => registry::release(&slot),
            None => Ok(()),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.process.is_current() {
            // Who wants to know closes explicitly; recovery judges what is left either way.
            let _ = self.close();
        } else if let Some(parents) = self.state.get_mut().take() {
            // The threads and the lock are the parent's: touch nothing.
            std::mem::forget(parents);
        }
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({:?})", self.0.label)
    }
}
