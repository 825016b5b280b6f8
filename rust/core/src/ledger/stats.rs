//! What a ledger says about itself. May use core.

use super::core::{Core, Torn};
use super::writer::Writer;
use crate::error::Result;
use crate::store::FORMAT;
use crate::store::durable::{self, Slot};

/// A ledger in numbers, and what opening found.
#[derive(Clone, Debug)]
pub struct Stats {
    /// Its directory, or `memory`.
    pub label: String,
    /// Its id, 32 hex digits.
    pub id: String,
    /// The version of its files.
    pub format: &'static str,
    /// Its name among logs.
    pub origin: String,
    /// Whether this handle only reads.
    pub read_only: bool,
    /// Events.
    pub events: u64,
    /// Groups: how often the disk was waited for.
    pub groups: u64,
    /// Batches that added events.
    pub batches: u64,
    /// Bytes of the log.
    pub bytes: u64,
    /// Segment files.
    pub segments: u64,
    /// Events that opening did not have to read, because the index had them.
    pub kept: u64,
    /// Torn tails that opening found; saved and cut, unless the ledger is only read.
    pub torn: Vec<Torn>,
    /// The slots of DURABLE; one that opening found damaged counts as such.
    pub slots: [SlotState; 2],
    /// Damage that opening found, a sentence each; only read-only handles have any.
    pub damage: Vec<String>,
    /// Why the writer accepts nothing more.
    pub poisoned: Option<String>,
}

/// What a slot of DURABLE holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotState {
    /// It was never written.
    Empty,
    /// A whole mark.
    Valid,
    /// Damaged bytes.
    Invalid,
}

pub(super) fn stats(core: &Core, writer: Option<&Writer>) -> Result<Stats> {
    let log = core.log.read();
    let mut slots = durable::read(&*core.media)?;
    for (now, found) in slots.iter_mut().zip(log.slots) {
        if found == Slot::Invalid {
            *now = found;
        }
    }
    let damage = log.damage.iter().map(ToString::to_string);
    Ok(Stats {
        label: core.label.clone(),
        id: core.meta.id_hex(),
        format: FORMAT,
        origin: core.meta.origin.clone(),
        read_only: core.read_only,
        events: log.cursor.next,
        groups: log.tally.groups,
        batches: log.tally.batches,
        bytes: log.tally.sealed_bytes + log.cursor.offset,
        segments: log.segments.len() as u64,
        kept: log.kept,
        torn: log.torn.clone(),
        slots: slots.map(|slot| match slot {
            Slot::Empty => SlotState::Empty,
            Slot::Valid(_) => SlotState::Valid,
            Slot::Invalid => SlotState::Invalid,
        }),
        damage: damage.collect(),
        poisoned: writer.and_then(Writer::failure).map(|error| error.to_string()),
    })
}
