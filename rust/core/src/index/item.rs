//! What the tables of an index are made of: a key and the event it leads to; and the list in which
//! they wait to be sorted. May use nothing.

use std::ops::Range;

/// A key and an event, by its place behind the first event of its table. Ordered by both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) key: u64,
    pub(super) index: u32,
}

impl Item {
    /// Bytes of an item in a page.
    pub(super) const BYTES: usize = 12;

    pub(super) fn new(key: u64, index: u32) -> Item {
        Item { key, index }
    }

    /// One number that is ordered as items are.
    pub(super) fn packed(self) -> u128 {
        u128::from(self.key) << 32 | u128::from(self.index)
    }

    pub(super) fn unpacked(packed: u128) -> Item {
        Item { key: (packed >> 32) as u64, index: packed as u32 }
    }

    pub(super) fn bytes(self) -> [u8; Item::BYTES] {
        let mut out = [0; Item::BYTES];
        let (key, index) = out.split_at_mut(8);
        key.copy_from_slice(&self.key.to_le_bytes());
        index.copy_from_slice(&self.index.to_le_bytes());
        out
    }

    pub(super) fn read(bytes: &[u8; Item::BYTES]) -> Item {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *bytes;
        Item {
            key: u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            index: u32::from_le_bytes([i, j, k, l]),
        }
    }
}

/// The next bytes of a number.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

/// An order-keeping map from clocks to keys.
pub(super) fn clock_key(clock: i64) -> u64 {
    clock as u64 ^ 1 << 63
}

/// The clock of such a key.
pub(super) fn key_clock(key: u64) -> i64 {
    (key ^ 1 << 63) as i64
}

/// Items by ascending index, of which only as many are in the order of keys as was asked for:
/// appending costs nothing, and few ask while much is appended.
#[derive(Debug, Default)]
pub(super) struct Pile {
    /// In order up to here.
    sorted: usize,
    items: Vec<Item>,
}

/// Items that are looked through one by one rather than sorted.
const LOOSE: usize = 4_096;

impl Pile {
    pub(super) fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// All of them, in order, each once.
    pub(super) fn sorted(&mut self) -> &[Item] {
        self.sort();
        &self.items
    }

    /// The first `limit` indices of `key` in `range`, ascending.
    pub(super) fn first(&mut self, key: u64, range: Range<u32>, limit: usize, into: &mut Vec<u32>) {
        let (ordered, loose) = self.parts(key, &range);
        let found = ordered.iter().chain(loose.iter().filter(|item| item.key == key));
        for item in found.filter(|item| range.contains(&item.index)) {
            if into.len() >= limit {
                return;
            }
            if into.last() != Some(&item.index) {
                into.push(item.index);
            }
        }
    }

    /// The last `limit` indices of `key` in `range`, descending.
    pub(super) fn last(&mut self, key: u64, range: Range<u32>, limit: usize, into: &mut Vec<u32>) {
        let (ordered, loose) = self.parts(key, &range);
        let found = loose.iter().rev().filter(|item| item.key == key).chain(ordered.iter().rev());
        for item in found.filter(|item| range.contains(&item.index)) {
            if into.len() >= limit {
                return;
            }
            if into.last() != Some(&item.index) {
                into.push(item.index);
            }
        }
    }

    /// Those of `key` in `range` that are in order, and what is in none.
    fn parts(&mut self, key: u64, range: &Range<u32>) -> (&[Item], &[Item]) {
        if self.items.len() - self.sorted > LOOSE {
            self.sort();
        }
        let (ordered, loose) = self.items.split_at(self.sorted);
        let from = ordered.partition_point(|item| *item < Item::new(key, range.start));
        let to = ordered.partition_point(|item| *item < Item::new(key, range.end));
        (ordered.get(from..to).unwrap_or_default(), loose)
    }

    fn sort(&mut self) {
        if self.sorted < self.items.len() {
            // The part that is in order already makes a stable sort little more than a merge.
            self.items.sort_by_key(|item| item.packed());
            self.items.dedup();
            self.sorted = self.items.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_ordered_as_their_numbers_and_read_as_written() {
        let items = [(0, 0), (0, u32::MAX), (1, 0), (u64::MAX, 7)].map(|(k, i)| Item::new(k, i));
        for pair in items.windows(2) {
            assert!(pair[0] < pair[1] && pair[0].packed() < pair[1].packed());
        }
        for item in items {
            assert_eq!(Item::read(&item.bytes()), item);
            assert_eq!(Item::unpacked(item.packed()), item);
        }
        for clock in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert_eq!(key_clock(clock_key(clock)), clock);
        }
        assert!(clock_key(-1) < clock_key(0));
    }

    #[test]
    fn a_pile_answers_alike_sorted_or_not() {
        let mut pile = Pile::default();
        for index in 0..3 * LOOSE as u32 {
            pile.push(Item::new(u64::from(index % 3), index));
            pile.push(Item::new(u64::from(index % 3), index));
            if index % 1_000 == 999 {
                let (mut first, mut last) = (Vec::new(), Vec::new());
                pile.first(1, 4..index, 2, &mut first);
                pile.last(1, 4..index, 2, &mut last);
                let top = (0..index).rev().filter(|i| i % 3 == 1).take(2).collect::<Vec<_>>();
                assert_eq!((first, last), (vec![4, 7], top));
            }
        }
        assert_eq!(pile.sorted().len(), 3 * LOOSE);
        assert!(pile.sorted().is_sorted());
    }
}
