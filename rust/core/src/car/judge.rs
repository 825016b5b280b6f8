//! What a block of a CAR file is, and whether it is what its CID names. May use cbor, event, name.

use super::name::Name;
use super::place::AGAIN;
use crate::cbor::{Reader, Token};
use crate::error::{Code, Error, Result};
use crate::event::{Level, check};
use crate::hash::Hash;
use smallvec::SmallVec;

/// A sound block.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// An event, and its parents, each once.
    Event(Hash, SmallVec<[Hash; 2]>),
    /// Anything else.
    Other,
}

/// Judges a block. Events are held to the envelope, as the format says of imports.
pub(super) fn judge(name: Name<'_>, block: &[u8]) -> Result<Block> {
    match name {
        Name::DagCbor(hash) => {
            named(hash, block)?;
            match check(block, Level::Envelope) {
                Ok(view) => Ok(Block::Event(hash, view.distinct_parents().collect())),
                Err(_) if is_other(block) => Ok(Block::Other),
                Err(error) => Err(error.hash(hash)),
            }
        }
        Name::Sha256(hash) => named(hash, block).map(|()| Block::Other),
        Name::Identity(content) if content != block => {
            Err(Error::new(Code::InvalidArgument, "the block is not the one that its CID holds")
                .remedy(AGAIN))
        }
        Name::Identity(_) | Name::Unknown => Ok(Block::Other),
    }
}

fn named(hash: Hash, block: &[u8]) -> Result<()> {
    let found = Hash::of(block);
    if found == hash {
        return Ok(());
    }
    let message =
        format!("the block's hash is {found}, not {hash} as its CID says: it was changed");
    Err(Error::new(Code::InvalidArgument, message).hash(hash).remedy(AGAIN))
}

/// Whether these are canonical bytes without the two keys that every event has: the header of a
/// segment, say, or a block that belongs to others.
fn is_other(block: &[u8]) -> bool {
    let mut reader = Reader::new(block);
    let mut of_event = 0;
    let mut read = || {
        reader.begin()?;
        let start = reader;
        if let Token::Map(mut keys) = reader.token()? {
            while let Some(key) = keys.next_raw(&mut reader)? {
                of_event += u8::from(key == b"v" || key == b"parents");
                reader.skip()?;
            }
        } else {
            reader = start;
            reader.skip()?;
        }
        reader.end()
    };
    read().is_ok() && of_event < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_blocks_are_told_from_broken_events() {
        let event = b"\xa4\x61v\x01\x64type\x63a/b\x67parents\x80\x67payload\xa0";
        let hash = Hash::of(event);
        let judged = judge(Name::DagCbor(hash), event).unwrap();
        assert_eq!(judged, Block::Event(hash, SmallVec::new()));
        for other in [&b"\xa0"[..], b"\x80", b"\x01", b"\xa2\x64salt\x41\x00\x65value\x01"] {
            let name = Name::DagCbor(Hash::of(other));
            assert_eq!(judge(name, other).unwrap(), Block::Other);
        }
        for broken in [&b"\xa2\x61v\x01\x67parents\x80"[..], b"\xa1\x61v\x18\x01", b"", b"\xa0\xa0"]
        {
            judge(Name::DagCbor(Hash::of(broken)), broken).unwrap_err();
        }
    }

    #[test]
    fn a_block_under_another_hash_is_refused() {
        judge(Name::Sha256(Hash::of(b"a")), b"b").unwrap_err();
        judge(Name::DagCbor(Hash::of(b"\xa0")), b"\x80").unwrap_err();
        judge(Name::Identity(b"a"), b"b").unwrap_err();
        assert_eq!(judge(Name::Identity(b"a"), b"a").unwrap(), Block::Other);
        assert_eq!(judge(Name::Unknown, b"a").unwrap(), Block::Other);
    }
}
