//! A section of a CARv1 file: `varint | CID | block`. May use cid, hash, limits.

use crate::cid::{CID_LEN, Cid, Codec};
use crate::hash::Hash;
use crate::limits::MAX_BLOCK;
use std::ops::Range;

/// Greatest value of a section's varint.
pub const MAX_SECTION: usize = CID_LEN + MAX_BLOCK;

/// Bytes of the longest varint of a section.
pub const MAX_VARINT: usize = 3;

/// What begins at a place in the file.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A whole section; `end` and `block` count from the place.
    Section {
        /// The first four bytes of its CID.
        head: [u8; 4],
        /// The digest of its CID.
        hash: Hash,
        /// Where its block is.
        block: Range<usize>,
    },
    /// The bytes end before the section does.
    Short,
    /// No section begins so.
    Bad,
}

/// Bytes of the varint of a section with a block of this size.
pub const fn varint_len(block: usize) -> usize {
    match CID_LEN + block {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        _ => 3,
    }
}

/// Bytes of the whole section of a block.
pub const fn len(block: usize) -> usize {
    varint_len(block) + CID_LEN + block
}

/// Takes bytes, one piece after the other.
pub trait Sink {
    /// Takes the next piece.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Room that was measured before: what does not fit is left out.
impl Sink for &mut [u8] {
    fn put(&mut self, bytes: &[u8]) {
        if let Some((to, rest)) = std::mem::take(self).split_at_mut_checked(bytes.len()) {
            to.copy_from_slice(bytes);
            *self = rest;
        }
    }
}

/// Appends an unsigned LEB128 varint.
pub fn write_varint(out: &mut impl Sink, mut value: usize) {
    while value >= 0x80 {
        out.put(&[value as u8 | 0x80]);
        value >>= 7;
    }
    out.put(&[value as u8]);
}

/// Reads a varint in its shortest form of at most [`MAX_VARINT`] bytes: its value and length.
/// `Err(true)` when the bytes end first.
pub fn read_varint(bytes: &[u8]) -> Result<(usize, usize), bool> {
    let mut value = 0;
    for at in 0..MAX_VARINT {
        let byte = *bytes.get(at).ok_or(true)?;
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return if byte == 0 && at > 0 { Err(false) } else { Ok((value, at + 1)) };
        }
    }
    Err(false)
}

/// Appends the section of a block.
pub fn write(out: &mut impl Sink, cid: Cid, block: &[u8]) {
    write_varint(out, CID_LEN + block.len());
    out.put(&cid.to_bytes());
    out.put(block);
}

/// The block of a section that was written here.
pub fn block(section: &[u8]) -> &[u8] {
    match parse(section) {
        Parsed::Section { block, .. } => section.get(block).unwrap_or_default(),
        Parsed::Short | Parsed::Bad => &[],
    }
}

/// Reads the section that begins with `bytes`.
pub fn parse(bytes: &[u8]) -> Parsed {
    let (length, width) = match read_varint(bytes) {
        Ok(read) => read,
        Err(true) => return Parsed::Short,
        Err(false) => return Parsed::Bad,
    };
    if !(CID_LEN..=MAX_SECTION).contains(&length) {
        return Parsed::Bad;
    }
    let end = width + length;
    let cid = bytes.get(width..width + CID_LEN).and_then(|cid| cid.split_at_checked(4));
    let (Some((head, digest)), true) = (cid, bytes.len() >= end) else { return Parsed::Short };
    match (head.try_into(), digest.try_into()) {
        (Ok(head), Ok(digest)) => {
            Parsed::Section { head, hash: Hash(digest), block: width + CID_LEN..end }
        }
        _ => Parsed::Bad,
    }
}

/// The first four bytes of an event's CID.
pub const EVENT: [u8; 4] = [1, Codec::DagCbor as u8, 0x12, 0x20];

/// The first four bytes of a commit frame's CID.
pub const FRAME: [u8; 4] = [1, Codec::Raw as u8, 0x12, 0x20];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read_as_it_was_written() {
        for size in [0, 1, 91, 92, 300, 16_347, 16_348, MAX_BLOCK] {
            let block = vec![7; size];
            let mut bytes = Vec::new();
            write(&mut bytes, Cid::event(Hash::of(&block)), &block);
            assert_eq!(bytes.len(), len(size));
            let block = bytes.len() - size..bytes.len();
            let hash = Hash::of(&bytes[block.clone()]);
            assert_eq!(parse(&bytes), Parsed::Section { head: EVENT, hash, block });
            assert_eq!(parse(&bytes[..bytes.len() - 1]), Parsed::Short);
        }
    }

    #[test]
    fn what_is_no_section_is_bad() {
        for bytes in [&[0u8; 64][..], &[35; 64], &[0xa4, 0x80, 0, 1], &[0xff, 0xff, 0xff, 1]] {
            assert_eq!(parse(bytes), Parsed::Bad);
        }
    }
}
