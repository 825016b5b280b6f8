//! CIDv1 content identifiers (multiformats/cid), of the two kinds that lineseal uses: events
//! (dag-cbor) and artifacts (raw), both sha2-256. May use hash and error.

use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use data_encoding::BASE32_NOPAD;
use std::fmt;
use std::str::FromStr;

/// Bytes of a binary CID: version, codec, hash function, digest length, digest.
pub const CID_LEN: usize = 36;

/// What the named bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// An artifact: any bytes (multicodec 0x55), text `bafkrei…`.
    Raw = 0x55,
    /// An event, or another dag-cbor block (multicodec 0x71), text `bafyrei…`.
    DagCbor = 0x71,
}

/// A CIDv1 with sha2-256. `Display` and `FromStr` speak lower-case base32 (`b…`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid {
    /// What the named bytes are.
    pub codec: Codec,
    /// Their SHA-256.
    pub hash: Hash,
}

impl Cid {
    /// The CID of an event.
    pub const fn event(hash: Hash) -> Self {
        Cid { codec: Codec::DagCbor, hash }
    }

    /// The CID of an artifact.
    pub const fn raw(hash: Hash) -> Self {
        Cid { codec: Codec::Raw, hash }
    }

    /// The binary form, 36 bytes.
    pub fn to_bytes(self) -> [u8; CID_LEN] {
        let mut bytes = [0; CID_LEN];
        let (head, digest) = bytes.split_at_mut(4);
        head.copy_from_slice(&[1, self.codec as u8, 0x12, 0x20]);
        digest.copy_from_slice(&self.hash.0);
        bytes
    }

    /// Reads the binary form; `None` for any other kind of CID, or other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, digest) = bytes.split_at_checked(4)?;
        let codec = match head {
            [1, 0x71, 0x12, 0x20] => Codec::DagCbor,
            [1, 0x55, 0x12, 0x20] => Codec::Raw,
            _ => return None,
        };
        Some(Cid { codec, hash: Hash(digest.try_into().ok()?) })
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", BASE32_NOPAD.encode(&self.to_bytes()).to_ascii_lowercase())
    }
}

impl fmt::Debug for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Cid {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        text.strip_prefix('b')
            .filter(|rest| !rest.bytes().any(|b| b.is_ascii_uppercase()))
            .and_then(|rest| BASE32_NOPAD.decode(rest.to_ascii_uppercase().as_bytes()).ok())
            .and_then(|bytes| Cid::from_bytes(&bytes))
            .ok_or_else(|| {
                Error::new(Code::InvalidArgument, format!("{text:?} is not a CID of lineseal"))
                    .remedy(
                        "Use a CIDv1 with sha2-256: bafyrei… for events, bafkrei… for artifacts",
                    )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cid_goes_to_text_and_bytes_and_back() {
        for cid in [Cid::event(Hash::of(b"x")), Cid::raw(Hash::of(b"x"))] {
            assert_eq!(Cid::from_bytes(&cid.to_bytes()), Some(cid));
            assert_eq!(cid.to_string().parse::<Cid>().unwrap(), cid);
        }
        assert!(Cid::event(Hash::of(b"x")).to_string().starts_with("bafyrei"));
        assert!(Cid::raw(Hash::of(b"x")).to_string().starts_with("bafkrei"));
    }

    #[test]
    fn other_cids_are_refused() {
        let good = Cid::event(Hash::of(b"x"));
        let mut bytes = good.to_bytes();
        for at in 0..4 {
            bytes[at] ^= 1;
            assert_eq!(Cid::from_bytes(&bytes), None);
            bytes[at] ^= 1;
        }
        assert_eq!(Cid::from_bytes(&bytes[..35]), None);
        assert!(good.to_string().to_uppercase().parse::<Cid>().is_err());
        assert!("".parse::<Cid>().is_err());
    }
}
