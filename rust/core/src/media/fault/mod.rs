//! The medium that rehearses disasters: process death, power cuts, failing syncs, short writes,
//! full disks. For tests only (feature `fault`). May use media's contract, line and error.
//!
//! Two images of everything, what readers see and what is on disk, and between them the effects
//! that no sync has carried over. The death of the process keeps the first image; a power cut
//! leaves the second, with any subset of the effects. It does nothing that the comments of
//! [`Media`] and [`File`] do not allow. A seed fixes every choice.

mod choices;
mod handle;
mod inode;
mod names;
mod plan;
mod rng;
mod world;

pub use inode::Loss;
pub use plan::{Fault, Op};
pub use rng::Rng;

use super::line::Line;
use super::{File, Holder, Lock, Media, Mode, Purpose, Right};
use crate::error::{Code, Error, Result};
use crate::sync::{Mutex, MutexGuard};
use handle::{Handle, Stand};
use names::Node;
use std::collections::BTreeMap;
use std::sync::Arc;
use world::{World, dead, refused};

/// How a life of the medium ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The process is killed: what readers saw stays, synced or not.
    Process,
    /// The power goes: what was synced stays, and any subset of the rest.
    Power,
}

/// A medium of one life, as one process has it; [`FaultMedia::crash`] gives the next life,
/// [`FaultMedia::process`] another process. Clones are the same process.
#[derive(Clone, Debug)]
pub struct FaultMedia {
    world: Arc<Mutex<World>>,
    life: u64,
    process: u64,
}

impl FaultMedia {
    /// An empty medium; everything left to chance follows from `seed`.
    pub fn new(seed: u64) -> Self {
        let world = World::new(seed);
        FaultMedia { world: Arc::new(Mutex::new(world)), life: 0, process: 0 }
    }

    /// A medium on which these files lie, all of them durable.
    pub fn holding(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let media = FaultMedia::new(0);
        media.world.lock().hold(files);
        media
    }

    /// Ends this life: all its handles, files and locks are dead, whatever threads still hold
    /// them. Faults that have not struck are forgotten; room and skipped syncs stay.
    pub fn crash(&self, crash: Crash) -> FaultMedia {
        let life = self.world.lock().crash(crash);
        FaultMedia { world: Arc::clone(&self.world), life, ..self.process() }
    }

    /// Another process of the same life.
    pub fn process(&self) -> FaultMedia {
        let mut world = self.world.lock();
        let process = world.processes;
        world.processes += 1;
        FaultMedia { process, ..self.clone() }
    }

    /// This process is killed: what it wrote stays, its locks are free, others go on.
    pub fn kill(&self) {
        self.world.lock().kill(self.process);
    }

    /// Every medium that a power cut now may leave, each a world of its own; `None` when there are
    /// more than `most`. Pages stay whole: torn ones are for [`FaultMedia::crash`].
    pub fn power_cuts(&self, most: usize) -> Option<Vec<FaultMedia>> {
        let worlds = self.world.lock().cuts(most)?;
        let medium = |world: World| {
            let life = world.life;
            FaultMedia { life, world: Arc::new(Mutex::new(world)), process: self.process }
        };
        Some(worlds.into_iter().map(medium).collect())
    }

    /// Lets `fault` strike after `after` more calls of this kind on paths that begin with `path`.
    /// Without a kind: calls that change something.
    pub fn fail(&self, op: impl Into<Option<Op>>, path: &str, after: u64, fault: Fault) {
        self.world.lock().plan.add(op.into(), path, after, fault);
    }

    /// Bytes that files may still grow by; `None` for no end.
    pub fn set_room(&self, room: Option<u64>) {
        self.world.lock().room = room;
    }

    /// Bytes that files may still grow by.
    pub fn room(&self) -> Option<u64> {
        self.world.lock().room
    }

    /// Forgets faults that have not struck, and gives room without end.
    pub fn calm(&self) {
        let mut world = self.world.lock();
        world.plan.clear();
        world.room = None;
    }

    /// From now on, syncs of this purpose claim success and do nothing.
    pub fn skip(&self, purpose: Purpose) {
        self.world.lock().skipped.insert(purpose);
    }

