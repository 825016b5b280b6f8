//! SHA-256 of two messages at once (FIPS 180-4) with the SHA instructions of x86-64. Each of them
//! waits for the one before, so two chains, interleaved, take little longer than one. The only
//! unsafe code of the crate; `docs/adr/0011-hash-lanes.md` says what it gains. May use nothing of ours.
#![allow(unsafe_code, unsafe_op_in_unsafe_fn)]

use sha2::block_api::compress256;
use std::arch::x86_64::*;

/// A SHA-256.
type Digest = [u8; 32];

/// The hashes of both, if this processor has the instructions.
pub(crate) fn pair(one: &[u8], other: &[u8]) -> Option<(Digest, Digest)> {
    let able = is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("ssse3");
    if !able {
        return None;
    }
    let (mut one, mut other) = (Message::new(one), Message::new(other));
    let common = one.blocks().min(other.blocks());
    // SAFETY: the instructions are there.
    unsafe { compress_both(&mut one, &mut other, common) };
    Some((one.finish(common), other.finish(common)))
}

/// A message as blocks of 64 bytes, and the state that they have led to.
struct Message<'a> {
    bytes: &'a [u8],
    /// The last one or two blocks: what is left of the bytes, 0x80, zeros, the length in bits.
    end: [u8; 128],
    end_blocks: usize,
    state: [u32; 8],
}

impl<'a> Message<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let (_, rest) = bytes.split_at(bytes.len() & !63);
        let mut end = [0; 128];
        let end_blocks = if rest.len() < 56 { 1 } else { 2 };
        if let Some((content, padding)) = end.split_at_mut_checked(rest.len()) {
            content.copy_from_slice(rest);
            padding.iter_mut().take(1).for_each(|first| *first = 0x80);
        }
        let length = end.get_mut(64 * end_blocks - 8..64 * end_blocks);
        length.unwrap_or_default().copy_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
        Message { bytes, end, end_blocks, state: START }
    }

    fn blocks(&self) -> usize {
        self.bytes.len() / 64 + self.end_blocks
    }

    fn block(&self, at: usize) -> &[u8; 64] {
        let whole = self.bytes.len() / 64;
        let (all, at) = if at < whole { (self.bytes, at) } else { (&self.end[..], at - whole) };
        let block = all.get(64 * at..).and_then(<[u8]>::first_chunk);
        block.unwrap_or(&[0; 64])
    }

    /// The hash, when the blocks before `from` are in the state.
    fn finish(mut self, from: usize) -> Digest {
        for at in from..self.blocks() {
            let block = *self.block(at);
            compress256(&mut self.state, &[block]);
        }
        let mut hash = [0; 32];
        let words = hash.chunks_exact_mut(4);
        words.zip(self.state).for_each(|(to, word)| to.copy_from_slice(&word.to_be_bytes()));
        hash
    }
}

/// The state of a chain, in the two registers that the instructions want.
#[derive(Clone, Copy)]
struct Chain {
    abef: __m128i,
    cdgh: __m128i,
}

/// Takes the first `count` blocks of both messages into their states.
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn compress_both(one: &mut Message<'_>, other: &mut Message<'_>, count: usize) {
    let (mut a, mut b) = (load(&one.state), load(&other.state));
    for at in 0..count {
        let (old_a, old_b) = (a, b);
        let (mut v, mut w) = (words(one.block(at)), words(other.block(at)));
        for k in ROUNDS.iter().take(4) {
            (a, b) = (rounds(a, v[0], k), rounds(b, w[0], k));
            (v, w) = ([v[1], v[2], v[3], v[0]], [w[1], w[2], w[3], w[0]]);
        }
        for k in ROUNDS.iter().skip(4) {
            (v, w) = (schedule(v), schedule(w));
            (a, b) = (rounds(a, v[3], k), rounds(b, w[3], k));
        }
        (a, b) = (sum(a, old_a), sum(b, old_b));
    }
    store(a, &mut one.state);
    store(b, &mut other.state);
}

