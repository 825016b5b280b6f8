//! One file twice: what readers see, and what is on disk; and the effects between the two.
//! May use choices, rng.

use super::choices::Choices;
use super::rng::Rng;
use std::collections::HashMap;

/// What a disk writes whole, unless it tears.
const PAGE: usize = 4096;
/// What even a torn page is made of.
const SECTOR: usize = 512;

/// Something done to a file that its disk does not know yet.
#[derive(Clone, Debug)]
enum Effect {
    Write { offset: usize, bytes: Vec<u8> },
    Grow(usize),
    Cut(usize),
}

impl Effect {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Effect::Write { offset, bytes } => place(image, *offset, bytes),
            Effect::Grow(length) => image.resize(image.len().max(*length), 0),
            Effect::Cut(length) => image.truncate(*length),
        }
    }
}

/// What a failed sync leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing reached the disk; readers still see it, and no later sync will write it.
    Dropped,
    /// Nothing reached the disk, and readers see that.
    Reverted,
    /// Some pages reached the disk; readers still see them all.
    Scattered,
    /// All of it reached the disk.
    Persisted,
}

/// A file's two images.
#[derive(Clone, Debug, Default)]
pub(super) struct Inode {
    pub(super) seen: Vec<u8>,
    disk: Vec<u8>,
    pending: Vec<Effect>,
}

impl Inode {
    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.push(Effect::Write { offset, bytes: bytes.to_vec() });
    }

    pub(super) fn grow(&mut self, length: usize) {
        self.push(Effect::Grow(length));
    }

    pub(super) fn cut(&mut self, length: usize) {
        self.push(Effect::Cut(length));
    }

    fn push(&mut self, effect: Effect) {
        effect.apply(&mut self.seen);
        self.pending.push(effect);
    }

    /// A sync that works.
    pub(super) fn sync(&mut self) {
        for effect in self.pending.drain(..) {
            effect.apply(&mut self.disk);
        }
    }

    /// A sync that fails.
    pub(super) fn lose(&mut self, loss: Loss, rng: &mut Rng) {
        match loss {
            Loss::Dropped => self.pending.clear(),
            Loss::Reverted => {
                self.pending.clear();
                self.seen.clone_from(&self.disk);
            }
            Loss::Scattered => self.scatter(rng),
            Loss::Persisted => self.sync(),
        }
    }

    /// The system forgets clean pages: readers see the disk, and what is still to be written.
    pub(super) fn evict(&mut self) {
        self.seen.clone_from(&self.disk);
        for effect in &self.pending {
            effect.apply(&mut self.seen);
        }
    }

    /// The power goes: any subset of what was pending is on disk, and nothing else is seen.
    pub(super) fn power_loss(&mut self, choices: &mut dyn Choices) {
        self.scatter(choices);
        self.seen.clone_from(&self.disk);
    }

    /// Each page reaches the disk in the state after some number of the effects on it (the
    /// system may have written it at any time); each change of length by itself.
    fn scatter(&mut self, choices: &mut dyn Choices) {
        let grain = if choices.tears() { SECTOR } else { PAGE };
        let bias = choices.bias();
        let effects = std::mem::take(&mut self.pending);
        let writes = writes(&effects, grain);
        let mut horizon: HashMap<usize, usize> = HashMap::new();
        for (order, effect) in effects.iter().enumerate() {
            let Effect::Write { offset, bytes } = effect else {
                if choices.keeps(bias) {
                    effect.apply(&mut self.disk);
                }
                continue;
            };
            for (at, piece) in pieces(*offset, bytes, grain) {
                let of_page = writes.get(&(at / grain)).map_or(&[][..], Vec::as_slice);
                let limit = *horizon
                    .entry(at / grain)
                    .or_insert_with(|| choices.horizon(bias, of_page, effects.len()));
                if order < limit {
                    place(&mut self.disk, at, piece);
                }
            }
        }
        if self.disk.len() < self.seen.len() && choices.keeps(bias) {
            self.disk.resize(self.seen.len(), 0);
        }
    }
}

