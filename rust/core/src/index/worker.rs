//! The work behind an index: memtables become runs, runs become greater ones. May use tables,
//! build, merge, manifest, media.
//!
//! One thread does it all. A merge may take seconds, so it stops now and then to write what has
//! been frozen meanwhile: who appends never waits for a merge. Where the disk refuses, memtables
//! stay in memory and it is tried again; only when there are too many of them is no batch taken
//! any more ([`Shared::ready`]).

use super::build::{Name, Source, build};
use super::item::Item;
use super::manifest::{self, Manifest};
use super::memtable::{Kind, Memtable};
use super::merge::{self, Merged};
use super::run::{self, DIR, Run};
use super::tables::{Layers, Tables};
use crate::error::{Code, Error, Result};
use crate::media::memory::MemoryMedia;
use crate::media::{Media, Purpose};
use crate::sync::{Condvar, Mutex, RwLock};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Frozen memtables behind which appending is held up.
const LAG: usize = 8;

/// How long at most, each time.
const HOLD: Duration = Duration::from_secs(1);

/// Frozen memtables at which nothing more is taken: half a gigabyte.
const REFUSE: usize = 80;

/// How long after a refusal of the disk it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Memtables' worth of events after which a reader looks again at the writer's files.
const MUCH: u64 = 16;

/// Runs of a closed index that are merged before it is left.
const MANY: usize = 48;

/// Sizes; tests have smaller ones.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Events of a full memtable: what is read of the log on the next open is not much more.
    pub events: u64,
    /// Items of a full one: events with a thousand parents are larger.
    pub items: usize,
    /// Events that are worth a run when the index is closed: they would take the next open some
    /// ten milliseconds to read.
    pub keep: u64,
    /// Whether the thread that appends does the work: then chance has no part in it.
    pub inline: bool,
}

impl Default for Tuning {
    fn default() -> Self {
        Tuning { events: 1 << 16, items: 1 << 19, keep: 1 << 13, inline: false }
    }
}

/// What the index and its thread share.
pub(super) struct Shared {
    /// Where an earlier life may have left something.
    pub(super) source: Arc<dyn Media>,
    /// Where runs are written that are not kept.
    memory: MemoryMedia,
    /// Whether what is written is meant for later lives, and goes to the source.
    kept: AtomicBool,
    pub(super) tuning: Tuning,
    pub(super) tables: RwLock<Tables>,
    /// Held by whoever changes which runs there are.
    installing: Mutex<()>,
    next: AtomicU64,
    /// Length at which a reader last looked at the writer's files.
    pub(super) looked_at: AtomicU64,
    /// Nothing more is written.
    stopped: AtomicBool,
    /// Never taken by whoever holds `tables`.
    state: Mutex<State>,
    wake: Condvar,
    done: Condvar,
}

#[derive(Default)]
struct State {
    busy: bool,
    /// Why the last attempt failed, and when.
    failure: Option<(Error, Instant)>,
}

impl Shared {
    pub(super) fn new(source: Arc<dyn Media>, tuning: Tuning) -> Shared {
        Shared {
            source,
            memory: MemoryMedia::new(),
            kept: AtomicBool::new(false),
            tuning,
            tables: RwLock::default(),
            installing: Mutex::default(),
            next: AtomicU64::new(0),
            looked_at: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            state: Mutex::default(),
            wake: Condvar::new(),
            done: Condvar::new(),
        }
    }

    /// Drops what there is; from now on runs are kept.
    pub(super) fn own(&self) {
        self.forget();
        self.kept.store(true, Relaxed);
    }

    fn is_kept(&self) -> bool {
        self.kept.load(Relaxed)
    }

    fn home(&self) -> &dyn Media {
        if self.is_kept() { &*self.source } else { &self.memory }
    }

    /// Whether the memtable is to be frozen before more goes in. What must not be kept stays in
    /// memory.
    pub(super) fn is_full(&self, active: &mut Memtable) -> bool {
        let full = active.len() >= self.tuning.events || active.items() >= self.tuning.items;
        full && !self.is_stopped() && (!self.is_kept() || !active.note.is_empty())
    }

    /// Whether a reader has much in memory that the writer's files cover by now.
    pub(super) fn is_outdated(&self) -> bool {
        let tables = self.tables.read();
        let base = tables.layers.runs.iter().rev().find(|run| run.number < run::MEMORY);
        let (base, length) = (base.map_or(0, |run| run.end()), tables.len());
        drop(tables);
        let much = MUCH * self.tuning.events;
        if self.is_kept() || length < self.looked_at.load(Relaxed).saturating_add(much) {
            return false;
        }
        self.looked_at.store(length, Relaxed);
        let manifest = Manifest::read(&*self.source).ok().flatten();
        let covered = manifest.and_then(|manifest| manifest.end()).unwrap_or(0);
        covered.min(length) > base.saturating_add((length - base) / 2)
    }

