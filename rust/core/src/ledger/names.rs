//! Hashes that were confirmed in the log lately: most events of a stretch share their parents, and
//! a confirmation is a read of the file. May use hash.

use crate::error::Result;
use crate::hash::Hash;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Least and greatest number of entries: 6 MiB in all at most.
const PLACES: (usize, usize) = (1 << 8, 1 << 17);

/// Names that one prefix may stand at: favourites do not push one another out.
const WAYS: usize = 4;

/// A small memory of confirmed names, those of one prefix by their age.
#[derive(Default)]
pub(super) struct Names(Vec<[Option<(Hash, u64)>; WAYS]>);

impl Names {
    /// The index of a name confirmed before.
    pub(super) fn get(&self, hash: &Hash) -> Option<u64> {
        let mut known = self.0.get(self.place(hash))?.iter().flatten();
        known.find(|(known, _)| known == hash).map(|(_, index)| *index)
    }

    /// The index of a name among the first `bound` events, which `find` would find, too.
    pub(super) fn find(
        &mut self,
        hash: &Hash,
        bound: u64,
        find: impl FnOnce(&Hash, u64) -> Result<Option<u64>>,
    ) -> Result<Option<u64>> {
        if let Some(index) = self.get(hash) {
            return Ok(Some(index));
        }
        let found = find(hash, bound)?;
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
        let places = self.0.len() * WAYS;
        if places == 0 || (places < PLACES.1 && events > places as u64) {
            let places = (4 * places).clamp(PLACES.0, PLACES.1);
            self.0 = vec![[None; WAYS]; places / WAYS];
        }
        let place = self.place(&hash);
        if let Some(set) = self.0.get_mut(place) {
            set.rotate_right(1);
            set[0] = Some((hash, index));
        }
    }
}

/// A map from names.
pub(super) type ByName<T> = hashbrown::HashMap<Hash, T, Seed>;

/// A name is random already: its first bytes, spread by a factor that no outsider knows.
#[derive(Clone, Copy)]
pub(super) struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Seed(RandomState::new().build_hasher().finish() | 1)
    }
}

impl BuildHasher for Seed {
    type Hasher = Spread;

    fn build_hasher(&self) -> Spread {
        Spread { seed: self.0, state: 0 }
    }
}

pub(super) struct Spread {
    seed: u64,
    state: u64,
}

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk() {
            self.state = u64::from_le_bytes(*head);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        let mixed = (self.state ^ self.seed >> 7).wrapping_mul(self.seed);
        (mixed ^ mixed >> 32).wrapping_mul(self.seed)
    }
}
