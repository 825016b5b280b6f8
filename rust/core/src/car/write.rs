//! What a CARv1 file is written of. May use cbor, cid, hash, store::section.

use crate::cbor::write::{LIST, MAP, UINT, head, link, text};
use crate::cid::Cid;
use crate::hash::Hash;
use crate::store::section;

/// The beginning of a file with these events as its roots.
pub fn header(roots: &[Hash]) -> Vec<u8> {
    let mut map = Vec::with_capacity(32 + 41 * roots.len());
    head(&mut map, MAP, 2);
    text(&mut map, "roots");
    head(&mut map, LIST, roots.len() as u64);
    roots.iter().for_each(|root| link(&mut map, Cid::event(*root)));
    text(&mut map, "version");
    head(&mut map, UINT, 1);
    let mut out = Vec::with_capacity(map.len() + 5);
    section::write_varint(&mut out, map.len());
    out.append(&mut map);
    out
}

/// Appends the section of an event.
pub fn section(out: &mut Vec<u8>, hash: Hash, block: &[u8]) {
    section::write(out, Cid::event(hash), block);
}
