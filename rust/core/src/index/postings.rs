//! Numbers to ascending lists of event indices, in memory, for lists of one and of a million.
//!
//! A place that holds one index costs four bytes, so a chain is as cheap as an array; only places
//! with more have a list of their own. [`Postings`] finds places by key in open-addressed tables
//! that are ordered by the keys' leading bits: a range of keys is a stretch of them, growing is a
//! sequential pass. Keys must be spread evenly. May use item.

use super::item::Item;

const MANY: u32 = 1 << 31;

/// A place: 0 holds nothing, below `MANY` the one index plus one, else the number of a list.
pub(super) type Place = u32;

/// The lists of places with more than one index.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<Vec<u32>>);

impl Lists {
    /// Adds `index`, which is at least as great as all before it, once.
    pub(super) fn push(&mut self, place: &mut Place, index: u32) {
        if *place == 0 {
            *place = index + 1;
        } else if *place & MANY == 0 {
            let first = *place - 1;
            if first != index {
                *place = MANY | self.0.len() as u32;
                self.0.push(vec![first, index]);
            }
        } else if let Some(list) = self.0.get_mut((*place & !MANY) as usize)
            && list.last() != Some(&index)
        {
            list.push(index);
        }
    }

    /// Hands `read` the ascending indices of a place.
    pub(super) fn with<T>(&self, place: Place, read: impl FnOnce(&[u32]) -> T) -> T {
        match place {
            0 => read(&[]),
            one if one & MANY == 0 => read(&[one - 1]),
            many => read(self.0.get((many & !MANY) as usize).map_or(&[], Vec::as_slice)),
        }
    }
}

/// The leading and trailing half of a key, and its place; twelve bytes, free while the place is 0.
type Slot = [u32; 3];

/// Keys with the same leading bits share a shard. Each grows by itself, so that no one waits for
/// the whole table to be copied, and the memory that one leaves serves the next.
const SHARD_BITS: u32 = 8;

/// One stretch of keys: a table of a power of two of slots, of which some are always free.
#[derive(Clone, Debug)]
struct Shard {
    slots: Vec<Slot>,
    used: usize,
}

/// Places by key.
#[derive(Debug)]
pub(super) struct Postings {
    shards: Vec<Shard>,
    lists: Lists,
}

impl Default for Postings {
    fn default() -> Self {
        let shard = Shard { slots: vec![[0; 3]; 4], used: 0 };
        Postings { shards: vec![shard; 1 << SHARD_BITS], lists: Lists::default() }
    }
}

impl Postings {
    /// Adds `index`, which is at least as great as all before it, under `key`, once.
    pub(super) fn push(&mut self, key: u64, index: u32) {
        if let Some(shard) = self.shards.get_mut(shard_of(key))
            && let Some(place) = shard.place(key)
        {
            self.lists.push(place, index);
        }
    }

    /// Hands `read` the ascending indices under `key`.
    pub(super) fn with<T>(&self, key: u64, read: impl FnOnce(&[u32]) -> T) -> T {
        let slot = self.shards.get(shard_of(key)).and_then(|s| s.slots.get(s.seek(key)));
        self.lists.with(slot.map_or(0, |slot| slot[2]), read)
    }

    /// Calls `read` with the indices of each key in `low ..= high`, until it returns `false`.
    pub(super) fn range(&self, low: u64, high: u64, mut read: impl FnMut(&[u32]) -> bool) {
        for number in shard_of(low)..=shard_of(high) {
            let from = if number == shard_of(low) { low } else { 0 };
            let to = if number == shard_of(high) { high } else { u64::MAX };
            let Some(shard) = self.shards.get(number) else { return };
            let mut places = shard.stretch(from, to).filter(|(key, _)| (low..=high).contains(key));
            if !places.all(|(_, place)| self.lists.with(place, &mut read)) {
                return;
            }
        }
    }

    /// All keys with their indices, in order.
    pub(super) fn sorted(&self) -> Vec<Item> {
        let mut all = Vec::with_capacity(self.shards.iter().map(|shard| shard.used).sum());
        for shard in &self.shards {
            let start = all.len();
            for slot in shard.slots.iter().filter(|slot| slot[2] != 0) {
                let item = |index: &u32| Item::new(whole(*slot), *index);
                self.lists.with(slot[2], |indices| all.extend(indices.iter().map(item)));
            }
            // Nearly in order: keys stand at or behind the place that their bits give.
            all.get_mut(start..).unwrap_or_default().sort_unstable_by_key(|item| item.packed());
        }
        all
    }

