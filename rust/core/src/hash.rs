//! SHA-256 names of events. May use error, hash_lanes and limits.

use crate::error::{Code, Error, Result};
#[cfg(target_arch = "x86_64")]
use crate::hash_lanes;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The SHA-256 of an event's block: its name. `Display` and `FromStr` speak 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// SHA-256 of `bytes` (FIPS 180-4), with the processor's own instructions where it has them.
    pub fn of(bytes: &[u8]) -> Self {
        Hash(Sha256::digest(bytes).into())
    }

    /// SHA-256 of both, in little more time than that of one where the processor has the
    /// instructions: for whoever has many to hash.
    pub fn of_two(one: &[u8], other: &[u8]) -> (Self, Self) {
        #[cfg(target_arch = "x86_64")]
        if let Some((one, other)) = hash_lanes::pair(one, other) {
            return (Hash(one), Hash(other));
        }
        (Self::of(one), Self::of(other))
    }

    /// The first 8 bytes as a big-endian number: what indexes are keyed by. Several events may
    /// share one; a hit is always confirmed against the log.
    pub fn prefix(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Hash)
            .ok_or_else(|| {
                Error::new(Code::InvalidArgument, format!("{text:?} is not a hash"))
                    .remedy("A hash is 64 hex digits")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_message_has_the_digest_of_fips_180() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Hash::of(b"").to_string(), hex);
        assert_eq!(hex.parse::<Hash>().unwrap(), Hash::of(b""));
        assert_eq!(Hash::of(b"").prefix(), 0xe3b0_c442_98fc_1c14);
    }

    #[test]
    fn what_is_not_64_hex_digits_is_no_hash() {
        for text in ["", "e3", "zz", &"e".repeat(63), &"e".repeat(66), &"g".repeat(64)] {
            assert_eq!(text.parse::<Hash>().unwrap_err().code(), Code::InvalidArgument);
        }
    }
}
