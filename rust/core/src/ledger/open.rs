//! Opening a ledger: find or make it, read it, and start what writes it. May use everything below.

use super::commit::SEGMENT_BYTES;
use super::core::{Core, Published, Torn, corrupt};
use super::handover::take_over;
use super::meta::{self, Meta};
use super::process::Process;
use super::turn::{self, LOCK, Patience};
use super::writer::Writer;
use super::{Options, load, recover, resume};
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::index::Index;
use crate::media::{Media, Mode};
use crate::store::durable::{self, Mark, Slot};
use crate::store::walk::{Ending, Plan};
use crate::store::{scan, segment};
use crate::sync::{Mutex, RwLock};
use std::sync::Arc;

/// What a ledger's directory may hold besides `ledger.json` when its making was cut short.
const OURS: &[&str] = &[LOCK, durable::NAME, segment::DIR, "ledger.json.tmp"];

/// An open ledger: what all its handles share.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) core: Arc<Core>,
    pub(super) writer: Option<Arc<Writer>>,
}

impl Open {
    /// Takes in what other processes wrote, unless nobody else can have written.
    pub(super) fn catch_up(&self) -> Result<()> {
        match &self.writer {
            Some(writer) if !writer.may_lag() => Ok(()),
            _ => load::refresh(&self.core),
        }
    }
}

/// Opens the ledger on `media`.
pub(super) fn open(
    media: Arc<dyn Media>,
    index: Box<dyn Index>,
    options: &Options,
    label: &str,
    control: &Control,
) -> Result<Open> {
    match options.read_only {
        true => read(media, index, label, control),
        false => write(media, index, options, label, control),
    }
}

fn read(
    media: Arc<dyn Media>,
    index: Box<dyn Index>,
    label: &str,
    control: &Control,
) -> Result<Open> {
    let Some(meta) = Meta::read(&*media, label)? else { return Err(missing(&*media, label)?) };
    let core = Arc::new(core(media, index, label, meta, true)?);
    let ending = read_calmly(&core, control)?;
    note_torn(&core, &ending)?;
    Ok(Open { core, writer: None })
}

/// Reads the log as far as a reader may. A writer that begins meanwhile writes a mark before
/// anything else: then what was read may be half a group, or not durable, and is read once more.
fn read_calmly(core: &Core, control: &Control) -> Result<Ending> {
    loop {
        let plan = reader_plan(core)?;
        let free = plan.bound.is_none();
        let read = read_log(core, plan, control);
        if !free || is_undisturbed(core, &read)? {
            return read;
        }
        core.index.forget()?;
        *core.log.write() = Published::new(durable::read(&*core.media)?);
    }
}

fn is_undisturbed(core: &Core, read: &Result<Ending>) -> Result<bool> {
    let slots = durable::read(&*core.media)?;
    let log = core.log.read();
    let is_durable = |ending: &Ending| {
        let end = (ending.cursor.segment, ending.cursor.offset);
        let newest = durable::newest(&slots);
        !ending.torn && newest.is_some_and(|mark| end <= (mark.segment, mark.end))
    };
    let sound = log.damage.is_empty() && read.as_ref().is_ok_and(is_durable);
    Ok(sound || slots == log.slots)
}

/// How far a reader may read: to the newest mark while a writer is at work, else to the end.
fn reader_plan(core: &Core) -> Result<Plan> {
    let locked = core.media.is_locked(LOCK)?;
    let slots = durable::read(&*core.media)?;
    core.log.write().slots = slots;
    let newest = durable::newest(&slots);
    let bound = match newest {
        _ if !locked => None,
        Some(mark) => Some((mark.segment, mark.end)),
        // A writer that has made nothing durable yet; with damaged slots the log has to speak.
        None => (slots == [Slot::Empty; 2]).then_some((0, 0)),
    };
    Ok(Plan { ledger: core.meta.id, marks: marks(&slots), bound })
}

fn write(
    media: Arc<dyn Media>,
    index: Box<dyn Index>,
    options: &Options,
    label: &str,
    control: &Control,
) -> Result<Open> {
    if Meta::read(&*media, label)?.is_none() && (!options.create || foreign(&*media)?.is_some()) {
        return Err(missing(&*media, label)?);
    }
    let patience = Patience::new(control, options.sharing.timeout);
    let lock = turn::wait(&*media, label, &patience, || Ok(()))?;
    let meta = match Meta::read(&*media, label)? {
        Some(meta) => meta,
        None => make(&*media, options, label)?,
    };
    let core = Arc::new(core(media, index, label, meta, false)?);
    let limit = options.segment_bytes.unwrap_or(SEGMENT_BYTES);
    let end = take_over(&core, &mut core.growing.lock(), limit, control)?;
    let writer = Writer::start(core.clone(), lock, end, limit, options.sharing)?;
    Ok(Open { core, writer: Some(Arc::new(writer)) })
}