    /// Whether more can be taken.
    pub(super) fn ready(&self) -> Result<()> {
        if self.tables.read().layers.frozen.len() < REFUSE {
            return Ok(());
        }
        let state = self.state.lock();
        let failure = state.failure.as_ref().map(|(error, _)| error);
        let code = failure.map_or(Code::Storage, Error::code);
        let why = failure.map_or("its thread does not keep up", Error::message);
        let message = format!("nothing more is recorded until the index can be written: {why}");
        Err(Error::new(code, message)
            .remedy("Make room on the disk, or mend it; what is recorded is safe"))
    }

    /// Holds up whoever appends while the work is far behind, for a while.
    pub(super) fn wait_for_room(&self) {
        if self.tables.read().layers.frozen.len() <= LAG {
            return;
        }
        let until = Instant::now() + HOLD;
        let mut state = self.state.lock();
        while state.failure.is_none() && self.tables.read().layers.frozen.len() > LAG {
            if self.done.wait_until(&mut state, until).timed_out() {
                return;
            }
        }
    }

    pub(super) fn wake(&self) {
        let _state = self.state.lock();
        self.wake.notify_one();
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Relaxed);
        self.wake();
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    /// Whether there is something to do.
    pub(super) fn is_due(&self) -> bool {
        let layers = self.tables.read().layers.clone();
        let broken = layers.broken.load(Relaxed);
        !broken && (!layers.frozen.is_empty() || self.mergeable(&layers).is_some())
    }

    /// The thread.
    pub(super) fn run(&self) {
        loop {
            let mut state = self.state.lock();
            state.busy = false;
            self.done.notify_all();
            loop {
                if self.is_stopped() {
                    return;
                }
                let later = state.failure.as_ref().map(|(_, at)| *at + AGAIN);
                match later.filter(|at| *at > Instant::now()) {
                    Some(at) => drop(self.wake.wait_until(&mut state, at)),
                    None if self.is_due() => break,
                    None => self.wake.wait(&mut state),
                }
            }
            state.busy = true;
            drop(state);
            let result = self.step();
            let failed = |error| (error, Instant::now());
            self.state.lock().failure = result.err().map(failed);
        }
    }

    /// Waits until nothing is left to do, or it cannot be done.
    pub(super) fn settle(&self) -> Result<()> {
        let mut state = self.state.lock();
        while !self.is_stopped() && (state.busy || self.is_due()) {
            if let Some((error, _)) = &state.failure {
                return Err(error.clone());
            }
            self.done.wait_for(&mut state, AGAIN);
        }
        Ok(())
    }

    /// Does all there is to do, in this thread.
    pub(super) fn work_off(&self) {
        while self.is_due() {
            if let Err(error) = self.step() {
                self.state.lock().failure = Some((error, Instant::now()));
                return;
            }
        }
        self.state.lock().failure = None;
    }

    /// Makes runs of what is in memory, if it is to be kept and there is enough of it.
    pub(super) fn keep(&self) {
        if !self.is_kept() || self.tables.read().layers.broken.load(Relaxed) {
            return;
        }
        {
            let mut tables = self.tables.write();
            if tables.active.len() >= self.tuning.keep && !tables.active.note.is_empty() {
                tables.rotate();
            }
        }
        // Where that fails, the next open reads more of the log.
        while self.flush().is_ok_and(|flushed| flushed) {}
        while self.tables.read().layers.runs.len() > MANY && self.merge(&mut || Ok(())).is_ok() {}
    }

    fn step(&self) -> Result<()> {
        if self.flush()? {
            return Ok(());
        }
        self.merge(&mut || {
            if self.is_stopped() {
                return Err(Error::new(Code::Cancelled, "the index was closed"));
            }
            // What waits longer makes the next open longer, and fills the memory.
            self.flush().map(drop)
        })
    }

    /// Writes the oldest frozen memtable as a run; whether there was one.
    fn flush(&self) -> Result<bool> {
        let layers = self.tables.read().layers.clone();
        let Some(oldest) = layers.frozen.first() else { return Ok(false) };
        let new_here = self.next.load(Relaxed) == 0;
        self.home().create_dir(DIR)?;
        if self.is_kept() && new_here {
            self.home().sync_dir("", Purpose::IndexNames)?;
        }
        let made = self.build(&layers, &**oldest, &mut || Ok(()))?;
        self.install(&layers, made, 0, &oldest.note)?;
        Ok(true)
    }