/// Four rounds, with the words that they use and their constants.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn rounds(state: Chain, words: __m128i, constants: &[u32; 4]) -> Chain {
    let input = _mm_add_epi32(words, _mm_loadu_si128(constants.as_ptr().cast()));
    let cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, input);
    let late = _mm_shuffle_epi32::<0x0e>(input);
    let abef = _mm_sha256rnds2_epu32(state.abef, cdgh, late);
    Chain { abef, cdgh }
}

/// Drops the oldest four of sixteen words and makes the next four of all.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn schedule([w0, w1, w2, w3]: [__m128i; 4]) -> [__m128i; 4] {
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8::<4>(w3, w2));
    [w1, w2, w3, _mm_sha256msg2_epu32(sum, w3)]
}

/// The sixteen words of a block, which are big-endian.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn words(block: &[u8; 64]) -> [__m128i; 4] {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    // SAFETY: four times sixteen bytes are sixty-four.
    let at = |n: usize| _mm_loadu_si128(block.as_ptr().cast::<__m128i>().add(n));
    [at(0), at(1), at(2), at(3)].map(|four| _mm_shuffle_epi8(four, order))
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn load(state: &[u32; 8]) -> Chain {
    // SAFETY: the state is twice sixteen bytes long.
    let abcd = _mm_shuffle_epi32::<0xb1>(_mm_loadu_si128(state.as_ptr().cast()));
    let efgh = _mm_shuffle_epi32::<0x1b>(_mm_loadu_si128(state.as_ptr().add(4).cast()));
    let abef = _mm_alignr_epi8::<8>(abcd, efgh);
    Chain { abef, cdgh: _mm_blend_epi16::<0xf0>(efgh, abcd) }
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn store(chain: Chain, state: &mut [u32; 8]) {
    let feba = _mm_shuffle_epi32::<0x1b>(chain.abef);
    let dchg = _mm_shuffle_epi32::<0xb1>(chain.cdgh);
    // SAFETY: the state is twice sixteen bytes long.
    _mm_storeu_si128(state.as_mut_ptr().cast(), _mm_blend_epi16::<0xf0>(feba, dchg));
    _mm_storeu_si128(state.as_mut_ptr().add(4).cast(), _mm_alignr_epi8::<8>(dchg, feba));
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
unsafe fn sum(one: Chain, other: Chain) -> Chain {
    let abef = _mm_add_epi32(one.abef, other.abef);
    Chain { abef, cdgh: _mm_add_epi32(one.cdgh, other.cdgh) }
}

#[rustfmt::skip]
const START: [u32; 8] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

#[rustfmt::skip]
const ROUNDS: [[u32; 4]; 16] = [
    [0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5], [0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
    [0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3], [0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
    [0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc], [0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
    [0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7], [0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
    [0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13], [0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
    [0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3], [0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
    [0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5], [0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
    [0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208], [0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;
    use proptest::prelude::*;

    #[test]
    fn every_length_around_the_blocks_has_the_hash_of_one_lane() {
        let bytes: Vec<u8> = (0..600_u32).map(|n| (n * 7) as u8).collect();
        for one in 0..300 {
            for other in [0, 1, 55, 56, 63, 64, 65, 119, 120, 300, 599, one, one + 1] {
                let (a, b) = (&bytes[..one], &bytes[600 - other..]);
                let Some(found) = pair(a, b) else {
                    eprintln!("skipped: this processor has no SHA instructions");
                    return;
                };
                assert_eq!(found, (Hash::of(a).0, Hash::of(b).0), "{one} and {other} bytes");
            }
        }
    }

    proptest! {
        #[test]
        fn two_lanes_say_what_one_says(
            one in prop::collection::vec(any::<u8>(), 0..5_000),
            other in prop::collection::vec(any::<u8>(), 0..5_000),
        ) {
            let expected = (Hash::of(&one).0, Hash::of(&other).0);
            prop_assert!(pair(&one, &other).is_none_or(|found| found == expected));
        }
    }
}
