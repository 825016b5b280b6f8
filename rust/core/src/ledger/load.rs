//! Reading the log into the index: on open, when a reader sees that it grew, and anew when what the
//! index has is damaged.
//! May use store::walk, core, event.

use super::core::{Core, Published, corrupt, gone};
use super::names::{ByName, Names};
use super::note;
use super::open::marks;
use super::{recover, resume};
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::event::keys::{digest, for_each};
use crate::event::{Level, check};
use crate::hash::Hash;
use crate::index::{Entry, GroupNote, Location};
use crate::limits::MAX_LOST;
use crate::store::durable::newest;
use crate::store::group::{Cursor, Group};
use crate::store::segment;
use crate::store::walk::{Ending, Plan, Step, Walker};
use crate::sync::RwLock;
use std::ops::Range;

/// Room that is used again for each group.
#[derive(Default)]
struct Loader {
    names: Names,
    places: ByName<u64>,
    hashes: Vec<Hash>,
    parents: Vec<u64>,
    keys: Vec<u64>,
    events: Vec<(Range<usize>, Range<usize>)>,
}

/// Takes everything that the walker still gives into the index and the published log.
pub(super) fn load(core: &Core, walker: &mut Walker, control: &Control) -> Result<Ending> {
    take(core, &core.log, walker, control)
}

/// Builds the index anew, as far as the log is published.
pub(super) fn rebuild(core: &Core) -> Result<()> {
    let _one = core.growing.lock();
    if !core.lacks_index() {
        return Ok(()); // somebody else did
    }
    core.index.forget()?;
    fill(core, None)
}

/// The index just got files of its own, or should look at those of another process: takes up what
/// stands in them, and reads the rest of the published log once more. For who lets the log grow.
pub(super) fn take_up(core: &Core) -> Result<()> {
    let end = core.log.read().cursor.clone();
    fill(core, resume::resume(core, &published(core, &end))?)
}

/// Fills the index up to where the log is published: behind `shown`, or from the first byte.
fn fill(core: &Core, shown: Option<Published>) -> Result<()> {
    let (end, slots) = {
        let log = core.log.read();
        (log.cursor.clone(), log.slots)
    };
    let shown = shown.unwrap_or_else(|| Published::new(slots));
    let plan = published(core, &end);
    let mut walker = Walker::at(core.media.clone(), plan, shown.cursor.clone())?;
    let log = RwLock::new(shown);
    take(core, &log, &mut walker, &Control::new())?;
    let Published { damage, cursor, .. } = log.into_inner();
    if cursor.next < end.next {
        let message = format!("{} is shorter than it was: {} events", core.label, cursor.next);
        return Err(corrupt(message));
    }
    core.log.write().damage.extend(damage);
    Ok(())
}

/// To read no further than to `end`.
fn published(core: &Core, end: &Cursor) -> Plan {
    let bound = Some((end.segment, end.offset));
    Plan { ledger: core.meta.id, marks: Vec::new(), bound }
}

/// Who has much in memory takes up what the owner of the index has written meanwhile.
pub(super) fn renew(core: &Core) -> Result<()> {
    if !core.index.is_outdated() {
        return Ok(());
    }
    core.index.forget()?;
    take_up(core)
}

/// Goes on reading behind what is published.
pub(super) fn go_on(core: &Core, plan: Plan, control: &Control) -> Result<Ending> {
    let cursor = core.log.read().cursor.clone();
    load(core, &mut Walker::at(core.media.clone(), plan, cursor)?, control)
}

fn take(
    core: &Core,
    log: &RwLock<Published>,
    walker: &mut Walker,
    control: &Control,
) -> Result<Ending> {
    let mut loader = Loader::default();
    loop {
        match walker.step()? {
            Step::Segment(first, file) => log.write().begin(first, file),
            Step::Group(group) => {
                let note = note(core, &log.read(), &group, walker.cursor());
                loader.group(core, walker, &group, &note)?;
                publish(&mut log.write(), &group, walker.cursor());
                control.advance(group.events.len() as u64)?;
                walker.recycle(group.events);
            }
            Step::Fault(fault) => log.write().damage.push(fault),
            Step::Lost(count) => {
                lose(core, walker.cursor(), count)?;
                log.write().cursor = walker.cursor().clone();
            }
            Step::End(ending) => {
                log.write().cursor = ending.cursor.clone();
                return Ok(ending);
            }
        }
        if !core.read_only {
            // Not to be written, and an index of it is not to be kept.
            recover::refuse_damage(core, &log.read())?;
        }
    }
}

/// As much is shown as is indexed: who comes back after a failure goes on from there.
fn publish(log: &mut Published, group: &Group, after: &Cursor) {
    if let Some(frame) = &group.frame {
        log.tally.group(frame.ends.len() as u64);
    }
    log.damage.extend(group.faults.iter().cloned());
    log.cursor = after.clone();
}

