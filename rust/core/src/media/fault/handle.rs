//! Open files, and places in line for a lock, of a rehearsing medium. May use the modules beside it and error.

use super::names::Node;
use super::plan::{Fault, Op};
use super::world::{World, full, refused};
use super::{FaultMedia, File, Line, Lock, Mode, Purpose, Right};
use crate::error::{Code, Error, Result};
use crate::sync::MutexGuard;

#[derive(Debug)]
pub(super) struct Stand {
    pub(super) media: FaultMedia,
    pub(super) on: (usize, Right),
    pub(super) who: u64,
    pub(super) path: String,
}

impl Lock for Stand {
    fn advance(&mut self) -> Result<bool> {
        let mut world = self.media.enter()?;
        if !world.lines.entry(self.on).or_default().advance(self.who) {
            return Ok(false);
        }
        let there = world.lock_file(&self.path)?;
        if there == self.on.0 {
            return Ok(true);
        }
        world.lines.entry(self.on).or_default().leave(|who| who == self.who);
        drop(world);
        self.on.0 = there;
        Ok(false)
    }

    fn is_wanted(&self) -> Result<bool> {
        Ok(self.media.enter()?.lines.get(&self.on).is_some_and(Line::is_wanted))
    }

    fn is_current(&self) -> bool {
        let there = Some(Node::File(self.on.0));
        self.media.enter().is_ok_and(|world| world.names.get(&self.path) == there)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let mut world = self.media.world.lock();
        if world.life == self.media.life
            && let Some(line) = world.lines.get_mut(&self.on)
        {
            line.leave(|who| who == self.who);
        }
    }
}

#[derive(Debug)]
pub(super) struct Handle {
    pub(super) media: FaultMedia,
    pub(super) place: usize,
    pub(super) path: String,
    pub(super) mode: Mode,
}

impl Handle {
    /// Enters for a call that changes the file.
    fn change(&self, op: Op) -> Result<(MutexGuard<'_, World>, Option<Fault>)> {
        let mut world = self.media.enter()?;
        if self.mode == Mode::Read {
            let message = format!("{} was opened for reading", self.path);
            return Err(Error::new(Code::Storage, message).path(self.path.as_str()));
        }
        let fault = world.call(op, &self.path)?;
        Ok((world, fault))
    }
}

impl File for Handle {
    fn is_current(&self) -> bool {
        let there = Some(Node::File(self.place));
        self.media.enter().is_ok_and(|world| world.names.get(&self.path) == there)
    }

    fn size(&self) -> Result<u64> {
        Ok(self.media.enter()?.size(self.place) as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut world = self.media.enter()?;
        world.call(Op::Read, &self.path)?;
        let seen = &world.inode(self.place)?.seen;
        let start = (offset as usize).min(seen.len());
        let length = buffer.len().min(seen.len() - start);
        if let (Some(from), Some(to)) = (seen.get(start..start + length), buffer.get_mut(..length))
        {
            to.copy_from_slice(from);
        }
        Ok(length)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        let (mut world, fault) = self.change(Op::Write)?;
        let offset = offset as usize;
        let mut length = bytes.len();
        if fault.is_some() {
            length = world.rng.below(length as u64 + 1) as usize;
        }
        let size = world.size(self.place);
        let growth = (offset + length).saturating_sub(size);
        let short = growth - world.allot(growth);
        let kept = bytes.get(..length.saturating_sub(short)).unwrap_or_default();
        world.inode(self.place)?.write(offset, kept);
        match fault {
            Some(fault) => Err(refused(&self.path, fault)),
            None if short > 0 => Err(full(&self.path)),
            None => Ok(()),
        }
    }

    fn reserve(&self, length: u64) -> Result<()> {
        let (mut world, _) = self.change(Op::Reserve)?;
        let growth = (length as usize).saturating_sub(world.size(self.place));
        if world.room.is_some_and(|room| room < growth as u64) {
            return Err(full(&self.path));
        }
        world.allot(growth);
        if growth > 0 {
            world.inode(self.place)?.grow(length as usize);
        }
        Ok(())
    }

    fn truncate(&self, length: u64) -> Result<()> {
        let (mut world, _) = self.change(Op::Truncate)?;
        let freed = world.size(self.place).saturating_sub(length as usize);
        if let Some(room) = &mut world.room {
            *room += freed as u64;
        }
        world.inode(self.place)?.cut(length as usize);
        Ok(())
    }

    fn sync(&self, purpose: Purpose) -> Result<()> {
        if !self.media.enter()?.awaits(purpose, &self.path) {
            return Ok(());
        }
        let (mut guard, fault) = self.change(Op::Sync)?;
        let world = &mut *guard;
        let Some(inode) = world.files.get_mut(self.place) else { return Ok(()) };
        match fault {
            None => inode.sync(),
            Some(Fault::Sync(loss) | Fault::SyncFull(loss)) => inode.lose(loss, &mut world.rng),
            Some(_) => {}
        }
        fault.map_or(Ok(()), |fault| Err(refused(&self.path, fault)))
    }
}