    /// Draws the slots of keys that are about to be used into the cache, all at once rather than
    /// one after another.
    pub(super) fn touch(&self, keys: impl Iterator<Item = u64>) {
        let slot = |key| self.shards.get(shard_of(key)).and_then(|s| s.slots.get(s.home(key)));
        let places = keys.map(|key| slot(key).map_or(0, |slot| slot[2]));
        std::hint::black_box(places.fold(0, |all, place| all ^ place));
    }
}

impl Shard {
    fn home(&self, key: u64) -> usize {
        // The bits after those that chose the shard, as many as number the slots.
        (key << SHARD_BITS >> (u64::BITS - self.slots.len().trailing_zeros())) as usize
    }

    /// The slot of `key`, or the free one where it would go.
    fn seek(&self, key: u64) -> usize {
        let (high, low) = halves(key);
        let mask = self.slots.len() - 1;
        let mut at = self.home(key);
        while let Some(&[a, b, place]) = self.slots.get(at) {
            if place == 0 || (a == high && b == low) {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }

    /// The place of `key`, made when it is new.
    fn place(&mut self, key: u64) -> Option<&mut Place> {
        if self.used * 8 >= self.slots.len() * 5 {
            self.grow();
        }
        let at = self.seek(key);
        let [high, low, place] = self.slots.get_mut(at)?;
        if *place == 0 {
            (*high, *low) = halves(key);
            self.used += 1;
        }
        Some(place)
    }

    fn grow(&mut self) {
        let doubled = vec![[0; 3]; self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, doubled);
        for slot in old.into_iter().filter(|slot| slot[2] != 0) {
            let at = self.seek(whole(slot));
            if let Some(free) = self.slots.get_mut(at) {
                *free = slot;
            }
        }
    }

    /// Keys and places from the home of `from` to the first free slot after that of `to`.
    fn stretch(&self, from: u64, to: u64) -> impl Iterator<Item = (u64, Place)> {
        let (first, last) = (self.home(from), self.home(to));
        let around = self.slots.iter().cycle().skip(first).take(self.slots.len());
        let until = move |(step, slot): &(usize, &Slot)| slot[2] != 0 || first + step <= last;
        let taken = around.enumerate().take_while(until).map(|(_, &slot)| (whole(slot), slot[2]));
        taken.filter(|&(_, place)| place != 0)
    }
}

fn shard_of(key: u64) -> usize {
    (key >> (u64::BITS - SHARD_BITS)) as usize
}

fn whole(slot: Slot) -> u64 {
    u64::from(slot[0]) << 32 | u64::from(slot[1])
}

fn halves(key: u64) -> (u32, u32) {
    ((key >> 32) as u32, key as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(postings: &Postings, key: u64) -> Vec<u32> {
        postings.with(key, <[u32]>::to_vec)
    }

    #[test]
    fn an_index_is_kept_once_and_lists_ascend() {
        let mut postings = Postings::default();
        for (key, index) in [(7, 0), (7, 0), (7, 3), (8, 3), (7, 3), (7, 4)] {
            postings.push(key, index);
        }
        assert_eq!(all(&postings, 7), [0, 3, 4]);
        assert_eq!(all(&postings, 8), [3]);
        assert_eq!(all(&postings, 9), Vec::<u32>::new());
    }

    #[test]
    fn keys_at_the_end_of_the_table_wrap_around_and_stay_in_range() {
        let mut postings = Postings::default();
        for index in 0..600 {
            postings.push(u64::MAX - u64::from(index), index);
        }
        let mut seen = Vec::new();
        postings.range(u64::MAX - 9, u64::MAX, |indices| {
            seen.extend_from_slice(indices);
            true
        });
        seen.sort_unstable();
        assert_eq!(seen, (0..10).collect::<Vec<_>>());
        assert_eq!(all(&postings, u64::MAX - 599), [599]);
    }

    #[test]
    fn a_range_stops_when_told() {
        let mut postings = Postings::default();
        (0..100).for_each(|index| postings.push(u64::from(index) << 40, index));
        let mut calls = 0;
        postings.range(0, u64::MAX, |_| {
            calls += 1;
            calls < 5
        });
        assert_eq!(calls, 5);
    }
}