    /// Merges the newest runs that are due.
    fn merge(&self, pause: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let layers = self.tables.read().layers.clone();
        let Some(count) = self.mergeable(&layers) else { return Ok(()) };
        let from = layers.runs.len() - count;
        let old = layers.runs.get(from..).unwrap_or_default();
        let made = self.build(&layers, &Merged(old), pause)?;
        self.install(&layers, made, count, &[])?;
        for run in old {
            // What cannot be removed is, by whoever opens the ledger next.
            let _ = self.home().remove(&run.pages.path);
        }
        Ok(())
    }

    /// How many of the newest runs should become one. A reader merges only what it wrote itself.
    fn mergeable(&self, layers: &Layers) -> Option<usize> {
        let own = layers.runs.iter().filter(|run| self.is_kept() || run.number >= run::MEMORY);
        let events: Vec<u32> = own.map(|run| run.last.events).collect();
        merge::due(&events)
    }

    fn build(
        &self,
        layers: &Layers,
        source: &dyn Source,
        pause: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Run> {
        let base = if self.is_kept() { 0 } else { run::MEMORY };
        let number = base + self.next.fetch_add(1, Relaxed);
        let name = Name { number, tag: RandomState::new().build_hasher().finish() };
        build(self.home(), name, source, &layers.broken, pause)
            .inspect_err(|_| drop(self.home().remove(&run::path(number))))
    }

    /// Puts a new run in the place of `count` runs that were the newest when its making began, or
    /// of the oldest frozen memtable when `count` is 0.
    fn install(&self, begun: &Layers, made: Run, count: usize, note: &[u8]) -> Result<()> {
        let _one = self.installing.lock();
        let now = self.tables.read().layers.clone();
        if !Arc::ptr_eq(&now.broken, &begun.broken) {
            let _ = self.home().remove(&made.pages.path);
            return Err(Error::new(Code::Cancelled, "the index was forgotten meanwhile"));
        }
        let (number, at) = (made.number, begun.runs.len() - count);
        let mut runs = now.runs.clone();
        // During a merge only memtables are written: their runs come behind.
        let at = if count == 0 { runs.len() } else { at };
        runs.splice(at..at + count, [Arc::new(made)]);
        let note = if count == 0 { note.to_vec() } else { now.note.clone() };
        if self.is_kept() {
            let manifest = Manifest {
                runs: runs.iter().map(|run| run.listed()).collect(),
                note: note.clone(),
            };
            manifest
                .write(self.home())
                .inspect_err(|_| drop(self.home().remove(&run::path(number))))?;
        }
        let mut tables = self.tables.write();
        let layers = Arc::make_mut(&mut tables.layers);
        (layers.runs, layers.note) = (runs, note);
        if count == 0 {
            layers.frozen.remove(0);
        }
        Ok(())
    }

    /// Begins anew, from nothing.
    pub(super) fn forget(&self) {
        let _one = self.installing.lock();
        let old = std::mem::take(&mut *self.tables.write());
        if self.is_stopped() {
            return; // the files are somebody else's now
        }
        // Where that fails, they are found unfit once more.
        if self.is_kept() {
            let _ = self.home().remove(manifest::NAME);
        }
        for run in &old.layers.runs {
            let _ = self.home().remove(&run.pages.path);
        }
    }

    /// Removes files that belong to nothing, and sees that no new one gets the name of an old one.
    pub(super) fn tidy(&self, layers: Option<&Layers>) {
        if !self.is_kept() {
            return;
        }
        let names = self.home().list(DIR).unwrap_or_default();
        let mine = |number| {
            layers.is_some_and(|layers| layers.runs.iter().any(|run| run.number == number))
        };
        for name in names {
            let number = name.strip_suffix(".run").and_then(|digits| digits.parse::<u64>().ok());
            let known = number.map_or(layers.is_some() && name == "MANIFEST", mine);
            self.next.fetch_max(number.map_or(0, |number| number.saturating_add(1)), Relaxed);
            if !known {
                let _ = self.home().remove(&format!("{DIR}/{name}"));
            }
        }
    }
}

impl Source for Memtable {
    fn first(&self) -> u64 {
        self.first
    }

    fn events(&self) -> u32 {
        self.len() as u32
    }

    fn is_fronted(&self) -> bool {
        true
    }

    fn items(&self, kind: Kind, give: &mut dyn FnMut(Item) -> Result<()>) -> Result<()> {
        self.sorted(kind).into_iter().try_for_each(give)
    }

    fn offsets(&self, give: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        Memtable::offsets(self).iter().copied().try_for_each(give)
    }
}
