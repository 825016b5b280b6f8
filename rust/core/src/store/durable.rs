//! DURABLE: how far the log is known to be on the disk. Two slots, written in turn, so that one of
//! them is whole whatever happens. May use media, frame's CID, hash, error.

use crate::cid::{CID_LEN, Cid};
use crate::error::Result;
use crate::media::{File, Media, Mode};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The file's name.
pub const NAME: &str = "DURABLE";

/// Bytes of a slot: a sector of its own.
pub const SLOT: usize = 512;

/// Bytes of the file.
pub const SIZE: usize = 2 * SLOT;

const MAGIC: [u8; 8] = *b"lineseal";
const CRC_AT: usize = SLOT - 4;

/// A durable place in the log: everything before it survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Counts the marks written; odd ones stand in the second slot.
    pub seq: u64,
    /// The segment, by its first event's index.
    pub segment: u64,
    /// The byte after its last durable frame (or its header).
    pub end: u64,
    /// How many events the log has there.
    pub events: u64,
    /// The last durable frame; none in an empty ledger.
    pub frame: Option<Cid>,
    /// Whether the writer closed the ledger there, or handed it over: all before is durable, and
    /// nothing was behind.
    pub clean: bool,
}

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// All zeros: never written.
    Empty,
    /// A mark.
    Valid(Mark),
    /// Anything else.
    Invalid,
}

impl Mark {
    /// The slot's bytes.
    pub fn bytes(&self) -> [u8; SLOT] {
        let mut out = Vec::with_capacity(SLOT);
        out.extend_from_slice(&MAGIC);
        for number in [self.seq, self.segment, self.end, self.events] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.push(u8::from(self.clean));
        out.extend_from_slice(&self.frame.map_or([0; CID_LEN], Cid::to_bytes));
        out.resize(CRC_AT, 0);
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out.try_into().unwrap_or([0; SLOT])
    }

    fn read(bytes: &[u8]) -> Option<Mark> {
        let mut numbers = bytes
            .get(8..40)?
            .chunks_exact(8)
            .map(|eight| eight.try_into().map(u64::from_le_bytes).unwrap_or_default());
        let cid = bytes.get(41..41 + CID_LEN)?;
        let frame =
            if cid.iter().all(|byte| *byte == 0) { None } else { Some(Cid::from_bytes(cid)?) };
        let mark = Mark {
            seq: numbers.next()?,
            segment: numbers.next()?,
            end: numbers.next()?,
            events: numbers.next()?,
            frame,
            clean: *bytes.get(40)? == 1,
        };
        (mark.bytes().as_slice() == bytes).then_some(mark)
    }
}

/// What the two slots of a file's bytes hold. Each mark must stand in the slot of its number.
pub fn parse(file: &[u8]) -> [Slot; 2] {
    [0, 1].map(|which| match file.get(which * SLOT..(which + 1) * SLOT) {
        Some(bytes) if bytes.iter().all(|byte| *byte == 0) => Slot::Empty,
        Some(bytes) => match Mark::read(bytes) {
            Some(mark) if mark.seq % 2 == which as u64 => Slot::Valid(mark),
            _ => Slot::Invalid,
        },
        None => Slot::Invalid,
    })
}

/// The newest mark of two slots.
pub fn newest(slots: &[Slot; 2]) -> Option<Mark> {
    let marks = slots.iter().filter_map(|slot| match slot {
        Slot::Valid(mark) => Some(*mark),
        _ => None,
    });
    marks.max_by_key(|mark| mark.seq)
}

/// Reads the slots. A slot that a writer is just writing reads as invalid for a moment, so one
/// that stays so through several reads is.
pub fn read(media: &dyn Media) -> Result<[Slot; 2]> {
    let Some(file) = media.open(NAME, Mode::Read)? else { return Ok([Slot::Invalid; 2]) };
    Ok(read_calm(&*file)?.0)
}

fn read_calm(file: &dyn File) -> Result<([Slot; 2], Vec<u8>)> {
    let mut read = read_file(file)?;
    for _ in 0..3 {
        if !read.0.contains(&Slot::Invalid) {
            break;
        }
        std::thread::yield_now();
        read = read_file(file)?;
    }
    Ok(read)
}

