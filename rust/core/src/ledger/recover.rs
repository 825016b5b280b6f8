//! From what is on the disk to a writer: judge the end of the log, keep and cut a torn tail, and
//! make the last good group durable again before anything is acknowledged. May use store, media.

use super::commit::{self, Tail};
use super::core::{Core, Published, Torn, corrupt};
use super::open::headless;
use crate::error::{Code, Error, Result};
use crate::media::{File, Media, Mode, Purpose};
use crate::store::durable::{self, Mark};
use crate::store::group::Cursor;
use crate::store::walk::Ending;
use crate::store::{scan, segment};
use std::sync::Arc;

/// Where cut tails are kept.
const TORN: &str = "torn";

/// Copied at once.
const STEP: usize = 1 << 20;

/// Refuses damage; otherwise the log behind `ending` is ready to be written.
pub(super) fn recover(core: &Core, ending: Ending, limit: u64) -> Result<Tail> {
    refuse_damage(core, &core.log.read())?;
    let cursor = ending.cursor;
    if let Some(first) = ending.unborn {
        drop_unborn(core, first)?;
    }
    let file = open(core, cursor.segment)?;
    if ending.torn {
        keep(core, &*file, cursor.segment, cursor.offset)?;
    }
    let slots = core.log.read().slots;
    let mark = durable::newest(&slots);
    // A clean mark may be older than the tail: a power cut took the one of the writer that tore it.
    if ending.torn || !mark.is_some_and(|mark| is_clean_at(&mark, &cursor)) {
        settle(core, &*file, &cursor)?;
    }
    core.log.write().cursor = cursor.clone();
    Tail::new(file, cursor, limit)
}

/// The writer before closed or handed over exactly here: all up to here is durable.
fn is_clean_at(mark: &Mark, cursor: &Cursor) -> bool {
    mark.clean && (mark.segment, mark.end) == (cursor.segment, cursor.offset)
}

/// A damaged log is not written to.
pub(super) fn refuse_damage(core: &Core, log: &Published) -> Result<()> {
    let Some(fault) = log.damage.first() else { return Ok(()) };
    let path = segment::path(fault.segment);
    let (label, expected, found) = (&core.label, &fault.expected, &fault.found);
    let message = format!("{label}: {fault}: expected {expected}, found {found}");
    Err(corrupt(message).path(path).position(fault.offset))
}

fn open(core: &Core, first: u64) -> Result<Arc<dyn File>> {
    let path = segment::path(first);
    core.media
        .open(&path, Mode::Write)?
        .ok_or_else(|| corrupt(format!("{}: {path} is gone", core.label)).path(path))
}

/// Everything up to the end of the log goes to the disk once more, and nothing behind it: after a
/// crash or a failed sync readers may see what the disk lacks, and the disk may hold what they do
/// not see.
fn settle(core: &Core, file: &dyn File, cursor: &Cursor) -> Result<()> {
    // Without a group it is the header, from the first byte.
    let mut bytes = vec![0; (cursor.offset - cursor.group) as usize];
    let n = file.read_at(cursor.group, &mut bytes)?;
    bytes.truncate(n);
    file.truncate(cursor.offset)?;
    file.write_at(cursor.group, &bytes)?;
    file.sync(Purpose::Recovered)?;
    core.media.sync_dir(segment::DIR, Purpose::SegmentName)?;
    // Who made the ledger may have died between naming `ledger.json` and making the name durable.
    core.media.sync_dir("", Purpose::LedgerNames)
}

/// Copies what is about to be cut from `offset` on to `torn/`, durably.
fn keep(core: &Core, file: &dyn File, segment: u64, offset: u64) -> Result<()> {
    let media = &*core.media;
    let end = written_end(file, offset)?;
    media.create_dir(TORN)?;
    let (name, copy) = fresh(core, segment, offset)?;
    let mut bytes = vec![0; STEP];
    for at in (offset..end).step_by(STEP) {
        let want = (end - at).min(STEP as u64) as usize;
        let n = file.read_at(at, bytes.get_mut(..want).unwrap_or_default())?;
        copy.write_at(at - offset, bytes.get(..n).unwrap_or_default())?;
    }
    copy.sync(Purpose::TornCopy)?;
    media.sync_dir(TORN, Purpose::TornName)?;
    media.sync_dir("", Purpose::TornName)?;
    let torn = Torn { segment, offset, bytes: end - offset, saved: Some(name) };
    core.log.write().torn.push(torn);
    Ok(())
}

/// Behind the last byte that is not zero: what follows was reserved, not written.
fn written_end(file: &dyn File, offset: u64) -> Result<u64> {
    let (mut end, mut bytes) = (offset, vec![0; STEP]);
    for at in (offset..file.size()?).step_by(STEP) {
        let n = file.read_at(at, &mut bytes)?;
        let last = bytes.get(..n).and_then(|read| read.iter().rposition(|byte| *byte != 0));
        end = last.map_or(end, |last| at + last as u64 + 1);
    }
    Ok(end)
}

/// A file in `torn/` for this place that is not taken by an earlier crash at the same place.
fn fresh(core: &Core, segment: u64, offset: u64) -> Result<(String, Arc<dyn File>)> {
    let taken = core.media.list(TORN)?;
    let base = format!("{segment:012}-{offset}");
    let names = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}.{n}")));
    for name in names {
        if !taken.contains(&name) {
            let path = format!("{TORN}/{name}");
            if let Some(file) = core.media.open(&path, Mode::Create)? {
                return Ok((path, file));
            }
        }
    }
    Err(Error::new(Code::Storage, "no name is left in torn/"))
}

/// A segment whose header never became whole: its writer died before anything stood in it.
fn drop_unborn(core: &Core, first: u64) -> Result<()> {
    let path = segment::path(first);
    if let Some(file) = core.media.open(&path, Mode::Read)? {
        if file.size()? > 0 {
            keep(core, &*file, first, 0)?;
        }
        // Not synced: if a power cut brings the name back, it is dropped again; the next segment's
        // own sync of the directory settles it before anything is acknowledged there.
        core.media.remove(&path)?;
    }
    Ok(())
}

/// A ledger's first files, each durable, so that `ledger.json` may follow.
pub(super) fn create(media: &dyn Media, id: [u8; 16]) -> Result<()> {
    media.create_dir(segment::DIR)?;
    make_durable(media)?;
    let mut cursor = Cursor::beginning();
    commit::create(media, id, 0, None, &mut cursor)?;
    media.sync_dir("", Purpose::LedgerNames)
}

/// DURABLE, when someone took it away: the log is the truth.
pub(super) fn make_durable(media: &dyn Media) -> Result<Arc<dyn File>> {
    let file = media
        .open(durable::NAME, Mode::Create)?
        .ok_or_else(|| Error::new(Code::Internal, "the new DURABLE is not there"))?;
    file.write_at(0, &[0; durable::SIZE])?;
    file.sync(Purpose::Slots)?;
    media.sync_dir("", Purpose::LedgerNames)?;
    Ok(file)
}

/// Removes what an unfinished making left (`open::foreign` found nothing else here); refuses when
/// it is a ledger that has events.
pub(super) fn clear_unfinished(media: &dyn Media, label: &str) -> Result<()> {
    let path = segment::path(0);
    if let Some(file) = media.open(&path, Mode::Read)? {
        if scan::has_body(&*file, segment::MAX_HEAD as u64)? {
            return Err(headless(label));
        }
        media.remove(&path)?;
    }
    if media.open(durable::NAME, Mode::Read)?.is_some() {
        media.remove(durable::NAME)?;
    }
    Ok(())
}
