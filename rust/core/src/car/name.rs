//! CIDs of all kinds, as the sections of a CAR file begin with. May use cid, hash, store::section.
//!
//! Two kinds are ours. Of the others so much is read as tells where the block begins, and, for
//! those of SHA-256 and identity, whether it is the block that they name.

use crate::cid::{CID_LEN, Cid, Codec};
use crate::hash::Hash;

/// Multihash codes (multiformats/multicodec).
const IDENTITY: u64 = 0x00;
const SHA2_256: u64 = 0x12;

/// What a CID says of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// dag-cbor under SHA-256: an event, or another block of ours.
    DagCbor(Hash),
    /// Any other content under SHA-256.
    Sha256(Hash),
    /// The block itself.
    Identity(&'a [u8]),
    /// By a hash that is not computed here.
    Unknown,
}

/// The CID that `bytes` begin with, and its length; `None` when they begin with none.
pub(super) fn read(bytes: &[u8]) -> Option<(Name<'_>, usize)> {
    if let Some(Cid { codec, hash }) = bytes.get(..CID_LEN).and_then(Cid::from_bytes) {
        let kind = if codec == Codec::DagCbor { Name::DagCbor } else { Name::Sha256 };
        return Some((kind(hash), CID_LEN));
    }
    if let [0x12, 0x20, rest @ ..] = bytes {
        // Version 0: a bare SHA-256 multihash.
        let digest = rest.first_chunk::<32>()?;
        return Some((Name::Sha256(Hash(*digest)), 34));
    }
    let mut at = 0;
    let version = varint(bytes, &mut at)?;
    let _codec = varint(bytes, &mut at)?;
    let function = varint(bytes, &mut at)?;
    let length = varint(bytes, &mut at)?;
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    let digest = bytes.get(at..end)?;
    let name = match function {
        _ if version != 1 => return None,
        IDENTITY => Name::Identity(digest),
        SHA2_256 => Name::Sha256(Hash(digest.try_into().ok()?)),
        _ => Name::Unknown,
    };
    Some((name, end))
}

/// An unsigned LEB128 varint in its shortest form; `at` is moved behind it.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut reading = Varint::default();
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if let Some(value) = reading.take(byte)? {
            return Some(value);
        }
    }
}

/// A varint, taken byte by byte.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Varint {
    value: u64,
    bytes: u32,
}

impl Varint {
    /// `Some(None)`: go on. `Some(Some(value))`: the end. `None`: longer than it need be, or than
    /// the 9 bytes that multiformats allows.
    pub(super) fn take(&mut self, byte: u8) -> Option<Option<u64>> {
        if self.bytes == 9 || (byte == 0 && self.bytes > 0) {
            return None;
        }
        self.value |= u64::from(byte & 0x7f) << (7 * self.bytes);
        self.bytes += 1;
        Some((byte < 0x80).then_some(self.value))
    }

    /// Bytes taken so far.
    pub(super) fn len(&self) -> u64 {
        u64::from(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cids_of_all_kinds_are_read_up_to_their_end() {
        let hash = Hash::of(b"block");
        let v0 = [&[0x12, 0x20], &hash.0[..]].concat();
        // dag-pb under SHA-256; dag-cbor under BLAKE3 of 32 bytes; raw, whose codec is long.
        let pb = [&[1, 0x70, 0x12, 0x20], &hash.0[..]].concat();
        let blake = [&[1, 0x71, 0x1e, 0x20], &hash.0[..]].concat();
        let long = [&[1, 0x80, 0x01, 0x12, 0x20], &hash.0[..]].concat();
        for (cid, name) in [
            (Cid::event(hash).to_bytes().to_vec(), Name::DagCbor(hash)),
            (Cid::raw(hash).to_bytes().to_vec(), Name::Sha256(hash)),
            (v0, Name::Sha256(hash)),
            (pb, Name::Sha256(hash)),
            (blake, Name::Unknown),
            (long, Name::Sha256(hash)),
            (vec![1, 0x55, 0, 3, b'a', b'b', b'c'], Name::Identity(b"abc")),
        ] {
            let mut bytes = cid.clone();
            bytes.extend_from_slice(b"block");
            assert_eq!(read(&bytes), Some((name, cid.len())));
            assert_eq!(read(&cid[..cid.len() - 1]), None);
        }
    }

    #[test]
    fn what_is_no_cid_is_none() {
        for bytes in [
            &[][..],
            &[2, 0x55, 0, 0],
            &[1, 0x55, 0x12, 3, 1, 2, 3],
            &[1, 0x80, 0x00, 0, 0],
            &[1, 0x55, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
            &[0xff; 12],
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