/// What the index keeps of a group; nothing in a log that is damaged up to there.
fn note(core: &Core, log: &Published, group: &Group, after: &Cursor) -> Vec<u8> {
    let Some(frame) = &group.frame else { return Vec::new() };
    if !log.damage.is_empty() || !group.faults.is_empty() || group.lost > 0 {
        return Vec::new();
    }
    let mut tally = log.tally.clone();
    tally.group(frame.ends.len() as u64);
    note::write(core.meta.id, after, &tally)
}

/// The index of a parent. A reader goes on without one that is damaged.
fn stored(core: &Core, hash: &Hash, bound: u64) -> Result<Option<u64>> {
    match core.confirmed(hash, bound) {
        Err(error) if core.read_only && error.code() == Code::CorruptLedger => Ok(None),
        found => found,
    }
}

fn clock(after: &Cursor) -> i64 {
    if after.clock == i64::MIN { 0 } else { after.clock }
}

/// Places that stand for events that cannot be found: no section begins at offset 0.
fn lose(core: &Core, cursor: &Cursor, count: u64) -> Result<()> {
    let segment = cursor.segment;
    if count > MAX_LOST {
        let path = segment::path(segment);
        let message = format!("{}: {count} events are missing around {path}", core.label);
        return Err(Error::new(Code::CorruptLedger, message)
            .path(path)
            .remedy("Look for segments that were removed, added or renamed, or restore a copy"));
    }
    let location = Location { segment, offset: 0 };
    let group = GroupNote { clock: clock(cursor), note: &[] };
    let entry = Entry { hash: Hash([0; 32]), location, parents: &[], keys: &[] };
    for _ in 0..count {
        core.index.append(&group, std::slice::from_ref(&entry))?;
    }
    Ok(())
}

impl Loader {
    fn group(&mut self, core: &Core, log: &Walker, group: &Group, note: &[u8]) -> Result<()> {
        let (bytes, after) = (log.bytes(), log.cursor());
        self.places.clear();
        self.events.clear();
        self.parents.clear();
        self.keys.clear();
        for (at, (hash, block)) in group.events.iter().enumerate() {
            let block = bytes.get(block.clone()).unwrap_or_default();
            let (parents, keys) = (self.parents.len(), self.keys.len());
            // A block that cannot be read has its name all the same.
            if let Ok(view) = check(block, Level::Frame) {
                self.hashes.clear();
                self.hashes.extend(view.distinct_parents());
                self.resolve(core, group.first)?;
                for_each(&view, &mut |kind, text| self.keys.push(digest(kind, text)));
            }
            self.places.insert(*hash, group.first + at as u64);
            self.events.push((parents..self.parents.len(), keys..self.keys.len()));
        }
        let entries: Vec<Entry<'_>> = (group.events.iter().zip(&self.events))
            .map(|((hash, block), (parents, keys))| Entry {
                hash: *hash,
                location: Location { segment: after.segment, offset: group.offset_of(block) },
                parents: self.parents.get(parents.clone()).unwrap_or_default(),
                keys: self.keys.get(keys.clone()).unwrap_or_default(),
            })
            .collect();
        core.index.append(&GroupNote { clock: clock(after), note }, &entries)?;
        lose(core, after, group.lost)
    }

    /// The indices of the parents in `hashes`; what is missing is for verification to say.
    fn resolve(&mut self, core: &Core, bound: u64) -> Result<()> {
        for hash in &self.hashes {
            let found = match self.names.get(hash).or_else(|| self.places.get(hash).copied()) {
                None => self.names.find(hash, bound, |hash, bound| stored(core, hash, bound))?,
                found => found,
            };
            self.parents.extend(found);
        }
        Ok(())
    }
}

/// Lets who does not hold the lock catch up with what others made durable meanwhile: as far as
/// the newest mark, which is written before anyone is told.
pub(super) fn refresh(core: &Core) -> Result<()> {
    match catch_up(core) {
        Err(_) if core.lacks_index() => {
            rebuild(core)?;
            catch_up(core)
        }
        done => done,
    }
}

fn catch_up(core: &Core) -> Result<()> {
    let mut growing = core.growing.lock();
    if core.log.read().segments.first().is_some_and(|(_, file)| !file.is_current()) {
        return Err(gone(&core.label));
    }
    let slots = growing.watch.look(&*core.media)?;
    let (cursor, known, damaged) = {
        let log = core.log.read();
        (log.cursor.clone(), log.slots, !log.damage.is_empty())
    };
    // Damage was judged once; nobody writes to such a ledger.
    if growing.apart || damaged {
        return Ok(());
    }
    if slots != known {
        core.log.write().slots = slots;
    }
    let newest = newest(&slots).map(|mark| (mark.segment, mark.end));
    let Some(bound) = newest.filter(|end| *end > (cursor.segment, cursor.offset)) else {
        return Ok(());
    };
    let plan = Plan { ledger: core.meta.id, marks: marks(&slots), bound: Some(bound) };
    go_on(core, plan, &Control::new())?;
    renew(core)
}
