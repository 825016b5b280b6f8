//! Stage 2, sequence: under one short lock a batch is held against all that is committed *and
//! pending*, gets its indices, and is copied into the open group. Either all of it or nothing.
//! May use core, names, prepare, ticket.

use super::core::{Core, closed};
use super::names::{ByName, Names};
use super::prepare::{Batch, Parent, Prepared};
use super::ticket::{Progress, Receipt, Ticket};
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// Bytes of the open group at which submitters wait for the disk.
pub(super) const FULL_BYTES: usize = 16 << 20;

/// Batches of the open group at which submitters wait: their ends have to fit into its frame.
const FULL_BATCHES: usize = 10_000;

/// Events that are sequenced and not yet committed together.
#[derive(Default)]
pub(super) struct Group {
    /// Which it is; groups count from 1.
    pub(super) number: u64,
    /// Index of its first event.
    pub(super) first: u64,
    /// Sections, one after the other.
    pub(super) bytes: Vec<u8>,
    pub(super) events: Vec<Sequenced>,
    pub(super) parents: Vec<u64>,
    pub(super) keys: Vec<u64>,
    /// Where each batch ends, in events of this group.
    pub(super) ends: Vec<u64>,
}

/// An event of a group, and where in the group it and what belongs to it stands.
pub(super) struct Sequenced {
    pub(super) hash: Hash,
    pub(super) start: usize,
    pub(super) parents: Range<usize>,
    pub(super) keys: Range<usize>,
}

/// What the sequencer's lock guards.
pub(super) struct Sequencer {
    /// The group that batches are put into.
    pub(super) open: Group,
    /// Names of the open group's events, and of those of the group that is being written.
    pub(super) pending: [ByName<u64>; 2],
    /// Whether a group is being written.
    pub(super) writing: bool,
    /// Whether the lock is ours: nothing is sequenced without.
    pub(super) held: bool,
    /// When the last batch came.
    pub(super) used: Instant,
    /// No more batches: the writer is being closed.
    pub(super) closing: bool,
    /// No more batches: a write failed.
    pub(super) failed: Option<Error>,
    next: u64,
    names: Names,
    /// Receipts and parents of the batch at hand.
    resolved: Vec<u64>,
}

impl Sequencer {
    /// Without the lock.
    pub(super) fn new() -> Self {
        Sequencer {
            open: Group { number: 1, ..Group::default() },
            pending: [ByName::default(), ByName::default()],
            writing: false,
            held: false,
            used: Instant::now(),
            closing: false,
            failed: None,
            next: 0,
            names: Names::default(),
            resolved: Vec::new(),
        }
    }

    /// The lock is ours, and the next event gets index `next`. Nothing is pending.
    pub(super) fn begin(&mut self, next: u64) {
        (self.held, self.used) = (true, Instant::now());
        (self.open.first, self.next) = (next, next);
    }

