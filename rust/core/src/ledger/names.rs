//! Hashes that were confirmed in the log lately: most events of a stretch share their parents, and
//! a confirmation is a read of the file. May use core.

use super::core::Core;
use crate::error::Result;
use crate::hash::Hash;

/// Least and greatest number of entries: 6 MiB in all at most.
const PLACES: (usize, usize) = (1 << 8, 1 << 17);

/// A small memory of confirmed names, each at the one place that its prefix gives.
#[derive(Default)]
pub(super) struct Names(Vec<Option<(Hash, u64)>>);

impl Names {
    /// As [`Core::find`], without reading when it was asked before.
    pub(super) fn find(&mut self, core: &Core, hash: &Hash, bound: u64) -> Result<Option<u64>> {
        if let Some(Some((known, index))) = self.0.get(self.place(hash))
            && known == hash
        {
            return Ok(Some(*index));
        }
        let found = core.find(hash, bound)?;
        if let Some(index) = found {
            self.keep(*hash, index, bound);
        }
        Ok(found)
    }

    fn place(&self, hash: &Hash) -> usize {
        hash.prefix() as usize & self.0.len().wrapping_sub(1)
    }

    /// Remembers a name; there is room for all of a small ledger and the favourites of a large one.
    fn keep(&mut self, hash: Hash, index: u64, events: u64) {
        let places = self.0.len();
        if places == 0 || (places < PLACES.1 && events > places as u64) {
            self.0 = vec![None; (4 * places).clamp(PLACES.0, PLACES.1)];
        }
        let place = self.place(&hash);
        if let Some(slot) = self.0.get_mut(place) {
            *slot = Some((hash, index));
        }
    }
}