fn read_file(file: &dyn File) -> Result<([Slot; 2], Vec<u8>)> {
    let mut bytes = vec![0; SIZE];
    let n = file.read_at(0, &mut bytes)?;
    bytes.truncate(n);
    let mut slots = parse(&bytes);
    // Bytes behind the slots belong to neither; the second one answers for them.
    if file.size()? > SIZE as u64 {
        slots = [slots[0], Slot::Invalid];
    }
    Ok((slots, bytes))
}

/// A reader's eye on the slots: one read, as long as nothing changes.
#[derive(Debug, Default)]
pub struct Watch(Option<Eye>);

#[derive(Debug)]
struct Eye {
    file: Arc<dyn File>,
    opened: Instant,
    bytes: Vec<u8>,
    slots: [Slot; 2],
}

/// How long a file is looked at before its name is asked again: someone may put another in its
/// place.
const TRUST: Duration = Duration::from_secs(1);

impl Watch {
    /// The slots as they are now.
    pub fn look(&mut self, media: &dyn Media) -> Result<[Slot; 2]> {
        if let Some(eye) = &self.0
            && eye.opened.elapsed() < TRUST
        {
            let mut bytes = [0; SIZE];
            let n = eye.file.read_at(0, &mut bytes)?;
            if bytes.get(..n) == Some(&eye.bytes) {
                return Ok(eye.slots);
            }
        }
        let opened = Instant::now();
        let Some(file) = media.open(NAME, Mode::Read)? else { return Ok([Slot::Invalid; 2]) };
        let (slots, bytes) = read_calm(&*file)?;
        self.0 = Some(Eye { file, opened, bytes, slots });
        Ok(slots)
    }
}

/// The writer's side.
#[derive(Debug)]
pub struct Durable {
    file: Arc<dyn File>,
    seq: u64,
}

impl Durable {
    /// Goes on after the newest of `slots` with the mark of now. A damaged slot is mended: then
    /// both are written.
    pub fn resume(file: Arc<dyn File>, slots: &[Slot; 2], now: Mark) -> Result<Self> {
        if file.size()? > SIZE as u64 {
            file.truncate(SIZE as u64)?;
        }
        let mut durable = Durable { file, seq: newest(slots).map_or(0, |mark| mark.seq) };
        durable.write(now)?;
        if slots.contains(&Slot::Invalid) {
            durable.write(now)?;
        }
        Ok(durable)
    }

    /// Writes the next mark over the older one (`seq` of `mark` is given here). Not synced: the
    /// log is the truth, this says how far it was true.
    pub fn write(&mut self, mark: Mark) -> Result<()> {
        let mark = Mark { seq: self.seq + 1, ..mark };
        self.file.write_at(mark.seq % 2 * SLOT as u64, &mark.bytes())?;
        self.seq = mark.seq;
        Ok(())
    }

    /// Whether nobody wrote a mark since ours.
    pub fn is_newest(&self, slots: &[Slot; 2]) -> bool {
        !slots.contains(&Slot::Invalid) && newest(slots).is_some_and(|mark| mark.seq == self.seq)
    }

    /// The file, to be synced on close.
    pub fn file(&self) -> &dyn File {
        &*self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;

    fn mark(seq: u64) -> Mark {
        let frame = Some(Cid::raw(Hash::of(b"frame")));
        Mark { seq, segment: 7, end: 1234, events: 9, frame, clean: true }
    }

    fn file(marks: &[Mark]) -> Vec<u8> {
        let mut bytes = vec![0; SIZE];
        for mark in marks {
            let at = (mark.seq % 2) as usize * SLOT;
            bytes[at..at + SLOT].copy_from_slice(&mark.bytes());
        }
        bytes
    }

    #[test]
    fn the_newest_mark_counts() {
        let slots = parse(&file(&[mark(4), mark(5)]));
        assert_eq!(slots, [Slot::Valid(mark(4)), Slot::Valid(mark(5))]);
        assert_eq!(newest(&slots), Some(mark(5)));
        assert_eq!(newest(&parse(&file(&[mark(6), mark(5)]))), Some(mark(6)));
        assert_eq!(parse(&file(&[])), [Slot::Empty; 2]);
    }

    #[test]
    fn a_flip_of_any_byte_makes_its_slot_invalid() {
        let good = file(&[mark(4)]);
        for at in 0..SIZE {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            assert_eq!(parse(&bad)[at / SLOT], Slot::Invalid, "byte {at}");
        }
    }
}
