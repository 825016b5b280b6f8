//! Which hashes may be there: blocked Bloom filters of 16 bits a key, one cache line a question;
//! one for each run, and one in front of all that was appended in this life. May use nothing.
//!
//! The block is chosen by a key's leading bits, so that keys in order fill one block after the
//! other; eight bits in it, one in each word, by the others. With 32 keys a block one question in
//! a thousand is answered "perhaps" for nothing.

/// Keys a block: 16 bits each.
const KEYS: usize = 32;

const WORDS: usize = 8;

/// A cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
struct Block([u64; WORDS]);

/// A key, and its bit in each word of a block: the same for all filters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    key: u64,
    bits: [u64; WORDS],
}

impl Probe {
    pub(super) fn new(key: u64) -> Probe {
        let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        let mut bits = [0; WORDS];
        bits.iter_mut().zip(0..).for_each(|(bit, word)| *bit = 1 << (mixed >> (6 * word) & 63));
        Probe { key, bits }
    }
}

/// A set of keys that answers "no" for certain, or "perhaps".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<Block>);

impl Filter {
    /// Bytes of a block in a file.
    pub(super) const BLOCK: usize = 8 * WORDS;

    /// For this many keys; more of them make it vaguer, not wrong.
    pub(super) fn new(keys: u64) -> Filter {
        Filter(vec![Block::default(); (keys as usize).div_ceil(KEYS).max(1)])
    }

    /// Adds a key.
    pub(super) fn add(&mut self, key: u64) {
        let (at, probe) = (self.place(key), Probe::new(key));
        if let Some(Block(words)) = self.0.get_mut(at) {
            words.iter_mut().zip(probe.bits).for_each(|(word, bit)| *word |= bit);
        }
    }

    /// Whether the key was added, perhaps.
    pub(super) fn has(&self, probe: &Probe) -> bool {
        self.0.get(self.place(probe.key)).is_none_or(|Block(words)| {
            words.iter().zip(&probe.bits).fold(0, |lacking, (word, bit)| lacking | bit & !word) == 0
        })
    }

    /// Draws the blocks of keys that are about to be asked for into the cache, all at once rather
    /// than one after the other.
    pub(super) fn touch(&self, probes: &[Probe]) {
        let word = |probe: &Probe| self.0.get(self.place(probe.key)).map_or(0, |block| block.0[0]);
        std::hint::black_box(probes.iter().fold(0, |all, probe| all ^ word(probe)));
    }

    pub(super) fn blocks(&self) -> usize {
        self.0.len()
    }

    /// The bytes of its blocks.
    pub(super) fn bytes(&self) -> impl Iterator<Item = [u8; Filter::BLOCK]> {
        self.0.iter().map(|Block(words)| {
            let mut out = [0; Filter::BLOCK];
            let chunks = out.chunks_exact_mut(8).zip(words);
            chunks.for_each(|(chunk, word)| chunk.copy_from_slice(&word.to_le_bytes()));
            out
        })
    }

    /// An empty one, to be given the blocks of another.
    pub(super) fn with_room(blocks: usize) -> Filter {
        Filter(Vec::with_capacity(blocks))
    }

    /// The next block, as it was written.
    pub(super) fn push(&mut self, bytes: &[u8; Filter::BLOCK]) {
        let mut words = [0; WORDS];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.try_into().map(u64::from_le_bytes).unwrap_or_default();
        }
        self.0.push(Block(words));
    }

    fn place(&self, key: u64) -> usize {
        ((u128::from(key) * self.0.len() as u128) >> 64) as usize
    }
}

/// A filter that grows: a generation has eight times the room of the one before, up to a size that
/// is no trouble to find.
#[derive(Debug, Default)]
pub(super) struct Front {
    generations: Vec<Filter>,
    /// Keys that the last one still has room for.
    room: u64,
}

/// Keys of the first generation, and of the greatest.
const ROOM: (u64, u64) = (1 << 12, 1 << 23);

impl Front {
    pub(super) fn add(&mut self, key: u64) {
        if self.room == 0 {
            let times = (3 * self.generations.len() as u32).min(u64::BITS - 13);
            self.room = (ROOM.0 << times).min(ROOM.1);
            self.generations.push(Filter::new(self.room));
        }
        if let Some(last) = self.generations.last_mut() {
            last.add(key);
            self.room -= 1;
        }
    }

    /// As [`Filter::touch`].
    pub(super) fn touch(&self, probes: &[Probe]) {
        self.generations.iter().for_each(|filter| filter.touch(probes));
    }

    /// Whether the key was added, perhaps.
    pub(super) fn has(&self, probe: &Probe) -> bool {
        self.generations.iter().any(|filter| filter.has(probe))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;

    fn key(n: u64) -> u64 {
        Hash::of(&n.to_le_bytes()).prefix()
    }

    #[test]
    fn what_was_added_is_never_denied_and_little_else_is_not() {
        let mut filter = Filter::new(50_000);
        (0..50_000).for_each(|n| filter.add(key(n)));
        assert!((0..50_000).all(|n| filter.has(&Probe::new(key(n)))));
        let vague = (50_000..250_000).filter(|n| filter.has(&Probe::new(key(*n)))).count();
        assert!(vague < 600, "{vague} of 200,000");
    }

    #[test]
    fn one_that_grows_denies_nothing_that_it_was_given() {
        let mut front = Front::default();
        (0..300_000).for_each(|n| front.add(key(n)));
        assert!((0..300_000).all(|n| front.has(&Probe::new(key(n)))));
        assert_eq!(front.generations.len(), 4);
        let vague = (300_000..400_000).filter(|n| front.has(&Probe::new(key(*n)))).count();
        assert!(vague < 400, "{vague} of 100,000");
    }

    #[test]
    fn blocks_are_read_as_they_were_written() {
        let mut filter = Filter::new(100);
        (0..100).for_each(|n| filter.add(key(n)));
        let mut read = Filter::with_room(filter.blocks());
        filter.bytes().for_each(|block| read.push(&block));
        assert_eq!(read, filter);
        assert!(!Filter::new(0).has(&Probe::new(7)));
    }
}
