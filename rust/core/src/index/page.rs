//! Pages: what a run's file is made of. Each ends with a CRC-32 of what it holds, of the run it
//! belongs to and of its place there, so that neither a damaged page nor a whole one from
//! elsewhere is believed. May use cache, media, error.

use super::cache::{self, Page};
use crate::error::{Code, Error, Result};
use crate::media::{File, Purpose};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Bytes of a page.
pub(super) const PAGE: usize = 4_096;

/// Bytes of a page before its checksum.
pub(super) const BODY: usize = PAGE - 4;

/// Pages that are read or written at once by whoever goes through them all.
const STRIDE: usize = 64;

/// Bytes after which a new file is synced on the way, so that no sync is a long one.
const SYNC: usize = 8 << 20;

fn checksum(body: &[u8], tag: u64, number: u32) -> u32 {
    // For one run no two places have the same seed.
    let seed = (tag ^ tag >> 32) as u32 ^ number.wrapping_mul(0x9e37_79b1);
    let mut crc = crc32fast::Hasher::new_with_initial(seed);
    crc.update(body);
    crc.finalize()
}

fn is_sound(page: &[u8], tag: u64, number: u32) -> bool {
    match page.split_at_checked(BODY) {
        Some((body, crc)) => crc == checksum(body, tag, number).to_le_bytes(),
        None => false,
    }
}

/// A finished file of pages.
#[derive(Debug)]
pub(super) struct Pages {
    pub(super) file: Arc<dyn File>,
    pub(super) path: String,
    /// What the run was given at its making, at random.
    pub(super) tag: u64,
    /// Its number among the files that this process has open.
    pub(super) serial: u64,
    /// Set by the first page that cannot be had.
    pub(super) broken: Arc<AtomicBool>,
}

impl Pages {
    /// The page, from memory or from the file.
    pub(super) fn get(&self, number: u32) -> Result<Page> {
        if let Some(page) = cache::get(self.serial, number) {
            return Ok(page);
        }
        let mut page: Page = Arc::new([0; PAGE]);
        if let Some(bytes) = Arc::get_mut(&mut page) {
            self.read(number, bytes)?;
        }
        cache::put(self.serial, number, &page);
        Ok(page)
    }

    /// Reads as many pages as `into` has room for, past the memory for single ones.
    fn read(&self, number: u32, into: &mut [u8]) -> Result<()> {
        let read = self.file.read_at(u64::from(number) * PAGE as u64, into);
        let read = read.map_err(|error| self.refuse(number, error.message()))?;
        if read < into.len() {
            return Err(self.refuse(number, "the file ends before it"));
        }
        match (number..).zip(into.chunks(PAGE)).find(|(n, page)| !is_sound(page, self.tag, *n)) {
            Some((damaged, _)) => Err(self.refuse(damaged, "its checksum does not fit")),
            None => Ok(()),
        }
    }

    /// Goes through `count` pages from `first` on, in order.
    pub(super) fn sweep(&self, first: u32, count: u32) -> Sweep<'_> {
        Sweep { pages: self, next: first, end: first + count, held: Vec::new(), at: 0 }
    }

    /// The failure of a question that needs this page.
    pub(super) fn refuse(&self, page: u32, why: &str) -> Error {
        self.broken.store(true, Relaxed);
        Error::new(Code::Storage, format!("page {page} of {} cannot be used: {why}", self.path))
            .path(&self.path)
            .remedy("Close the ledger and open it again: the index is built anew from the log")
    }
}

/// A walk through pages that are needed once.
#[derive(Debug)]
pub(super) struct Sweep<'a> {
    pages: &'a Pages,
    next: u32,
    end: u32,
    held: Vec<u8>,
    at: usize,
}

impl Sweep<'_> {
    /// The body of the next page; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>> {
        if self.at >= self.held.len() {
            let count = (self.end - self.next).min(STRIDE as u32);
            if count == 0 {
                return Ok(None);
            }
            self.held.resize(count as usize * PAGE, 0);
            self.pages.read(self.next, &mut self.held)?;
            self.next += count;
            self.at = 0;
        }
        let body = self.held.get(self.at..self.at + BODY);
        self.at += PAGE;
        Ok(body)
    }
}

/// A file of pages that is being written.
pub(super) struct PageWriter<'a> {
    file: Arc<dyn File>,
    tag: u64,
    /// The page that is being filled.
    number: u32,
    /// Whole pages, and the beginning of one.
    buffer: Vec<u8>,
    written: u64,
    synced: u64,
    /// Called now and then; its refusal ends the writing.
    pause: &'a mut dyn FnMut() -> Result<()>,
}

impl<'a> PageWriter<'a> {
    pub(super) fn new(
        file: Arc<dyn File>,
        tag: u64,
        pause: &'a mut dyn FnMut() -> Result<()>,
    ) -> PageWriter<'a> {
        let buffer = Vec::with_capacity((STRIDE + 1) * PAGE);
        PageWriter { file, tag, number: 0, buffer, written: 0, synced: 0, pause }
    }

    /// Adds a cell; none is ever divided between pages.
    pub(super) fn cell(&mut self, cell: &[u8]) -> Result<()> {
        if self.buffer.len() % PAGE + cell.len() > BODY {
            self.end_page()?;
        }
        self.buffer.extend_from_slice(cell);
        Ok(())
    }

    /// Fills the page up with zeros, unless nothing is in it; the number of the next one.
    pub(super) fn end_page(&mut self) -> Result<u32> {
        let begun = self.buffer.len() % PAGE;
        if begun > 0 {
            let start = self.buffer.len() - begun;
            self.buffer.resize(start + BODY, 0);
            let body = self.buffer.get(start..).unwrap_or_default();
            let crc = checksum(body, self.tag, self.number);
            self.buffer.extend_from_slice(&crc.to_le_bytes());
            self.number += 1;
            if self.buffer.len() >= STRIDE * PAGE {
                self.write_out()?;
            }
        }
        Ok(self.number)
    }

    fn write_out(&mut self) -> Result<()> {
        self.file.write_at(self.written, &self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        if self.written - self.synced >= SYNC as u64 {
            self.file.sync(Purpose::IndexRun)?;
            self.synced = self.written;
        }
        (self.pause)()
    }

    /// Ends the last page and waits until all of them are durable; how many there are.
    pub(super) fn finish(mut self) -> Result<u32> {
        self.end_page()?;
        self.write_out()?;
        if self.synced < self.written {
            self.file.sync(Purpose::IndexRun)?;
        }
        Ok(self.number)
    }
}
