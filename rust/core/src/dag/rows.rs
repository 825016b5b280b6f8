//! Events that came from elsewhere as sources to verify: the rows of a trace, and a log that is fed
//! page by page. What contradicts itself is refused; nothing else is believed either, but found out
//! by verifying. May use source, error.

use crate::dag::source::{Chunk, Log, Source};
use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use std::collections::HashMap;
use std::iter::Peekable;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::vec::IntoIter;

/// Bytes of a chunk after which the next one begins.
const CHUNK: usize = 256 << 10;

/// Pages that wait to be verified: whoever feeds waits, and they do not pile up.
const PAGES: usize = 4;

/// Rows as a source of events.
#[derive(Debug)]
pub struct Rows<B> {
    places: HashMap<Hash, u64>,
    events: HashMap<u64, (Hash, B)>,
    len: u64,
}

impl<B: AsRef<[u8]>> Rows<B> {
    /// Rows of hash, index and block. The same row may come again; rows that differ in one of
    /// these and agree in another may not: only one of them would be looked at.
    pub fn of(rows: impl IntoIterator<Item = Result<(Hash, u64, B)>>) -> Result<Self> {
        let mut found = Rows { places: HashMap::new(), events: HashMap::new(), len: 0 };
        for row in rows {
            let (hash, index, block) = row?;
            found.add(hash, index, block)?;
        }
        Ok(found)
    }

    fn add(&mut self, hash: Hash, index: u64, block: B) -> Result<()> {
        match self.events.get(&index) {
            Some((other, _)) if *other != hash => {
                let message = format!("two events came with the index {index}: {other} and {hash}");
                return Err(lie(message).hash(hash));
            }
            Some((_, other)) if other.as_ref() != block.as_ref() => {
                return Err(lie(format!("two blocks came for {hash}")).hash(hash));
            }
            _ => {}
        }
        if let Some(other) = self.places.insert(hash, index)
            && other != index
        {
            let message = format!("{hash} came with two indices: {other} and {index}");
            return Err(lie(message).hash(hash));
        }
        self.events.insert(index, (hash, block));
        self.len = self.len.max(index.saturating_add(1));
        Ok(())
    }
}

impl<B: AsRef<[u8]> + Sync> Source for Rows<B> {
    fn len(&self) -> u64 {
        self.len
    }

    fn find(&self, hash: &Hash) -> Result<Option<u64>> {
        Ok(self.places.get(hash).copied())
    }

    fn read(&self, index: u64, buffer: &mut Vec<u8>) -> Result<Hash> {
        let (hash, block) =
            self.events.get(&index).ok_or_else(|| lie(format!("no event {index}")))?;
        buffer.extend_from_slice(block.as_ref());
        Ok(*hash)
    }

    fn children(&self, _: u64, _: Option<u64>, _: usize) -> Result<Vec<u64>> {
        Ok(Vec::new())
    }
}

#[cold]
fn lie(message: String) -> Error {
    Error::new(Code::CorruptLedger, message).remedy("Do not trust this answer")
}

/// A part of a log: hashes, indices and blocks.
pub type Page<B> = Vec<(Hash, u64, B)>;

/// A log as it is fed, and where its pages go in. It ends when the sender is dropped.
pub fn fed<B>(total: u64) -> (SyncSender<Page<B>>, Fed<B>) {
    let (sender, receiver) = sync_channel(PAGES);
    (sender, Fed { total, receiver, page: Vec::new().into_iter().peekable(), next: 0 })
}

/// See [`fed`].
#[derive(Debug)]
pub struct Fed<B> {
    total: u64,
    receiver: Receiver<Page<B>>,
    page: Peekable<IntoIter<(Hash, u64, B)>>,
    next: u64,
}

impl<B: AsRef<[u8]> + Send> Log for Fed<B> {
    fn total(&self) -> u64 {
        self.total
    }

    fn next(&mut self, chunk: &mut Chunk) -> Result<bool> {
        chunk.bytes.clear();
        chunk.events.clear();
        chunk.findings.clear();
        while self.page.peek().is_none() {
            let Ok(page) = self.receiver.recv() else { return Ok(false) };
            self.page = page.into_iter().peekable();
        }
        chunk.first = self.page.peek().map_or(self.next, |(_, index, _)| *index);
        self.next = chunk.first;
        while let Some((hash, _, block)) =
            self.page.next_if(|(_, index, _)| *index == self.next && chunk.bytes.len() < CHUNK)
        {
            let start = chunk.bytes.len();
            chunk.bytes.extend_from_slice(block.as_ref());
            chunk.events.push((hash, start..chunk.bytes.len()));
            // Any index may be claimed.
            self.next = self.next.wrapping_add(1);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const A: Hash = Hash([1; 32]);
    const B: Hash = Hash([2; 32]);

    fn rows(rows: &[(Hash, u64, &'static str)]) -> Result<Rows<&'static str>> {
        Rows::of(rows.iter().copied().map(Ok))
    }

    #[test]
    fn rows_are_found_by_hash_and_read_by_index() {
        let rows = rows(&[(B, 7, "b"), (A, 3, "a"), (A, 3, "a")]).unwrap();
        assert_eq!(
            (rows.len(), rows.find(&A).unwrap(), rows.find(&B).unwrap()),
            (8, Some(3), Some(7))
        );
        let mut buffer = Vec::new();
        assert_eq!((rows.read(3, &mut buffer).unwrap(), buffer.as_slice()), (A, &b"a"[..]));
        assert_eq!(rows.read(4, &mut buffer).unwrap_err().code(), Code::CorruptLedger);
        assert_eq!(rows.find(&Hash([0; 32])).unwrap(), None);
    }

    #[test]
    fn rows_that_contradict_one_another_are_refused() {
        for (second, words) in [
            ((B, 3, "b"), "two events came with the index 3"),
            ((A, 3, "b"), "two blocks"),
            ((A, 4, "a"), "two indices: 3 and 4"),
        ] {
            let error = rows(&[(A, 3, "a"), second]).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(error.hash_hex(), Some(second.0.to_string().as_str()));
        }
        assert_eq!(rows(&[(A, u64::MAX, "a")]).unwrap().len(), u64::MAX);
    }

    /// First index and blocks of each chunk of the pages.
    fn chunks(pages: Vec<Page<Vec<u8>>>) -> Vec<(u64, usize)> {
        let (sender, mut log) = fed(9);
        thread::scope(|scope| {
            scope.spawn(move || pages.into_iter().for_each(|page| sender.send(page).unwrap()));
            let (mut chunk, mut found) = (Chunk::default(), Vec::new());
            while log.next(&mut chunk).unwrap() {
                found.push((chunk.first, chunk.events.len()));
            }
            found
        })
    }

    #[test]
    fn a_log_that_is_fed_goes_on_over_pages_and_begins_anew_at_every_gap() {
        let row = |index| (A, index, vec![0; 10]);
        let pages = vec![vec![row(0), row(1)], vec![], vec![row(2)], vec![row(5), row(4), row(5)]];
        assert_eq!(chunks(pages), [(0, 2), (2, 1), (5, 1), (4, 2)]);
        assert_eq!(chunks(vec![vec![row(u64::MAX), row(0)]]), [(u64::MAX, 2)]);
        assert_eq!(chunks(vec![]), []);
    }

    #[test]
    fn chunks_are_cut_where_they_are_full() {
        let page = (0..7).map(|index| (A, index, vec![0; 100 << 10])).collect();
        assert_eq!(chunks(vec![page]), [(0, 3), (3, 3), (6, 1)]);
    }
}