/// Which effects wrote each page.
fn writes(effects: &[Effect], grain: usize) -> HashMap<usize, Vec<usize>> {
    let mut found: HashMap<usize, Vec<usize>> = HashMap::new();
    for (order, effect) in effects.iter().enumerate() {
        if let Effect::Write { offset, bytes } = effect {
            for (at, _) in pieces(*offset, bytes, grain) {
                found.entry(at / grain).or_default().push(order);
            }
        }
    }
    found
}

fn place(image: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    image.resize(image.len().max(end), 0);
    if let Some(target) = image.get_mut(offset..end) {
        target.copy_from_slice(bytes);
    }
}

/// `bytes` cut at multiples of `grain` in the file, each piece with its offset.
fn pieces(
    mut offset: usize,
    mut bytes: &[u8],
    grain: usize,
) -> impl Iterator<Item = (usize, &[u8])> {
    std::iter::from_fn(move || {
        let length = bytes.len().min(grain - offset % grain);
        let (piece, rest) = bytes.split_at(length);
        let at = offset;
        (bytes, offset) = (rest, offset + length);
        (length > 0).then_some((at, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_pages() -> Inode {
        let mut inode = Inode::default();
        inode.write(0, &[1; 2 * PAGE]);
        inode
    }

    #[test]
    fn pieces_end_at_page_borders() {
        let lengths: Vec<_> =
            pieces(PAGE - 1, &[0; PAGE + 2], PAGE).map(|(at, p)| (at, p.len())).collect();
        assert_eq!(lengths, [(PAGE - 1, 1), (PAGE, PAGE), (2 * PAGE, 1)]);
    }

    #[test]
    fn a_power_cut_may_keep_each_subset_of_pages() {
        let mut met = std::collections::HashSet::new();
        for seed in 0..200 {
            let mut inode = two_pages();
            inode.power_loss(&mut Rng::new(seed));
            let page = |n: usize| inode.seen.get(n * PAGE).copied();
            met.insert((page(0), page(1)));
        }
        let subsets = [(None, None), (Some(1), None), (Some(0), Some(1)), (Some(1), Some(1))];
        assert!(subsets.iter().all(|s| met.contains(s)), "{met:?}");
    }

    #[test]
    fn an_overwritten_page_may_keep_its_older_state() {
        let older = (0..200).any(|seed| {
            let mut inode = two_pages();
            inode.write(0, &[2; PAGE]);
            inode.power_loss(&mut Rng::new(seed));
            inode.seen.first() == Some(&1)
        });
        assert!(older);
    }

    #[test]
    fn what_was_synced_survives_whatever_follows() {
        for seed in 0..200 {
            let mut inode = two_pages();
            inode.sync();
            inode.write(2 * PAGE, &[3; PAGE]);
            inode.power_loss(&mut Rng::new(seed));
            assert_eq!(inode.seen.get(..2 * PAGE), Some(&[1; 2 * PAGE][..]));
        }
    }

    #[test]
    fn a_dropping_sync_leaves_readers_with_what_the_disk_lacks() {
        let mut inode = two_pages();
        inode.lose(Loss::Dropped, &mut Rng::new(0));
        inode.sync();
        assert_eq!(inode.seen.len(), 2 * PAGE);
        inode.power_loss(&mut Rng::new(0));
        // The length may have survived, the bytes may not.
        assert!(inode.seen.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_persisting_sync_keeps_it_all() {
        let mut inode = two_pages();
        inode.lose(Loss::Persisted, &mut Rng::new(0));
        inode.power_loss(&mut Rng::new(0));
        assert_eq!(inode.seen, [1; 2 * PAGE]);
    }

    #[test]
    fn a_cut_that_was_not_synced_may_be_undone() {
        let lengths: std::collections::HashSet<_> = (0..50)
            .map(|seed| {
                let mut inode = two_pages();
                inode.sync();
                inode.cut(10);
                inode.power_loss(&mut Rng::new(seed));
                inode.seen.len()
            })
            .collect();
        assert_eq!(lengths, [10, 2 * PAGE].into());
    }
}
