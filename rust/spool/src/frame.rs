//! A frame: `LsF1`, the length of the block and the CRC-32 of length and block (both little-endian,
//! 4 bytes), the block. Behind damage the next whole frame is found by its mark. May use nothing.

use std::ops::Range;

/// Bytes before the block.
pub const HEAD: usize = 12;

/// How every frame begins.
pub const MARK: [u8; 4] = *b"LsF1";

/// Makes a frame of a buffer that has [`HEAD`] bytes of room before the block.
pub fn seal(frame: &mut [u8]) {
    let Some((head, block)) = frame.split_first_chunk_mut::<HEAD>() else { return };
    let length = u32::try_from(block.len()).unwrap_or(u32::MAX).to_le_bytes();
    let [m0, m1, m2, m3] = MARK;
    let [l0, l1, l2, l3] = length;
    let [c0, c1, c2, c3] = sum(length, block).to_le_bytes();
    *head = [m0, m1, m2, m3, l0, l1, l2, l3, c0, c1, c2, c3];
}

fn sum(length: [u8; 4], block: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&length);
    sum.update(block);
    sum.finalize()
}

/// What the bytes at a place are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A whole frame: where its block lies. The next one begins where that ends.
    Block(Range<usize>),
    /// The beginning of one: so many bytes are missing at least.
    Short(usize),
    /// No frame.
    Damage,
}

/// Looks at the place `at` of `bytes`; blocks of more than `most` bytes are none.
pub fn look(bytes: &[u8], at: usize, most: usize) -> Found {
    let rest = bytes.get(at..).unwrap_or_default();
    let Some((head, behind)) = rest.split_first_chunk::<HEAD>() else {
        let begun = rest.iter().zip(&MARK).all(|(is, should)| is == should);
        return if begun { Found::Short(HEAD - rest.len()) } else { Found::Damage };
    };
    let [m0, m1, m2, m3, l0, l1, l2, l3, c0, c1, c2, c3] = *head;
    let length = [l0, l1, l2, l3];
    let size = u32::from_le_bytes(length) as usize;
    if [m0, m1, m2, m3] != MARK || size > most {
        return Found::Damage;
    }
    match behind.get(..size) {
        None => Found::Short(size - behind.len()),
        Some(block) if sum(length, block) == u32::from_le_bytes([c0, c1, c2, c3]) => {
            Found::Block(at + HEAD..at + HEAD + size)
        }
        Some(_) => Found::Damage,
    }
}

/// The next place behind `at` where a frame may begin; the end where there is none.
pub fn next(bytes: &[u8], at: usize) -> usize {
    let from = (at + 1).min(bytes.len());
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(MARK.len()).position(|four| four == MARK);
    found.map_or(bytes.len(), |place| from + place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn framed(block: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; HEAD];
        frame.extend_from_slice(block);
        seal(&mut frame);
        frame
    }

    proptest! {
        #[test]
        fn a_frame_gives_its_block_back_and_nothing_else_does(
            block in proptest::collection::vec(any::<u8>(), 0..64), place in any::<usize>(), bit in 0..8,
        ) {
            let mut frame = framed(&block);
            prop_assert_eq!(look(&frame, 0, 64), Found::Block(HEAD..HEAD + block.len()));
            let place = place % frame.len();
            if let Some(byte) = frame.get_mut(place) { *byte ^= 1u8 << bit; }
            prop_assert!(!matches!(look(&frame, 0, 64), Found::Block(_)));
        }

        #[test]
        fn a_frame_that_is_cut_is_short_everywhere(
            block in proptest::collection::vec(any::<u8>(), 0..64), cut in any::<usize>(),
        ) {
            let frame = framed(&block);
            let cut = cut % frame.len();
            prop_assert!(matches!(look(frame.get(..cut).unwrap_or_default(), 0, 64), Found::Short(_)));
        }

        #[test]
        fn behind_damage_the_next_frame_is_found(
            noise in proptest::collection::vec(any::<u8>(), 1..64), block in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let mut bytes = noise.clone();
            bytes.extend(framed(&block));
            let (mut at, mut blocks) = (0, Vec::new());
            while at < bytes.len() {
                match look(&bytes, at, 64) {
                    Found::Block(range) => { at = range.end; blocks.push(range); }
                    _ => at = next(&bytes, at),
                }
            }
            prop_assert_eq!(blocks.last().map(|range| &bytes[range.clone()]), Some(&block[..]));
        }
    }
}
