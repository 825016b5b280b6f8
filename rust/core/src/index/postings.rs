//! Numbers to ascending lists of event indices, in memory, for lists of one and of a million.
//!
//! A place that holds one index costs four bytes, so a chain is as cheap as an array; only places
//! with more have a list of their own. [`Postings`] finds places by key in an open-addressed
//! table that is ordered by the keys' leading bits: growing it is one sequential pass, a range of
//! keys is a stretch of it. Keys must be spread evenly. May use nothing.

/// Greatest number of events that these tables can number.
pub(super) const MAX_EVENTS: u64 = (1 << 31) - 1;

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

const LEAST_BITS: u32 = 10;

/// Places by key.
#[derive(Debug)]
pub(super) struct Postings {
    slots: Vec<Slot>,
    bits: u32,
    used: usize,
    lists: Lists,
}

impl Default for Postings {
    fn default() -> Self {
        let slots = vec![[0; 3]; 1 << LEAST_BITS];
        Postings { slots, bits: LEAST_BITS, used: 0, lists: Lists::default() }
    }
}

impl Postings {
    /// Adds `index`, which is at least as great as all before it, under `key`, once.
    pub(super) fn push(&mut self, key: u64, index: u32) {
        if self.used * 8 >= self.slots.len() * 5 {
            self.grow();
        }
        let at = self.seek(key);
        if let Some([high, low, place]) = self.slots.get_mut(at) {
            if *place == 0 {
                (*high, *low) = halves(key);
                self.used += 1;
            }
            self.lists.push(place, index);
        }
    }

    /// Hands `read` the ascending indices under `key`.
    pub(super) fn with<T>(&self, key: u64, read: impl FnOnce(&[u32]) -> T) -> T {
        let place = self.slots.get(self.seek(key)).map_or(0, |slot| slot[2]);
        self.lists.with(place, read)
    }

    /// Calls `read` with the indices of each key in `low ..= high`, until it returns `false`.
    pub(super) fn range(&self, low: u64, high: u64, mut read: impl FnMut(&[u32]) -> bool) {
        let (first, last) = (self.home(low), self.home(high));
        let wrapped = self.slots.iter().cycle().skip(first).take(self.slots.len());
        for (step, &[a, b, place]) in wrapped.enumerate() {
            // What belongs at or before `last` has been pushed no further than the next free slot.
            if place == 0 && first + step > last {
                return;
            }
            let key = u64::from(a) << 32 | u64::from(b);
            if place != 0 && (low..=high).contains(&key) && !self.lists.with(place, &mut read) {
                return;
            }
        }
    }

    /// Draws the slots of keys that are about to be used into the cache, all at once rather than
    /// one after another.
    pub(super) fn touch(&self, keys: impl Iterator<Item = u64>) {
        let places = keys.map(|key| self.slots.get(self.home(key)).map_or(0, |slot| slot[2]));
        std::hint::black_box(places.fold(0, |all, place| all ^ place));
    }

    fn home(&self, key: u64) -> usize {
        (key >> (64 - self.bits)) as usize
    }

    /// The slot of `key`, or the free one where it would go; there always is a free one.
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

    fn grow(&mut self) {
        self.bits += 1;
        let old = std::mem::replace(&mut self.slots, vec![[0; 3]; 1 << self.bits]);
        for slot in old.into_iter().filter(|slot| slot[2] != 0) {
            let at = self.seek(u64::from(slot[0]) << 32 | u64::from(slot[1]));
            if let Some(free) = self.slots.get_mut(at) {
                *free = slot;
            }
        }
    }
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
        assert_eq!(all(&postings, 9), []);
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
