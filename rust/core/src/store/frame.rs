//! The commit frame that closes a group: it says which bytes and events the group has, and a
//! group exists only with it. May use fields, section, cid, hash.

use super::{fields, section};
use crate::cid::Cid;
use crate::hash::Hash;

/// What a frame states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The header's nonce: bytes of an event cannot pass for a frame of this segment.
    pub nonce: [u8; 16],
    /// Byte offset of this frame's varint in the file.
    pub offset: u64,
    /// That of the frame before in the same file; 0 for none.
    pub previous: u64,
    /// Index of the group's first event.
    pub first: u64,
    /// Where each batch of the group ends, as a number of events from the group's first: the
    /// last is how many there are.
    pub ends: Vec<u64>,
    /// CRC-32 (IEEE) of all bytes between the previous frame (or the header) and this frame.
    pub crc: u32,
    /// The writer's clock, µs since 1970; never less than in the frame before.
    pub clock: i64,
}

impl Frame {
    /// How many events the group has.
    pub fn count(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Index of the first event behind it.
    pub fn next(&self) -> u64 {
        self.first.saturating_add(self.count())
    }

    /// Appends the frame's section; returns the digest of its CID.
    pub fn write(&self, out: &mut Vec<u8>) -> Hash {
        let mut data = Vec::with_capacity(128 + 3 * self.ends.len());
        let mut map = fields::Writer(&mut data);
        map.map(8);
        map.uint("crc", u64::from(self.crc));
        map.uints("ends", &self.ends);
        map.int("clock", self.clock);
        map.uint("count", self.count());
        map.uint("first", self.first);
        map.bytes("nonce", &self.nonce);
        map.uint("offset", self.offset);
        map.uint("previous", self.previous);
        let hash = Hash::of(&data);
        section::write(out, Cid::raw(hash), &data);
        hash
    }

    /// Reads a frame's data; `None` when it is anything else.
    pub fn read(data: &[u8]) -> Option<Frame> {
        let mut map = fields::Reader::new(data)?;
        let crc = u32::try_from(map.uint("crc")?).ok()?;
        let ends = map.uints("ends")?;
        let clock = map.int("clock")?;
        let count = map.uint("count")?;
        let first = map.uint("first")?;
        let nonce = map.bytes("nonce")?;
        let offset = map.uint("offset")?;
        let previous = map.uint("previous")?;
        map.end()?;
        let ascend = ends.iter().zip(ends.iter().skip(1)).all(|(a, b)| a < b);
        let sound = ends.first().is_some_and(|first| *first > 0) && ascend;
        let frame = Frame { nonce, offset, previous, first, ends, crc, clock };
        (sound && frame.count() == count && first.checked_add(count).is_some()).then_some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            nonce: [9; 16],
            offset: 70_000,
            previous: 200,
            first: 24,
            ends: vec![1, 300, 70_300],
            crc: 0xdead_beef,
            clock: 1_790_000_000_000_000,
        }
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        for frame in [frame(), Frame { clock: -1, first: 0, ends: vec![1], ..frame() }] {
            let mut bytes = Vec::new();
            let hash = frame.write(&mut bytes);
            let section::Parsed::Section { head, hash: named, block } = section::parse(&bytes)
            else {
                panic!("no section")
            };
            assert_eq!((head, named), (section::FRAME, hash));
            assert_eq!(Frame::read(&bytes[block.clone()]), Some(frame));
            assert_eq!(Frame::read(&bytes[block.start..block.end - 1]), None);
        }
    }

    #[test]
    fn ends_that_do_not_ascend_are_no_frame() {
        for ends in [vec![], vec![0], vec![2, 2], vec![3, 1]] {
            let mut bytes = Vec::new();
            Frame { ends, ..frame() }.write(&mut bytes);
            let section::Parsed::Section { block, .. } = section::parse(&bytes) else {
                panic!("no section")
            };
            assert_eq!(Frame::read(&bytes[block]), None);
        }
    }
}
