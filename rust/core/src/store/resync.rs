//! Finding the next whole commit frame behind damage. May use frame, section, media.

use super::frame::Frame;
use super::section::{self, MAX_SECTION, MAX_VARINT, Parsed};
use crate::error::Result;
use crate::hash::Hash;
use crate::media::File;

/// A whole frame of this segment, found by its content.
#[derive(Debug)]
pub(super) struct Found {
    pub frame: Frame,
    pub hash: Hash,
    pub end: u64,
}

/// Read at once.
const STEP: usize = 4 << 20;

/// The first frame at or after `from` that has its hash, the nonce (when known), and states its own place.
pub(super) fn next_frame(
    file: &dyn File,
    nonce: Option<[u8; 16]>,
    from: u64,
    limit: u64,
) -> Result<Option<Found>> {
    let mut base = from;
    let mut bytes = Vec::new();
    while base < limit {
        let want = (limit - base).min((STEP + MAX_SECTION + MAX_VARINT) as u64);
        bytes.resize(want as usize, 0);
        let n = file.read_at(base, &mut bytes)?;
        bytes.truncate(n);
        let found = in_window(&bytes, base, nonce).find(|found| found.frame.offset >= from);
        if found.is_some() || n < want as usize {
            return Ok(found);
        }
        base += STEP as u64;
    }
    Ok(None)
}

fn in_window(bytes: &[u8], base: u64, nonce: Option<[u8; 16]>) -> impl Iterator<Item = Found> + '_ {
    let cids = bytes.windows(section::FRAME.len()).enumerate();
    cids.filter(|(_, four)| **four == section::FRAME).filter_map(move |(cid, _)| {
        (1..=MAX_VARINT).find_map(|width| at(bytes, cid.checked_sub(width)?, base, nonce))
    })
}

fn at(bytes: &[u8], start: usize, base: u64, nonce: Option<[u8; 16]>) -> Option<Found> {
    let rest = bytes.get(start..)?;
    let Parsed::Section { head: section::FRAME, hash, block } = section::parse(rest) else {
        return None;
    };
    let data = rest.get(block.clone())?;
    let frame = Frame::read(data)?;
    let offset = base + start as u64;
    let ours = nonce.is_none_or(|nonce| frame.nonce == nonce)
        && frame.offset == offset
        && Hash::of(data) == hash;
    ours.then_some(Found { frame, hash, end: offset + block.end as u64 })
}
