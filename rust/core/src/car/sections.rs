//! The sections of a CAR file, one round after the other. May use limits, name, place.

use super::name::{self, Name, Varint};
use super::place::{Place, unreadable};
use crate::error::Result;
use crate::limits::MAX_CAR_SECTION;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes of a round after which the next one begins: enough work for all threads.
const ROUND: usize = 1 << 20;

/// Some sections, whole.
#[derive(Debug, Default)]
pub(super) struct Round {
    bytes: Vec<u8>,
    sections: Vec<Section>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) place: Place,
    /// Where its block begins in the file.
    pub(super) at: u64,
    /// Its CID and its block in the bytes of the round.
    cid: Range<usize>,
    block: Range<usize>,
}

impl Round {
    pub(super) fn sections(&self) -> &[Section] {
        &self.sections
    }

    pub(super) fn cid(&self, section: &Section) -> &[u8] {
        self.bytes.get(section.cid.clone()).unwrap_or_default()
    }

    pub(super) fn block(&self, section: &Section) -> &[u8] {
        self.bytes.get(section.block.clone()).unwrap_or_default()
    }

    pub(super) fn name(&self, section: &Section) -> Name<'_> {
        name::read(self.cid(section)).map_or(Name::Unknown, |(name, _)| name)
    }
}

/// A read from front to back.
#[derive(Debug)]
pub(super) struct Sections<'a, R> {
    file: BufReader<&'a mut R>,
    at: u64,
    end: u64,
    number: u64,
}

impl<'a, R: Read + Seek> Sections<'a, R> {
    pub(super) fn new(file: &'a mut R, start: u64, end: u64) -> Result<Self> {
        file.seek(SeekFrom::Start(start)).map_err(|error| unreadable(&error))?;
        Ok(Sections { file: BufReader::with_capacity(ROUND, file), at: start, end, number: 0 })
    }

    /// Fills the round with the next sections; none at the end.
    pub(super) fn next(&mut self, round: &mut Round) -> Result<()> {
        round.bytes.clear();
        round.sections.clear();
        while round.bytes.len() < ROUND {
            let place = Place { number: self.number, offset: self.at };
            let Some(length) = self.length(place)? else { break };
            let (from, at) = (round.bytes.len(), self.at);
            self.take(length, place, &mut round.bytes)?;
            let bytes = round.bytes.get(from..).unwrap_or_default();
            let (_, cid) = name::read(bytes).ok_or_else(|| place.refuse("it has no CID"))?;
            round.sections.push(Section {
                place,
                at: at + cid as u64,
                cid: from..from + cid,
                block: from + cid..round.bytes.len(),
            });
            self.number += 1;
        }
        Ok(())
    }

    /// The length that the next section states; `None` at the end of the blocks.
    fn length(&mut self, place: Place) -> Result<Option<u64>> {
        let mut length = Varint::default();
        while self.at < self.end {
            let mut byte = [0];
            self.read(place, &mut byte)?;
            match length.take(byte[0]) {
                Some(None) => {}
                // Room that a writer reserved: segments in use end so, and files of others.
                Some(Some(0)) => return self.padding(place),
                Some(Some(value)) => return self.fits(value, place).map(Some),
                None => return Err(place.refuse("it does not begin with a length")),
            }
        }
        match length.len() {
            0 => Ok(None),
            _ => Err(place.refuse("the file ends within its length: it was cut off")),
        }
    }

    fn fits(&self, length: u64, place: Place) -> Result<u64> {
        let left = self.end - self.at;
        if length > left {
            let message = format!("it has {length} bytes, and the file ends after {left}");
            return Err(place.refuse(format!("{message}: it was cut off")));
        }
        if length > MAX_CAR_SECTION as u64 {
            let message = format!("it has {length} bytes, more than {MAX_CAR_SECTION}");
            return Err(place.refuse(message));
        }
        Ok(length)
    }

    fn padding(&mut self, place: Place) -> Result<Option<u64>> {
        let mut bytes = vec![0; 1 << 16];
        while self.at < self.end {
            let n = bytes.len().min(usize::try_from(self.end - self.at).unwrap_or(usize::MAX));
            let some = bytes.get_mut(..n).unwrap_or_default();
            self.read(place, some)?;
            if some.iter().any(|byte| *byte != 0) {
                return Err(place.refuse("it has no bytes, and others follow"));
            }
        }
        Ok(None)
    }

    fn take(&mut self, length: u64, place: Place, bytes: &mut Vec<u8>) -> Result<()> {
        let from = bytes.len();
        bytes.resize(from + length as usize, 0);
        self.read(place, bytes.get_mut(from..).unwrap_or_default())
    }

    fn read(&mut self, place: Place, bytes: &mut [u8]) -> Result<()> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => place.refuse("the file became shorter while it was read"),
            _ => unreadable(&error),
        })?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}
