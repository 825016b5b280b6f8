//! Numbers of rows that were dropped and of which no gap event tells yet. They are in a file before
//! their callers are told, since a process that drops rows may be killed, too. It has room from the
//! beginning: rows are dropped when a disk is full. May use files.
//!
//! Records of 20 bytes: first and last number, CRC-32 of both; zeros are none.

use crate::files::{private, refusal};
use lineseal_core::error::Result;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes of a record, and of the file at first.
const RECORD: usize = 20;
const ROOM: usize = 4_096;

/// The name of the file in a spool's folder.
pub const NAME: &str = "lost";

/// Spans of numbers, and the file that has them, too.
#[derive(Debug)]
pub(crate) struct Lost {
    file: File,
    spans: Vec<(u64, u64)>,
}

impl Lost {
    pub(crate) fn create(folder: &Path) -> Result<Lost> {
        let path = folder.join(NAME);
        let made = private(&path, false).and_then(|mut file| {
            file.write_all(&[0; ROOM])?;
            Ok(file)
        });
        let file = made.map_err(|error| refusal(&error, "make", &path))?;
        Ok(Lost { file, spans: Vec::new() })
    }

    /// More, greater than all before.
    pub(crate) fn add(&mut self, first: u64, to: u64) {
        match self.spans.last_mut() {
            Some((_, last)) if *last + 1 == first => *last = to,
            _ => self.spans.push((first, to)),
        }
        let place = self.spans.len() - 1;
        if let Some(&span) = self.spans.last() {
            // Where the file cannot be written to, they are still known here.
            let _ = self.write(place, &record(span));
        }
    }

    pub(crate) fn spans(&self) -> &[(u64, u64)] {
        &self.spans
    }

    /// A gap event tells of all up to this one.
    pub(crate) fn told(&mut self, upto: u64) {
        let records = self.spans.len();
        self.spans.retain(|&(_, last)| last > upto);
        if let Some((first, _)) = self.spans.first_mut() {
            *first = (*first).max(upto + 1);
        }
        let mut bytes: Vec<u8> = self.spans.iter().flat_map(|&span| record(span)).collect();
        bytes.resize(records * RECORD, 0);
        let _ = self.write(0, &bytes);
    }

    fn write(&mut self, place: usize, bytes: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start((place * RECORD) as u64))?;
        self.file.write_all(bytes)
    }
}

fn record((first, last): (u64, u64)) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    let (numbers, sum) = bytes.split_at_mut(16);
    let (one, other) = numbers.split_at_mut(8);
    one.copy_from_slice(&first.to_le_bytes());
    other.copy_from_slice(&last.to_le_bytes());
    sum.copy_from_slice(&crc32fast::hash(numbers).to_le_bytes());
    bytes
}

/// The spans in the file of a spool; none where it is not there.
pub fn read_lost(folder: &Path) -> Vec<(u64, u64)> {
    let bytes = std::fs::read(folder.join(NAME)).unwrap_or_default();
    let records = bytes.chunks_exact(RECORD).filter_map(|bytes| {
        let (first, rest) = bytes.split_first_chunk::<8>()?;
        let (last, _) = rest.split_first_chunk::<8>()?;
        let span = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        (record(span) == bytes && span.0 <= span.1).then_some(span)
    });
    records.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_file_has_what_was_dropped_and_not_told(
            steps in proptest::collection::vec((1..3_u64, any::<bool>()), 0..40),
        ) {
            let folder = tempfile::tempdir()?;
            let fail = |error: lineseal_core::error::Error| TestCaseError::fail(error.to_string());
            let mut lost = Lost::create(folder.path()).map_err(fail)?;
            let (mut seq, mut numbers) = (0, Vec::new());
            for (step, tell) in steps {
                seq += step;
                lost.add(seq, seq);
                numbers.push(seq);
                if tell {
                    let upto = seq - 1;
                    lost.told(upto);
                    numbers.retain(|&number| number > upto);
                }
                let read = read_lost(folder.path());
                prop_assert_eq!(&read[..], lost.spans());
                let kept: Vec<u64> = read.iter().flat_map(|&(first, last)| first..=last).collect();
                prop_assert_eq!(&kept, &numbers);
            }
        }
    }
}