/// Reads the log behind what the index covers, or from the first byte.
pub(super) fn read_log(core: &Core, plan: Plan, control: &Control) -> Result<Ending> {
    control.set_total(plan.marks.iter().map(|mark| mark.events).max().unwrap_or(0));
    if let Some(shown) = resume::resume(core, &plan)? {
        control.advance(shown.cursor.next)?;
        *core.log.write() = shown;
        match load::go_on(core, plan.clone(), control) {
            Err(_) if core.index.is_broken() => {}
            read => return read,
        }
        core.index.forget()?;
        let mut log = core.log.write();
        *log = Published::new(log.slots);
    }
    load::go_on(core, plan, control)
}

/// The valid marks of two slots.
pub(super) fn marks(slots: &[Slot; 2]) -> Vec<Mark> {
    let mark = |slot: &Slot| match slot {
        Slot::Valid(mark) => Some(*mark),
        _ => None,
    };
    slots.iter().filter_map(mark).collect()
}

fn core(
    media: Arc<dyn Media>,
    index: Box<dyn Index>,
    label: &str,
    meta: Meta,
    read_only: bool,
) -> Result<Core> {
    let slots = durable::read(&*media)?;
    let process = Process::current();
    let (label, log) = (label.to_owned(), RwLock::new(Published::new(slots)));
    let growing = Mutex::default();
    Ok(Core { media, index, label, meta, process, read_only, growing, log })
}

/// A reader only says that there is a torn tail.
fn note_torn(core: &Core, ending: &Ending) -> Result<()> {
    if ending.torn {
        let mut log = core.log.write();
        let Some((segment, file)) = log.segments.last().cloned() else { return Ok(()) };
        let offset = ending.cursor.offset;
        let bytes = file.size()?.saturating_sub(offset);
        log.torn.push(Torn { segment, offset, bytes, saved: None });
    }
    Ok(())
}

fn make(media: &dyn Media, options: &Options, label: &str) -> Result<Meta> {
    recover::clear_unfinished(media, label)?;
    let meta = Meta::draw(options.origin.clone())?;
    recover::create(media, meta.id)?;
    meta.write(media)?;
    Ok(meta)
}

/// Something in the directory that no making of a ledger leaves behind. It is decided before
/// anything is written or removed: what is not ours stays.
fn foreign(media: &dyn Media) -> Result<Option<String>> {
    let names = media.list("")?;
    if let Some(name) = names.iter().find(|name| !OURS.contains(&name.as_str())) {
        return Ok(Some(name.clone()));
    }
    let segments = media.list(segment::DIR)?;
    if let Some(name) = segments.iter().find(|name| **name != segment::name(0)) {
        return Ok(Some(format!("{}/{name}", segment::DIR)));
    }
    match media.open(durable::NAME, Mode::Read)? {
        // Zeros at first, however long; marks later.
        Some(file) if scan::has_body(&*file, 0)? => {
            let strange = durable::read(media)?.contains(&Slot::Invalid);
            Ok(strange.then(|| durable::NAME.to_owned()))
        }
        _ => Ok(None),
    }
}

/// Why there is no ledger to open here.
fn missing(media: &dyn Media, label: &str) -> Result<Error> {
    if has_events(media)? {
        return Ok(headless(label));
    }
    if let Some(name) = foreign(media)? {
        let message = format!("{label} is not a ledger: it holds {name}, and no {}", meta::NAME);
        return Ok(Error::new(Code::NotALedger, message)
            .path(label)
            .remedy("Name the directory of a ledger; to make one, a new or empty directory"));
    }
    Ok(not_found(label))
}

/// Whether there is a segment of a ledger with something behind its header.
fn has_events(media: &dyn Media) -> Result<bool> {
    for name in media.list(segment::DIR)? {
        let Some(first) = segment::first_of(&name) else { continue };
        let Some(file) = media.open(&segment::path(first), Mode::Read)? else { continue };
        if let Some((_, end)) = scan::header(&*file)?
            && scan::has_body(&*file, end)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The error for a place without a ledger.
pub(super) fn not_found(label: &str) -> Error {
    Error::new(Code::LedgerNotFound, format!("there is no ledger at {label}"))
        .path(label)
        .remedy("Check the path, or make the ledger by opening it for writing (`lineseal init`)")
}

/// The error for a ledger that lost its `ledger.json`.
pub(super) fn headless(label: &str) -> Error {
    corrupt(format!("{label} has events, but its {} is gone", meta::NAME))
        .path(meta::NAME)
        .remedy("Put the file back from a copy")
}
