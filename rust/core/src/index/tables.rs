//! All that an index holds, from the oldest run to the newest event, and the questions to it. May
//! use memtable, run, index's own types.

use super::filter::{Filter, Front, Probe};
use super::memtable::Memtable;
use super::run::Run;
use super::{Candidates, Entry, GroupNote, Location, beyond};
use crate::error::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What is no longer written to: stretches of events that follow one another.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    pub(super) runs: Vec<Arc<Run>>,
    /// Memtables that wait to become runs.
    pub(super) frozen: Vec<Arc<Memtable>>,
    /// The ledger's note of the last group in `runs`.
    pub(super) note: Vec<u8>,
    /// Set by a page that cannot be used. It belongs to these layers and their successors, until
    /// the index is forgotten.
    pub(super) broken: Arc<AtomicBool>,
}

/// Hashes that are looked for together.
const TOGETHER: usize = 32;

/// The layers, and the memtable that grows.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) layers: Arc<Layers>,
    pub(super) active: Memtable,
    /// All hashes that are not in a run taken up from an earlier life.
    front: Front,
}

impl Tables {
    pub(super) fn len(&self) -> u64 {
        self.active.end()
    }

    /// Refuses a question about more than there is: it cannot be answered, only "not yet".
    pub(super) fn reach(&self, bound: u64) -> Result<()> {
        if bound > self.len() { Err(beyond(bound, self.len())) } else { Ok(()) }
    }

    /// Freezes the memtable that grows and begins the next.
    pub(super) fn rotate(&mut self) {
        let next = Memtable::new(self.active.end());
        let full = std::mem::replace(&mut self.active, next);
        Arc::make_mut(&mut self.layers).frozen.push(Arc::new(full));
    }

    /// Takes up layers of an earlier life.
    pub(super) fn resumed(layers: Layers, end: u64) -> Tables {
        Tables { layers: Arc::new(layers), active: Memtable::new(end), front: Front::default() }
    }

    pub(super) fn append(&mut self, group: &GroupNote<'_>, entries: &[Entry<'_>]) {
        entries.iter().for_each(|entry| self.front.add(entry.hash.prefix()));
        self.active.append(group, entries);
    }

    /// Whether it is certain that no event has this prefix.
    fn rules_out(&self, probe: &Probe) -> bool {
        !self.front.has(probe) && !self.old().any(|filter| filter.has(probe))
    }

    /// The same of many.
    pub(super) fn rule_out(&self, prefixes: &mut dyn Iterator<Item = u64>) -> Vec<bool> {
        let probes: Vec<Probe> = prefixes.map(Probe::new).collect();
        let mut all = Vec::with_capacity(probes.len());
        for probes in probes.chunks(TOGETHER) {
            self.front.touch(probes);
            self.old().for_each(|filter| filter.touch(probes));
            all.extend(probes.iter().map(|probe| self.rules_out(probe)));
        }
        all
    }

    /// The filters of runs that the one in front does not cover.
    fn old(&self) -> impl Iterator<Item = &Filter> {
        self.layers.runs.iter().filter(|run| !run.fronted).map(|run| &run.filter)
    }

    /// What memory knows of the candidates. No run is read, and it says whether one has to be.
    pub(super) fn candidates(&self, prefix: u64, bound: u64, found: &mut Candidates) -> bool {
        let probe = Probe::new(prefix);
        if self.rules_out(&probe) {
            return false;
        }
        for memtable in &self.layers.frozen {
            memtable.candidates(prefix, bound, found);
        }
        self.active.candidates(prefix, bound, found);
        self.layers.runs.iter().any(|run| run.filter.has(&probe))
    }
}

impl Layers {
    /// What the runs know of the candidates.
    pub(super) fn candidates(&self, prefix: u64, bound: u64, found: &mut Candidates) -> Result<()> {
        let probe = Probe::new(prefix);
        let mut perhaps = self.runs.iter().filter(|run| run.filter.has(&probe));
        perhaps.try_for_each(|run| run.candidates(prefix, bound, found))
    }

    /// The children below these layers' end, ascending.
    pub(super) fn children(
        &self,
        parent: u64,
        from: u64,
        to: u64,
        limit: usize,
    ) -> Result<Vec<u64>> {
        let mut found = Vec::new();
        for run in self.runs.iter().filter(|run| run.end() > from && run.first() < to) {
            if found.len() < limit {
                run.children(parent, from, to, limit, &mut found)?;
            }
        }
        for memtable in self.frozen.iter().filter(|m| m.end() > from && m.first < to) {
            found.extend(memtable.children(parent, from, to, limit - found.len()));
        }
        Ok(found)
    }

    /// Adds events with this key, descending, until there are `limit`.
    pub(super) fn lookup(
        &self,
        key: u64,
        to: u64,
        limit: usize,
        found: &mut Vec<u64>,
    ) -> Result<()> {
        for memtable in self.frozen.iter().rev().filter(|m| m.first < to) {
            found.extend(memtable.lookup(key, to, limit - found.len()));
        }
        for run in self.runs.iter().rev().filter(|run| run.first() < to) {
            if found.len() < limit {
                run.lookup(key, to, limit, found)?;
            }
        }
        Ok(())
    }

    pub(super) fn location(&self, index: u64) -> Result<Location> {
        match self.run_of(index) {
            Some(run) => run.location(index),
            None => self.frozen_of(index).and_then(|m| m.location(index)).ok_or_else(|| gap(index)),
        }
    }

    pub(super) fn recorded_at(&self, index: u64) -> Result<i64> {
        match self.run_of(index) {
            Some(run) => run.recorded_at(index),
            None => {
                self.frozen_of(index).and_then(|m| m.recorded_at(index)).ok_or_else(|| gap(index))
            }
        }
    }

    fn run_of(&self, index: u64) -> Option<&Arc<Run>> {
        self.runs.get(self.runs.partition_point(|run| run.end() <= index))
    }

    fn frozen_of(&self, index: u64) -> Option<&Arc<Memtable>> {
        self.frozen.get(self.frozen.partition_point(|memtable| memtable.end() <= index))
    }
}

fn gap(index: u64) -> Error {
    Error::new(Code::Internal, format!("the index covers event {index} and says nothing of it"))
}
