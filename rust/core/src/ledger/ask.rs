//! Questions to the index. One that cannot answer, because its files are damaged, is built anew
//! from the log and asked once more: what it says is never a guess. May use core, load, recover.

use super::core::Core;
use super::{load, recover};
use crate::error::Result;
use crate::hash::Hash;
use crate::index::{Index, Location};

impl Core {
    /// Asks the index.
    pub(super) fn ask<T>(&self, question: impl Fn(&dyn Index) -> Result<T>) -> Result<T> {
        self.again(|| question(&*self.index))
    }

    /// The index of the event stored under `hash`, if it is below `bound`.
    pub(super) fn find(&self, hash: &Hash, bound: u64) -> Result<Option<u64>> {
        self.again(|| self.confirmed(hash, bound))
    }

    /// The same with the event's block.
    pub(super) fn get(&self, hash: &Hash, bound: u64) -> Result<Option<(u64, Vec<u8>)>> {
        self.again(|| self.fetched(hash, bound))
    }

    /// Where event `index` stands.
    pub(super) fn location(&self, index: u64) -> Result<Location> {
        self.ask(|events| events.location(index))
    }

    /// Whether more can be recorded: the log was not found damaged since it was opened, and the
    /// index can follow.
    pub(super) fn ready(&self) -> Result<()> {
        recover::refuse_damage(self, &self.log.read())?;
        self.index.ready()
    }

    fn again<T>(&self, question: impl Fn() -> Result<T>) -> Result<T> {
        match question() {
            Err(_) if self.lacks_index() => {
                load::rebuild(self)?;
                question()
            }
            told => told,
        }
    }

    /// Whether the index is damaged, or covers less than is shown: one that is being built anew.
    pub(super) fn lacks_index(&self) -> bool {
        self.index.is_broken() || self.index.len() < self.log.read().cursor.next
    }
}
