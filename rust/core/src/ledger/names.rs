//! Hashes that were confirmed in the log lately: most events of a stretch share their parents, and
//! a confirmation is a read of the file. May use core.

use super::core::Core;
use crate::error::Result;
use crate::hash::Hash;

/// Entries; 5 MiB in all.
const PLACES: usize = 1 << 17;

/// A small memory of confirmed names, each at the one place that its prefix gives.
pub(super) struct Names(Vec<Option<(Hash, u64)>>);

impl Default for Names {
    fn default() -> Self {
        Names(vec![None; PLACES])
    }
}

impl Names {
    /// As [`Core::find`], without reading when it was asked before.
    pub(super) fn find(&mut self, core: &Core, hash: &Hash, bound: u64) -> Result<Option<u64>> {
        let place = hash.prefix() as usize % PLACES;
        if let Some(Some((known, index))) = self.0.get(place)
            && known == hash
        {
            return Ok(Some(*index));
        }
        let found = core.find(hash, bound)?;
        if let (Some(index), Some(slot)) = (found, self.0.get_mut(place)) {
            *slot = Some((*hash, index));
        }
        Ok(found)
    }
}
