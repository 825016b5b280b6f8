//! Everything that a rehearsing medium is made of, behind one lock, and how faults strike it.
//! May use the modules beside it and error.

use super::super::line::Line;
use super::choices::{Choices, Odometer};
use super::inode::Inode;
use super::names::{Names, Node, parent};
use super::plan::{Fault, Op, Plan};
use super::rng::Rng;
use super::{Crash, Purpose, Right};
use crate::error::{Code, Error, Result};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) life: u64,
    /// Processes that died in this life, and how many there ever were.
    pub(super) dead: BTreeSet<u64>,
    pub(super) processes: u64,
    /// Whose call this is.
    pub(super) caller: u64,
    pub(super) rng: Rng,
    pub(super) names: Names,
    pub(super) files: Vec<Inode>,
    /// Who stands in line for the lock of a file. Numbers begin with that of the process.
    pub(super) lines: BTreeMap<(usize, Right), Line>,
    stood: u64,
    pub(super) plan: Plan,
    pub(super) room: Option<u64>,
    pub(super) skipped: BTreeSet<Purpose>,
    pub(super) changes: u64,
    pub(super) syncs: Vec<(Purpose, String)>,
}

impl World {
    /// Nothing is there yet.
    pub(super) fn new(seed: u64) -> Self {
        World {
            life: 0,
            dead: BTreeSet::new(),
            processes: 1,
            caller: 0,
            rng: Rng::new(seed),
            names: Names::default(),
            files: Vec::new(),
            lines: BTreeMap::new(),
            stood: 0,
            plan: Plan::default(),
            room: None,
            skipped: BTreeSet::new(),
            changes: 0,
            syncs: Vec::new(),
        }
    }

    /// Puts durable files in place, and the directories above them.
    pub(super) fn hold(&mut self, files: &BTreeMap<String, Vec<u8>>) {
        for (path, bytes) in files {
            for (end, _) in path.match_indices('/') {
                self.names.link(path.get(..end).unwrap_or_default(), Node::Dir);
            }
            self.names.link(path, Node::File(self.files.len()));
            let mut inode = Inode::default();
            inode.write(0, bytes);
            inode.sync();
            self.files.push(inode);
        }
        self.names.sync_all();
    }

    /// Ends a life; returns the number of the next one.
    pub(super) fn crash(&mut self, crash: Crash) -> u64 {
        self.life += 1;
        self.dead.clear();
        self.lines.clear();
        self.plan.clear();
        match crash {
            Crash::Process if self.rng.percent(50) => {
                self.files.iter_mut().for_each(Inode::evict);
            }
            Crash::Process => {}
            Crash::Power => {
                let mut rng = self.rng.clone();
                self.cut(&mut rng);
                self.rng = rng;
            }
        }
        self.life
    }

    /// The power goes, and of what was pending that stays which is chosen.
    fn cut(&mut self, choices: &mut dyn Choices) {
        self.names.power_loss(choices);
        self.files.iter_mut().for_each(|inode| inode.power_loss(choices));
    }

    /// Every world that a power cut may leave of this one; `None` when there are more than `most`.
    pub(super) fn cuts(&self, most: usize) -> Option<Vec<World>> {
        let (mut odometer, mut found) = (Odometer::default(), Vec::new());
        loop {
            if found.len() == most {
                return None;
            }
            let mut world = self.clone();
            world.dead.clear();
            world.lines.clear();
            world.plan.clear();
            world.cut(&mut odometer);
            found.push(world);
            if !odometer.advance() {
                return Some(found);
            }
        }
    }

    /// Counts a call and lets the due fault strike: refusals and deaths of calls that know no
    /// halves end here, others are returned.
    pub(super) fn call(&mut self, op: Op, path: &str) -> Result<Option<Fault>> {
        self.changes += u64::from(op.changes());
        let Some(fault) = self.plan.strike(op, path) else { return Ok(None) };
        if fault == Fault::Death {
            self.kill(self.caller);
        }
        let halves = match fault {
            Fault::Refused => false,
            Fault::Short | Fault::Full | Fault::Death => op == Op::Write,
            Fault::Sync(_) | Fault::SyncFull(_) => matches!(op, Op::Sync | Op::SyncDir),
        };
        if halves { Ok(Some(fault)) } else { Err(refused(path, fault)) }
    }

    /// The process ends: the system frees its locks.
    pub(super) fn kill(&mut self, process: u64) {
        self.dead.insert(process);
        self.lines.values_mut().for_each(|line| line.leave(|who| who >> 32 == process));
    }

    /// A number to stand in line with.
    pub(super) fn stand(&mut self) -> u64 {
        self.stood += 1;
        self.caller << 32 | self.stood
    }

    /// The file of a lock, made when missing.
    pub(super) fn lock_file(&mut self, path: &str) -> Result<usize> {
        match self.names.get(path) {
            Some(Node::File(place)) => Ok(place),
            _ => self.create(path),
        }
    }

    pub(super) fn inode(&mut self, place: usize) -> Result<&mut Inode> {
        self.files.get_mut(place).ok_or_else(|| Error::new(Code::Internal, "no such inode"))
    }

    pub(super) fn size(&self, place: usize) -> usize {
        self.files.get(place).map_or(0, |inode| inode.seen.len())
    }

    /// How much of a growth by `wanted` bytes finds room.
    pub(super) fn allot(&mut self, wanted: usize) -> usize {
        let Some(room) = &mut self.room else { return wanted };
        let granted = (*room).min(wanted as u64);
        *room -= granted;
        granted as usize
    }

    pub(super) fn create(&mut self, path: &str) -> Result<usize> {
        if self.names.get(parent(path)) != Some(Node::Dir) {
            return Err(Error::new(Code::Storage, format!("{path}: no such directory")).path(path));
        }
        if self.room == Some(0) {
            return Err(full(path));
        }
        self.files.push(Inode::default());
        let place = self.files.len() - 1;
        self.names.link(path, Node::File(place));
        Ok(place)
    }

    /// Whether this sync is to do something; notes it down if so.
    pub(super) fn awaits(&mut self, purpose: Purpose, path: &str) -> bool {
        let wanted = !self.skipped.contains(&purpose);
        if wanted {
            self.syncs.push((purpose, path.to_owned()));
        }
        wanted
    }
}

pub(super) fn refused(path: &str, fault: Fault) -> Error {
    match fault {
        Fault::Full | Fault::SyncFull(_) => full(path),
        Fault::Death => dead(),
        _ => {
            Error::new(Code::Storage, format!("{path}: input/output error (rehearsed)")).path(path)
        }
    }
}

pub(super) fn full(path: &str) -> Error {
    Error::new(Code::StorageFull, format!("{path}: no room left (rehearsed)")).path(path)
}

pub(super) fn dead() -> Error {
    Error::new(Code::Storage, "the process is dead (rehearsed)")
}