    /// Why nothing more is taken, if so.
    pub(super) fn refusal(&self, core: &Core) -> Result<&Self> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None if self.closing => Err(closed(&core.label)),
            None => Ok(self),
        }
    }

    /// Whether the open group is too full for `more` bytes.
    pub(super) fn has_no_room(&self, more: usize) -> bool {
        !self.open.events.is_empty()
            && (self.open.bytes.len() + more > FULL_BYTES || self.open.ends.len() >= FULL_BATCHES)
    }

    /// Sequences the batch, or refuses it without a trace.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        core: &Core,
        progress: &Arc<Progress>,
    ) -> Result<Ticket> {
        self.used = Instant::now();
        let committed = core.log.read().cursor.next;
        let mut group = 0;
        let mut next = self.next;
        let mut receipts = Vec::with_capacity(batch.events.len());
        let prefixes = || batch.events.iter().map(|event| event.hash.prefix());
        let new = core.ask(|events| events.rule_out(&mut prefixes(), committed))?;
        for (event, new) in batch.events.iter().zip(new) {
            let (known, in_group) = match (self.pending(&event.hash), new) {
                (Some(pending), _) => pending,
                (None, true) => (None, 0),
                (None, false) => self.lookup(core, &event.hash, committed)?,
            };
            group = group.max(in_group);
            let index = known.unwrap_or(next);
            next += u64::from(known.is_none());
            receipts.push(Receipt { hash: event.hash, index, created: known.is_none() });
        }
        self.resolve_parents(batch, core, &receipts, committed)?;
        if next > self.next {
            self.copy(batch, &receipts);
            self.next = next;
            group = self.open.number;
        }
        Ok(Ticket { receipts, group, progress: progress.clone() })
    }

    /// The index of an event that is pending, and its group.
    fn pending(&self, hash: &Hash) -> Option<(Option<u64>, u64)> {
        let number = self.open.number;
        let mut groups = self.pending.iter().zip([number, number - 1]);
        groups.find_map(|(pending, group)| Some((Some(*pending.get(hash)?), group)))
    }

    /// The index of an event that is pending or committed, and the group to wait for.
    fn lookup(&mut self, core: &Core, hash: &Hash, committed: u64) -> Result<(Option<u64>, u64)> {
        if let Some(pending) = self.pending(hash) {
            return Ok(pending);
        }
        Ok((self.names.find(hash, committed, |hash, bound| core.find(hash, bound))?, 0))
    }

    fn resolve_parents(
        &mut self,
        batch: &Batch,
        core: &Core,
        receipts: &[Receipt],
        committed: u64,
    ) -> Result<()> {
        self.resolved.clear();
        for (at, event) in batch.events.iter().enumerate() {
            for parent in batch.parents.get(event.parents.clone()).unwrap_or_default() {
                let index = match parent {
                    Parent::Inside(place) => receipts.get(*place).map(|receipt| receipt.index),
                    // Most parents were asked for a moment ago; most events were not.
                    Parent::Outside(hash) => match self.names.get(hash) {
                        Some(index) => Some(index),
                        None => self.lookup(core, hash, committed)?.0,
                    },
                };
                self.resolved.push(index.ok_or_else(|| orphan(core, batch, at, parent))?);
            }
        }
        Ok(())
    }

    fn copy(&mut self, batch: &Batch, receipts: &[Receipt]) {
        let open = &mut self.open;
        for (event, receipt) in batch.events.iter().zip(receipts) {
            if !receipt.created {
                continue;
            }
            let Prepared { hash, section, parents, keys } = event;
            self.pending[0].insert(*hash, receipt.index);
            let starts = (open.bytes.len(), open.parents.len(), open.keys.len());
            open.bytes.extend_from_slice(batch.sections.get(section.clone()).unwrap_or_default());
            open.parents.extend(self.resolved.get(parents.clone()).unwrap_or_default());
            open.keys.extend(batch.keys.get(keys.clone()).unwrap_or_default());
            open.events.push(Sequenced {
                hash: *hash,
                start: starts.0,
                parents: starts.1..open.parents.len(),
                keys: starts.2..open.keys.len(),
            });
        }
        open.ends.push(open.events.len() as u64);
    }

    /// Takes the open group for writing and opens the next in `room` (an old group).
    pub(super) fn take(&mut self, room: Group) -> Group {
        let next = Group { number: self.open.number + 1, first: self.next, ..room.emptied() };
        self.pending.swap(0, 1);
        self.pending[0].clear();
        self.writing = true;
        std::mem::replace(&mut self.open, next)
    }

    /// The group that was being written is in the index now.
    pub(super) fn published(&mut self) {
        self.pending[1].clear();
        self.writing = false;
    }
}

impl Group {
    fn emptied(mut self) -> Group {
        self.bytes.clear();
        self.events.clear();
        self.parents.clear();
        self.keys.clear();
        self.ends.clear();
        self
    }
}

fn orphan(core: &Core, batch: &Batch, at: usize, parent: &Parent) -> Error {
    let missing = match parent {
        Parent::Outside(hash) => Some(*hash),
        Parent::Inside(place) => batch.events.get(*place).map(|event| event.hash),
    };
    let missing = missing.map_or_else(String::new, |hash| hash.to_string());
    Error::new(
        Code::ParentNotFound,
        format!("the ledger {} holds no event {missing}, a parent", core.label),
    )
    .hash(missing)
    .position(at as u64)
    .remedy("Record the parent first, or put it before its child in the same batch")
}