    /// Calls so far that change something, over all lives.
    pub fn changes(&self) -> u64 {
        self.world.lock().changes
    }

    /// Every sync so far that was not skipped, in order.
    pub fn syncs(&self) -> Vec<(Purpose, String)> {
        self.world.lock().syncs.clone()
    }

    /// Whether a planned death has struck this process.
    pub fn is_dead(&self) -> bool {
        let world = self.world.lock();
        world.dead.contains(&self.process) || world.life != self.life
    }

    /// Every file as readers see it.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let world = self.world.lock();
        let seen = |place: usize| world.files.get(place).map(|inode| inode.seen.clone());
        world.names.files().map(|(p, i)| (p.to_owned(), seen(i).unwrap_or_default())).collect()
    }

    fn enter(&self) -> Result<MutexGuard<'_, World>> {
        let mut world = self.world.lock();
        if world.dead.contains(&self.process) || world.life != self.life {
            return Err(dead());
        }
        world.caller = self.process;
        Ok(world)
    }
}

impl Media for FaultMedia {
    fn open(&self, path: &str, mode: Mode) -> Result<Option<Arc<dyn File>>> {
        let mut world = self.enter()?;
        let op = if mode == Mode::Create { Op::Create } else { Op::Open };
        world.call(op, path)?;
        let place = match (world.names.get(path), mode) {
            (Some(Node::File(place)), Mode::Read | Mode::Write) => place,
            (None, Mode::Read | Mode::Write) => return Ok(None),
            (None, Mode::Create) => world.create(path)?,
            (Some(_), _) => {
                let message = format!("{path}: a file or directory is there");
                return Err(Error::new(Code::Storage, message).path(path));
            }
        };
        let media = self.clone();
        Ok(Some(Arc::new(Handle { media, place, path: path.to_owned(), mode })))
    }

    fn list(&self, dir: &str) -> Result<Vec<String>> {
        let mut world = self.enter()?;
        world.call(Op::List, dir)?;
        Ok(world.names.list(dir))
    }

    fn create_dir(&self, dir: &str) -> Result<()> {
        let mut world = self.enter()?;
        world.call(Op::Create, dir)?;
        if world.names.get(dir).is_none() {
            world.names.link(dir, Node::Dir);
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let mut world = self.enter()?;
        world.call(Op::Rename, to)?;
        let Some(node) = world.names.get(from) else {
            return Err(Error::new(Code::Storage, format!("{from}: no such file")).path(from));
        };
        world.names.rename(from, to, node);
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<()> {
        let mut world = self.enter()?;
        world.call(Op::Remove, path)?;
        match world.names.get(path) {
            None => Err(Error::new(Code::Storage, format!("{path}: no such file")).path(path)),
            Some(_) => {
                world.names.unlink(path);
                Ok(())
            }
        }
    }

    fn sync_dir(&self, dir: &str, purpose: Purpose) -> Result<()> {
        let mut world = self.enter()?;
        if !world.awaits(purpose, dir) {
            return Ok(());
        }
        let fault = world.call(Op::SyncDir, dir)?;
        let kept = Some(Fault::Sync(Loss::Persisted));
        if fault.is_none() || fault == kept {
            world.names.sync(dir);
        }
        fault.map_or(Ok(()), |fault| Err(refused(dir, fault)))
    }

    fn line_up(&self, path: &str, right: Right) -> Result<Box<dyn Lock>> {
        let mut world = self.enter()?;
        let (place, who) = (world.lock_file(path)?, world.stand());
        let on = (place, right);
        Ok(Box::new(Stand { media: self.clone(), on, who, path: path.to_owned() }))
    }

    fn is_locked(&self, path: &str) -> Result<bool> {
        let world = self.enter()?;
        let Some(Node::File(place)) = world.names.get(path) else { return Ok(false) };
        Ok(world.lines.get(&(place, Right::Log)).is_some_and(Line::is_held))
    }

    fn holder(&self, _path: &str) -> Option<Holder> {
        None
    }
}

#[cfg(test)]
mod tests;
