//! From having the lock to writing behind the end of the log: everything that others wrote is taken
//! in, the end is settled where that is needed, and readers are told where to stop. May use open,
//! load, resume, recover, publish, turn.

use super::commit::Tail;
use super::core::{Core, Growing};
use super::open::{marks, read_log};
use super::turn::LOCK;
use super::{load, publish, recover, resume};
use crate::control::Control;
use crate::error::Result;
use crate::media::{Mode, Right};
use crate::store::durable::{self, Durable, Slot};
use crate::store::group::Cursor;
use crate::store::walk::{Ending, Plan};

/// For whoever just got the lock, now or once more. If what follows on reading fails, log and
/// index stay apart: the end is shown by then, and nobody may build on what could not be settled.
pub(super) fn take_over(
    core: &Core,
    growing: &mut Growing,
    limit: u64,
    control: &Control,
) -> Result<(Tail, Durable)> {
    let slots = durable::read(&*core.media)?;
    core.log.write().slots = slots;
    let ending = read(core, growing, &slots, control)?;
    growing.apart = true;
    let tail = recover::recover(core, ending, limit)?;
    let file = match core.media.open(durable::NAME, Mode::Write)? {
        Some(file) => file,
        None => recover::make_durable(&*core.media)?,
    };
    // Readers stop here from now on; the log up to here is durable.
    let durable = Durable::resume(file, &slots, publish::mark(&tail.cursor, false))?;
    growing.apart = false;
    Ok((tail, durable))
}

fn read(
    core: &Core,
    growing: &mut Growing,
    slots: &[Slot; 2],
    control: &Control,
) -> Result<Ending> {
    let mut plan = Plan { ledger: core.meta.id, marks: marks(slots), bound: None };
    let cursor = core.log.read().cursor.clone();
    if cursor == Cursor::beginning() {
        claim_index(core, growing)?;
        return read_log(core, plan, control);
    }
    resume::recognise(core, &cursor)?;
    plan.bound = handed_over(slots, &cursor);
    let ending = load::go_on(core, plan, control)?;
    if growing.claim.is_none() && claim_index(core, growing)? {
        load::take_up(core)?;
    } else {
        load::renew(core)?;
    }
    Ok(ending)
}

/// Where the writer before ended the log in order: there is nothing behind. Told only to who saw
/// the log before, for DURABLE may be older than the log after a power cut.
fn handed_over(slots: &[Slot; 2], cursor: &Cursor) -> Option<(u64, u64)> {
    let mark = durable::newest(slots).filter(|mark| mark.clean)?;
    let end = (mark.segment, mark.end);
    let known = (cursor.segment, cursor.offset);
    (!slots.contains(&Slot::Invalid) && known <= end).then_some(end)
}

/// Whether the files of the index are ours from now on: nobody else's, and it has some.
fn claim_index(core: &Core, growing: &mut Growing) -> Result<bool> {
    let mut claim = core.media.line_up(LOCK, Right::Index)?;
    if !claim.advance()? || !core.index.own() {
        return Ok(false);
    }
    growing.claim = Some(claim);
    Ok(true)
}
