//! Numbers for hashes, in the order in which they came. May use hash and error.
//!
//! Whole hashes are kept and compared: a table of shortened ones could be fooled on purpose.
//! 32 bytes a name, and 13 to 26 for the table that finds it.

use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::hint::black_box;

/// Part of a hash, and its number plus one; free while that is 0.
type Slot = [u32; 2];

/// Hashes by number, and numbers by hash.
#[derive(Debug)]
pub(crate) struct Names {
    hashes: Vec<Hash>,
    slots: Vec<Slot>,
    /// Spreads hashes over the slots as no outsider can foresee.
    seed: u64,
}

impl Names {
    /// Room for `expected` names before anything grows; a hint, which may be wrong.
    pub(crate) fn new(expected: u64) -> Self {
        let expected = expected.min(1 << 24) as usize;
        let slots = (expected * 8 / 5 + 1).next_power_of_two().max(64);
        Names {
            hashes: Vec::with_capacity(expected),
            slots: vec![[0; 2]; slots],
            seed: RandomState::new().build_hasher().finish(),
        }
    }

    pub(crate) fn len(&self) -> u32 {
        self.hashes.len() as u32
    }

    pub(crate) fn get(&self, number: u32) -> Option<Hash> {
        self.hashes.get(number as usize).copied()
    }

    /// The number of a hash: of its first copy, when it was pushed more than once.
    pub(crate) fn find(&self, hash: &Hash) -> Option<u32> {
        self.number_at(self.seek(hash))
    }

    /// Gives `hash` the next number, and answers with the number of an earlier copy.
    pub(super) fn push(&mut self, hash: Hash) -> Result<Option<u32>> {
        let at = self.seek(&hash);
        let first = self.number_at(at);
        self.keep(at, hash)?;
        Ok(first)
    }

    /// The number of `hash`, which gets the next one if it has none yet.
    pub(crate) fn number(&mut self, hash: Hash) -> Result<u32> {
        let at = self.seek(&hash);
        match self.number_at(at) {
            Some(number) => Ok(number),
            None => self.keep(at, hash),
        }
    }

    /// Looks many hashes up at once: their numbers plus one, and 0 for those that [`Names::find`]
    /// has to look for. In loops as short as these the processor fetches many places of the table
    /// at a time; one after another each would cost a miss.
    pub(super) fn find_most(&self, hashes: &[Hash], numbers: &mut Vec<u32>) {
        numbers.clear();
        numbers.extend(hashes.iter().map(|hash| self.number_near(hash)));
        for (number, hash) in numbers.iter_mut().zip(hashes) {
            let known = self.hashes.get((*number).wrapping_sub(1) as usize);
            if known != Some(hash) {
                *number = 0;
            }
        }
    }

    /// Draws the slots of hashes that are about to be pushed into the cache.
    pub(super) fn touch<'a>(&self, hashes: impl Iterator<Item = &'a Hash>) {
        black_box(hashes.fold(0, |all, hash| all ^ self.number_near(hash)));
    }

    /// What stands in the first slot where a hash may be.
    fn number_near(&self, hash: &Hash) -> u32 {
        self.slots.get(self.home(hash)).map_or(0, |slot| slot[1])
    }

    fn number_at(&self, at: usize) -> Option<u32> {
        self.slots.get(at)?[1].checked_sub(1)
    }

    fn home(&self, hash: &Hash) -> usize {
        let spread = (hash.prefix() ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> (u64::BITS - self.slots.len().trailing_zeros())) as usize
    }

    /// The slot of `hash`, or the free one where it would go; there always is a free one.
    fn seek(&self, hash: &Hash) -> usize {
        let tag = tag(hash);
        let mut at = self.home(hash);
        while let Some(&[other, number]) = self.slots.get(at) {
            if number == 0 || (other == tag && self.get(number - 1).as_ref() == Some(hash)) {
                break;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// Keeps `hash` under the next number, in the slot `at` when that is free.
    fn keep(&mut self, at: usize, hash: Hash) -> Result<u32> {
        let number = self.len();
        if number >= u32::MAX - 1 {
            return Err(Error::new(Code::Unsupported, format!("more than {number} events"))
                .remedy("Verify the ledger in parts: this many do not fit one verification"));
        }
        self.hashes.push(hash);
        if let Some(slot) = self.slots.get_mut(at).filter(|slot| slot[1] == 0) {
            *slot = [tag(&hash), number + 1];
        }
        if self.hashes.len() * 8 > self.slots.len() * 5 {
            self.grow();
        }
        Ok(number)
    }

    fn grow(&mut self) {
        self.slots = vec![[0; 2]; self.slots.len() * 2];
        for (number, hash) in (1..).zip(&self.hashes) {
            let at = self.seek(hash);
            if let Some(slot) = self.slots.get_mut(at).filter(|slot| slot[1] == 0) {
                *slot = [tag(hash), number];
            }
        }
    }
}

fn tag(hash: &Hash) -> u32 {
    let [.., a, b, c, d] = hash.0;
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u32) -> Hash {
        Hash::of(&n.to_le_bytes())
    }

    #[test]
    fn a_name_keeps_its_first_number_while_the_table_grows() {
        let mut names = Names::new(0);
        for n in 0..5_000 {
            assert_eq!(names.push(hash(n)).unwrap(), None);
        }
        assert_eq!(names.push(hash(7)).unwrap(), Some(7));
        (5_001..20_000).for_each(|n| assert_eq!(names.number(hash(n)).unwrap(), n));
        assert!((0..5_000).all(|n| names.find(&hash(n)) == Some(n)));
        let all: Vec<_> = (4_000..6_000).map(hash).collect();
        let mut numbers = Vec::new();
        names.find_most(&all, &mut numbers);
        let exact = (4_000..).zip(&numbers).all(|(n, &number)| number == 0 || number == n + 1);
        assert!(exact && numbers.iter().filter(|&&number| number > 0).count() > 1_000);
        assert_eq!(names.number(hash(19_999)).unwrap(), 19_999);
        assert_eq!((names.find(&hash(5_000)), names.get(5_000)), (None, Some(hash(7))));
    }

    #[test]
    fn names_that_differ_in_one_byte_are_not_confused() {
        let mut names = Names::new(100);
        names.push(hash(1)).unwrap();
        for at in 0..32 {
            let mut other = hash(1);
            other.0[at] ^= 1;
            assert_eq!(names.find(&other), None);
        }
    }
}
