//! Stage 4, publish: the group goes into the index, the snapshots and DURABLE, and its tickets
//! wake. May use core, sequence, store::durable.

use super::commit::Begun;
use super::core::Core;
use super::note;
use super::sequence::Group;
use crate::cid::Cid;
use crate::error::Result;
use crate::index::{Entry, GroupNote, Location};
use crate::store::durable::Mark;
use crate::store::group::Cursor;

/// The mark of the place behind `cursor`'s last group.
pub(super) fn mark(cursor: &Cursor, clean: bool) -> Mark {
    Mark {
        seq: 0,
        segment: cursor.segment,
        end: cursor.offset,
        events: cursor.next,
        frame: cursor.last.map(Cid::raw),
        clean,
    }
}

/// Enters a group that begins at byte `start` of its segment, and ends at `after`, into the index.
pub(super) fn index(core: &Core, group: &Group, start: u64, after: &Cursor) -> Result<()> {
    let segment = after.segment;
    let entries: Vec<Entry<'_>> = (group.events.iter())
        .map(|event| Entry {
            hash: event.hash,
            location: Location { segment, offset: start + event.start as u64 },
            parents: group.parents.get(event.parents.clone()).unwrap_or_default(),
            keys: group.keys.get(event.keys.clone()).unwrap_or_default(),
        })
        .collect();
    let mut tally = core.log.read().tally.clone();
    tally.group(group.ends.len() as u64);
    let note = note::write(core.meta.id, after, &tally);
    core.index.append(&GroupNote { clock: after.clock, note: &note }, &entries)
}

/// Shows a new segment: readers find its file from now on.
pub(super) fn begin(core: &Core, begun: Begun) {
    let mut log = core.log.write();
    log.begin(begun.first, begun.file);
}

/// Shows the group to snapshots.
pub(super) fn show(core: &Core, group: &Group, cursor: &Cursor) {
    let mut log = core.log.write();
    log.tally.group(group.ends.len() as u64);
    log.cursor = cursor.clone();
}
