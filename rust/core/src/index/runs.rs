//! The index that outlives the process: immutable sorted runs, and a memtable before them. May use
//! tables, worker, manifest, run, media.
//!
//! Events go into the memtable; a full one is frozen, written as a run by a thread of its own, and
//! runs are merged into greater ones, so that few stand. Nothing here is synced while somebody
//! waits, and nothing of it is needed: what a power cut took is noticed and built anew.

use super::manifest::Manifest;
use super::run::{self, Run};
use super::tables::{Layers, Tables};
use super::worker::Shared;
pub use super::worker::Tuning;
use super::{Candidates, Covered, Entry, GroupNote, Index, Location, beyond};
use crate::error::{Code, Error, Result};
use crate::media::Media;
use crate::media::memory::MemoryMedia;
use crate::sync::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;

/// Entries that go in under one lock: questions wait that long at most.
const BATCH: usize = 128;

/// Looks at the files of a writer that is merging them.
const LOOKS: usize = 5;

/// An index of runs.
pub struct RunIndex {
    shared: Arc<Shared>,
    may_own: bool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl RunIndex {
    /// For writers: as a reader at first, and once the files are its own it writes them.
    pub fn writer(media: Arc<dyn Media>, tuning: Tuning) -> RunIndex {
        RunIndex::of(media, true, tuning)
    }

    /// For readers: takes up the files as they are, and keeps what is newer to itself.
    pub fn reader(media: Arc<dyn Media>, tuning: Tuning) -> RunIndex {
        RunIndex::of(media, false, tuning)
    }

    /// Gone with the process.
    pub fn in_memory() -> RunIndex {
        RunIndex::reader(Arc::new(MemoryMedia::new()), Tuning::default())
    }

    fn of(media: Arc<dyn Media>, may_own: bool, tuning: Tuning) -> RunIndex {
        let shared = Arc::new(Shared::new(media, tuning));
        RunIndex { shared, may_own, thread: Mutex::default() }
    }

    fn take_up(&self) -> Result<Option<(Layers, u64)>> {
        let shared = &*self.shared;
        let mut seen = None;
        for _ in 0..LOOKS {
            let manifest = Manifest::read(&*shared.source)?;
            let Some(manifest) = manifest.filter(|new| seen.as_ref() != Some(new)) else {
                return Ok(None);
            };
            let layers = Layers { note: manifest.note.clone(), ..Layers::default() };
            let open = |listed| Run::open(&*shared.source, listed, &layers.broken).map(Arc::new);
            match manifest.runs.iter().map(open).collect::<Result<Vec<_>>>() {
                Ok(runs) => {
                    let end = runs.last().map_or(0, |run| run.end());
                    return Ok((end > 0).then_some((Layers { runs, ..layers }, end)));
                }
                // A writer may have merged runs and removed them since the manifest was read.
                Err(_) => seen = Some(manifest),
            }
        }
        Ok(None)
    }

    /// Does what there is to do: now, or in the thread.
    fn work(&self) {
        if self.shared.tuning.inline {
            self.shared.work_off();
        } else if self.shared.is_due() {
            let mut thread = self.thread.lock();
            if thread.is_none() {
                let shared = self.shared.clone();
                let builder = std::thread::Builder::new().name("lineseal-index".into());
                // Without a thread the memtables wait, and `ready` says so in time.
                *thread = builder.spawn(move || shared.run()).ok();
            }
            self.shared.wake();
        }
    }

    fn stop(&self) {
        self.shared.stop();
        if let Some(thread) = self.thread.lock().take() {
            // One that panicked has said so; what it left undone is in memory.
            let _ = thread.join();
        }
    }

    fn admit(&self, first: u64, entries: &[Entry<'_>]) -> Result<()> {
        for (index, entry) in (first..).zip(entries) {
            if let Some(parent) = entry.parents.iter().find(|&&parent| parent >= index) {
                let message = format!("event {index} was indexed with the later parent {parent}");
                return Err(Error::new(Code::Internal, message).hash(entry.hash));
            }
        }
        Ok(())
    }
}

impl Index for RunIndex {
    fn len(&self) -> u64 {
        self.shared.tables.read().len()
    }

    fn resume(&self) -> Result<Option<Covered>> {
        // Whatever is wrong with the files, the log is there to build them anew.
        let taken = self.take_up().unwrap_or_default();
        self.shared.tidy(taken.as_ref().map(|(layers, _)| layers));
        let Some((layers, end)) = taken else { return Ok(None) };
        let covered = Covered { events: end, note: layers.note.clone() };
        self.shared.looked_at.store(end, Relaxed);
        *self.shared.tables.write() = Tables::resumed(layers, end);
        Ok(Some(covered))
    }

    fn own(&self) -> bool {
        if self.may_own {
            self.shared.own();
        }
        self.may_own
    }

    fn forget(&self) -> Result<()> {
        self.shared.forget();
        Ok(())
    }

    fn is_broken(&self) -> bool {
        self.shared.tables.read().layers.broken.load(Relaxed)
    }

    fn is_outdated(&self) -> bool {
        self.shared.is_outdated()
    }

    fn ready(&self) -> Result<()> {
        self.shared.ready()
    }

    fn append(&self, group: &GroupNote<'_>, entries: &[Entry<'_>]) -> Result<()> {
        let shared = &*self.shared;
        let (first, broken) = {
            let mut tables = shared.tables.write();
            let broken = tables.layers.broken.load(Relaxed);
            if !broken && shared.is_full(&mut tables.active) {
                tables.rotate();
            }
            (tables.len(), broken)
        };
        if broken {
            return Ok(());
        }
        self.admit(first, entries)?;
        for batch in entries.chunks(BATCH) {
            shared.tables.write().append(group, batch);
        }
        self.work();
        shared.wait_for_room();
        Ok(())
    }

    fn rule_out(&self, prefixes: &mut dyn Iterator<Item = u64>, bound: u64) -> Result<Vec<bool>> {
        let tables = self.shared.tables.read();
        tables.reach(bound)?;
        Ok(tables.rule_out(prefixes))
    }

    fn candidates(&self, prefix: u64, bound: u64) -> Result<Candidates> {
        let mut found = Candidates::new();
        let layers = {
            let tables = self.shared.tables.read();
            tables.reach(bound)?;
            tables.candidates(prefix, bound, &mut found).then(|| tables.layers.clone())
        };
        if let Some(layers) = layers {
            layers.candidates(prefix, bound, &mut found)?;
            found.sort_unstable();
        }
        Ok(found)
    }

    fn candidates_between(
        &self,
        low: u64,
        high: u64,
        bound: u64,
        limit: usize,
    ) -> Result<Candidates> {
        let mut found = Candidates::new();
        let layers = {
            let tables = self.shared.tables.read();
            tables.reach(bound)?;
            tables.active.candidates_between(low, high, bound, limit, &mut found);
            tables.layers.clone()
        };
        for memtable in &layers.frozen {
            memtable.candidates_between(low, high, bound, limit, &mut found);
        }
        for run in &layers.runs {
            run.candidates_between(low, high, bound, limit, &mut found)?;
        }
        Ok(found)
    }

    fn location(&self, index: u64) -> Result<Location> {
        let layers = {
            let tables = self.shared.tables.read();
            if index >= tables.active.first {
                let found = tables.active.location(index);
                return found.ok_or_else(|| beyond(index, tables.len()));
            }
            tables.layers.clone()
        };
        layers.location(index)
    }

    fn recorded_at(&self, index: u64) -> Result<i64> {
        let layers = {
            let tables = self.shared.tables.read();
            if index >= tables.len() {
                return Err(beyond(index, tables.len()));
            }
            match tables.active.recorded_at(index) {
                Some(clock) => return Ok(clock),
                None => tables.layers.clone(),
            }
        };
        layers.recorded_at(index)
    }

    fn children(
        &self,
        parent: u64,
        after: Option<u64>,
        bound: u64,
        limit: usize,
    ) -> Result<Vec<u64>> {
        let from = after.unwrap_or(0).max(parent).saturating_add(1);
        let (layers, newest) = {
            let tables = self.shared.tables.read();
            tables.reach(bound)?;
            let newest = match tables.active.first < bound {
                true => tables.active.children(parent, from, bound, limit),
                false => Vec::new(),
            };
            (tables.layers.clone(), newest)
        };
        let mut found = layers.children(parent, from, bound, limit)?;
        let room = limit.saturating_sub(found.len());
        found.extend(newest.into_iter().take(room));
        Ok(found)
    }

    fn lookup(&self, key: u64, before: Option<u64>, bound: u64, limit: usize) -> Result<Vec<u64>> {
        let end = before.unwrap_or(bound).min(bound);
        let (layers, mut found) = {
            let tables = self.shared.tables.read();
            tables.reach(bound)?;
            (tables.layers.clone(), tables.active.lookup(key, end, limit))
        };
        layers.lookup(key, end, limit, &mut found)?;
        Ok(found)
    }

    fn settle(&self) -> Result<()> {
        self.work();
        if self.thread.lock().is_none() {
            self.shared.work_off();
        }
        self.shared.settle()
    }

    fn close(&self, keep: bool) {
        self.stop();
        if keep {
            self.shared.keep();
        }
    }
}

impl Drop for RunIndex {
    fn drop(&mut self) {
        self.stop();
    }
}

impl std::fmt::Debug for RunIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RunIndex({} in {})", self.len(), run::DIR)
    }
}
