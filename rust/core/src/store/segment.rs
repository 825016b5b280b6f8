//! A segment file's name and its beginning: a CARv1 header whose one root is the first block, the
//! segment header. May use fields, section, cid, hash.

use super::{FORMAT, fields, section};
use crate::cid::Cid;
use crate::hash::Hash;

/// The directory of the segments.
pub const DIR: &str = "segments";

/// More bytes than a segment's beginning ever has.
pub const MAX_HEAD: usize = 512;

/// What the header of a segment states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The ledger's id.
    pub ledger: [u8; 16],
    /// Random bytes that this segment's frames repeat.
    pub nonce: [u8; 16],
    /// Index of the first event.
    pub first: u64,
    /// Digest of the last frame of the segment before; none in the first segment.
    pub previous: Option<Hash>,
}

/// The file of the segment that begins with event `first`, from the ledger's directory.
pub fn path(first: u64) -> String {
    format!("{DIR}/{}", name(first))
}

/// The file's name.
pub fn name(first: u64) -> String {
    format!("{first:012}.car")
}

/// The first index that a file's name states; `None` for files of other kinds.
pub fn first_of(file: &str) -> Option<u64> {
    let first = file.strip_suffix(".car")?.parse().ok()?;
    (name(first) == file).then_some(first)
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Header { ledger, first, previous, .. } = self;
        let ledger = data_encoding::HEXLOWER.encode(ledger);
        write!(f, "ledger {ledger}, first event {first}, ")?;
        match previous {
            Some(hash) => write!(f, "after the frame {hash}"),
            None => write!(f, "after no frame"),
        }
    }
}

impl Header {
    /// The file's first bytes: the CAR header and the header's section.
    pub fn bytes(&self) -> Vec<u8> {
        let mut block = Vec::with_capacity(128);
        let mut map = fields::Writer(&mut block);
        map.map(5);
        map.uint("first", self.first);
        map.bytes("nonce", &self.nonce);
        map.text("format", FORMAT);
        map.bytes("ledger", &self.ledger);
        match &self.previous {
            Some(hash) => map.bytes("previous", &hash.0),
            None => map.null("previous"),
        }
        let cid = Cid::event(Hash::of(&block));
        let mut out = Vec::with_capacity(MAX_HEAD);
        section::write_varint(&mut out, CAR.0.len() + 36 + CAR.1.len());
        out.extend_from_slice(CAR.0);
        out.extend_from_slice(&cid.to_bytes());
        out.extend_from_slice(CAR.1);
        section::write(&mut out, cid, &block);
        out
    }

    /// Reads the beginning of a file: the header, and how many bytes it takes. `None` unless every
    /// byte is as [`Header::bytes`] would have it.
    pub fn read(file: &[u8]) -> Option<(Header, usize)> {
        let (length, width) = section::read_varint(file).ok()?;
        let section::Parsed::Section { block, .. } = section::parse(file.get(width + length..)?)
        else {
            return None;
        };
        let mut map = fields::Reader::new(file.get(width + length..)?.get(block)?)?;
        let first = map.uint("first")?;
        let nonce = map.bytes("nonce")?;
        map.text("format").filter(|format| *format == FORMAT)?;
        let ledger = map.bytes("ledger")?;
        let previous = map.bytes_or_null("previous")?.map(Hash);
        map.end()?;
        let header = Header { ledger, nonce, first, previous };
        let bytes = header.bytes();
        file.starts_with(&bytes).then_some((header, bytes.len()))
    }
}

/// What stands before and after the root's CID in a CARv1 header with one root:
/// `{"roots": [root], "version": 1}`.
const CAR: (&[u8], &[u8]) = (b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00", b"\x67version\x01");

#[cfg(test)]
mod tests {
    use super::*;

    fn header(previous: Option<Hash>) -> Header {
        Header { ledger: [1; 16], nonce: [2; 16], first: 70_000, previous }
    }

    #[test]
    fn a_header_is_read_as_it_was_written_and_fits() {
        for previous in [None, Some(Hash::of(b"frame"))] {
            let mut bytes = header(previous).bytes();
            let length = bytes.len();
            assert!(length < MAX_HEAD);
            bytes.push(1);
            assert_eq!(Header::read(&bytes), Some((header(previous), length)));
        }
    }

    #[test]
    fn a_flip_of_any_byte_of_a_header_is_seen() {
        let good = header(Some(Hash::of(b"frame"))).bytes();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(Header::read(&bad), None, "byte {at}");
            assert_eq!(Header::read(&good[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn only_names_that_we_give_are_segments() {
        assert_eq!(first_of("000000000042.car"), Some(42));
        assert_eq!(first_of(&name(u64::MAX)), Some(u64::MAX));
        for other in ["42.car", "000000000042.bak", "+00000000042.car", "index"] {
            assert_eq!(first_of(other), None);
        }
    }
}
