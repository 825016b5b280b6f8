//! What the ledger tells the index with each group, and gets back from one that outlived the
//! process: the place behind the group, and what was counted up to there. May use store, media,
//! hash.

use crate::hash::Hash;
use crate::media::File;
use crate::store::group::Cursor;
use crate::store::scan;

/// Counts over the log up to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Groups: how often the disk was waited for.
    pub(super) groups: u64,
    /// Batches in all groups.
    pub(super) batches: u64,
    /// Bytes of the segments before the last.
    pub(super) sealed_bytes: u64,
    /// Digest over the sizes and headers of those segments.
    seal: Hash,
}

impl Default for Tally {
    fn default() -> Self {
        Tally { groups: 0, batches: 0, sealed_bytes: 0, seal: Hash([0; 32]) }
    }
}

impl Tally {
    /// Counts a group.
    pub(super) fn group(&mut self, batches: u64) {
        self.groups += 1;
        self.batches += batches;
    }

    /// Counts a segment that has a successor now. One that cannot be read gives a seal that no
    /// later look at it will have.
    pub(super) fn seal(&mut self, segment: &dyn File) {
        let size = segment.size().unwrap_or_default();
        self.sealed_bytes += size;
        let header = scan::header(segment).ok().flatten();
        let header = header.map(|(header, _)| header.bytes()).unwrap_or_default();
        self.seal = Hash::of(&[&self.seal.0[..], &size.to_le_bytes(), &header].concat());
    }

    /// Whether the same segments stand before the last.
    pub(super) fn has_segments_of(&self, other: &Tally) -> bool {
        (self.sealed_bytes, self.seal) == (other.sealed_bytes, other.seal)
    }
}

const BYTES: usize = 16 + 97 + 56;

/// The note of the group that ends at `cursor`.
pub(super) fn write(ledger: [u8; 16], cursor: &Cursor, tally: &Tally) -> Vec<u8> {
    let mut out = Vec::with_capacity(BYTES);
    out.extend_from_slice(&ledger);
    out.extend_from_slice(&cursor.nonce);
    for number in [cursor.segment, cursor.offset, cursor.group, cursor.frame, cursor.next] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&cursor.clock.to_le_bytes());
    out.push(u8::from(cursor.last.is_some()));
    out.extend_from_slice(&cursor.last.unwrap_or(Hash([0; 32])).0);
    for number in [tally.groups, tally.batches, tally.sealed_bytes] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&tally.seal.0);
    out
}

/// Reads a note of this ledger; `None` for anything else.
pub(super) fn read(ledger: [u8; 16], note: &[u8]) -> Option<(Cursor, Tally)> {
    let mut rest = note;
    if note.len() != BYTES || take::<16>(&mut rest)? != ledger {
        return None;
    }
    let nonce = take(&mut rest)?;
    let mut number = || take(&mut rest).map(u64::from_le_bytes);
    let [segment, offset, group, frame, next] =
        [number()?, number()?, number()?, number()?, number()?];
    let clock = i64::from_le_bytes(take(&mut rest)?);
    let has_last = take(&mut rest)? == [1];
    let last = take(&mut rest).map(Hash).filter(|_| has_last);
    let mut number = || take(&mut rest).map(u64::from_le_bytes);
    let [groups, batches, sealed_bytes] = [number()?, number()?, number()?];
    let seal = Hash(take(&mut rest)?);
    let cursor = Cursor { segment, nonce, offset, group, frame, last, next, clock };
    Some((cursor, Tally { groups, batches, sealed_bytes, seal }))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::MAX_NOTE;

    #[test]
    fn a_note_is_read_as_it_was_written_and_only_by_its_ledger() {
        let cursor = Cursor { segment: 1, offset: 2, next: 9, clock: -5, ..Cursor::beginning() };
        for last in [None, Some(Hash::of(b"frame"))] {
            let cursor = Cursor { last, ..cursor.clone() };
            let tally = Tally { groups: 3, batches: 4, sealed_bytes: 5, seal: Hash::of(b"seal") };
            let note = write([7; 16], &cursor, &tally);
            assert!(note.len() <= MAX_NOTE);
            assert_eq!(read([7; 16], &note), Some((cursor, tally)));
            assert_eq!(read([8; 16], &note), None);
            assert_eq!(read([7; 16], &note[1..]), None);
        }
    }
}
