//! A ledger on a shelf: vectors that play the source and the log for the tests of the graph.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::control::Control;
use lineseal_core::dag::report::{Check, Report, Verdict};
use lineseal_core::dag::source::{Chunk, Log, Source};
use lineseal_core::dag::{verify, verify_blocks, verify_log};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

/// Stored names and blocks in the order of the log; tests change them at will.
#[derive(Clone, Default)]
pub struct Shelf {
    pub events: Vec<(Hash, Vec<u8>)>,
    pub children: Vec<Vec<u64>>,
    pub index: HashMap<Hash, u64>,
    /// Indices whose section the ledger cannot read.
    pub damaged: Vec<u64>,
}

impl Shelf {
    pub fn new() -> Self {
        Self::default()
    }

    /// One event a row: the indices of its parents.
    pub fn of(parents: &[&[u64]]) -> Self {
        let mut shelf = Shelf::new();
        parents.iter().for_each(|row| _ = shelf.add(row));
        shelf
    }

    pub fn chain(length: u64) -> Self {
        let mut shelf = Shelf::new();
        shelf.add(&[]);
        (1..length).for_each(|i| _ = shelf.add(&[i - 1]));
        shelf
    }

    /// Adds an event with these parents, unlike any other.
    pub fn add(&mut self, parents: &[u64]) -> Hash {
        let hashes: Vec<_> = parents.iter().map(|&p| (self.hash(p), "")).collect();
        let (hash, block) = event(self.events.len() as u64, &hashes);
        self.put(hash, block, parents);
        hash
    }

    pub fn put(&mut self, hash: Hash, block: Vec<u8>, parents: &[u64]) {
        let index = self.events.len() as u64;
        self.index.entry(hash).or_insert(index);
        parents.iter().for_each(|&p| self.children[p as usize].push(index));
        self.children.push(Vec::new());
        self.events.push((hash, block));
    }

    pub fn hash(&self, index: u64) -> Hash {
        self.events[index as usize].0
    }

    pub fn block(&mut self, index: u64) -> &mut Vec<u8> {
        &mut self.events[index as usize].1
    }

    pub fn log(&self) -> ShelfLog<'_> {
        ShelfLog { shelf: self, at: 0, step: 7, claim: self.events.len() as u64 }
    }

    pub fn verify(&self, indices: &[u64]) -> Report {
        let names: Vec<_> = indices.iter().map(|&i| self.hash(i)).collect();
        verify(self, &names, &Control::new()).unwrap()
    }

    pub fn verify_log(&self) -> Report {
        verify_log(&mut self.log(), &[], &Control::new()).unwrap()
    }

    pub fn verify_blocks(&self) -> Report {
        let blocks: Vec<_> = self.events.iter().map(|(h, b)| (*h, b.as_slice())).collect();
        verify_blocks(&blocks, &Control::new()).unwrap()
    }
}

impl Source for Shelf {
    fn len(&self) -> u64 {
        self.events.len() as u64
    }

    fn find(&self, hash: &Hash) -> Result<Option<u64>> {
        Ok(self.index.get(hash).copied())
    }

    fn read(&self, index: u64, buffer: &mut Vec<u8>) -> Result<Hash> {
        if self.damaged.contains(&index) {
            return Err(Error::new(Code::CorruptLedger, "a section is torn"));
        }
        let (hash, block) = &self.events[index as usize];
        buffer.extend_from_slice(block);
        Ok(*hash)
    }

    fn children(&self, index: u64, after: Option<u64>, limit: usize) -> Result<Vec<u64>> {
        let all = &self.children[index as usize];
        let from = all.partition_point(|&child| after.is_some_and(|after| child <= after));
        Ok(all[from..].iter().copied().take(limit).collect())
    }
}

/// Reads a shelf in small chunks, so that links cross them.
pub struct ShelfLog<'a> {
    shelf: &'a Shelf,
    at: usize,
    pub step: usize,
    pub claim: u64,
}

impl Log for ShelfLog<'_> {
    fn total(&self) -> u64 {
        self.claim
    }

    fn next(&mut self, chunk: &mut Chunk) -> Result<bool> {
        let events = &self.shelf.events[self.at..];
        let events = &events[..self.step.min(events.len())];
        chunk.first = self.at as u64;
        chunk.bytes.clear();
        chunk.events.clear();
        chunk.findings.clear();
        for (hash, block) in events {
            let start = chunk.bytes.len();
            chunk.bytes.extend_from_slice(block);
            chunk.events.push((*hash, start..chunk.bytes.len()));
        }
        self.at += events.len();
        Ok(!events.is_empty())
    }
}

/// An event of a custom type whose payload is `{n}`.
pub fn event(n: u64, parents: &[(Hash, &str)]) -> (Hash, Vec<u8>) {
    let mut writer = Writer::new();
    writer.begin("test/node").unwrap();
    writer.time(0);
    parents.iter().for_each(|(hash, role)| writer.parent(*hash, role).unwrap());
    writer.field("n").unwrap();
    writer.int(n.into()).unwrap();
    let mut block = Vec::new();
    let hash = writer.finish(Fill::Refuse, &mut block).unwrap();
    (hash, block)
}

/// Sees to it that what was asked to stop does, with this error.
pub fn assert_stops<T: Send>(mut work: impl FnMut(&Control) -> Result<T> + Send) {
    let control = Control::new();
    thread::scope(|scope| {
        // Again and again: on a slow machine it may be done before it is asked to stop.
        let worker = scope.spawn(|| {
            loop {
                if let Err(error) = work(&control) {
                    break error;
                }
            }
        });
        while control.progress().0 < 10_000 {
            thread::sleep(Duration::from_millis(1));
        }
        let asked = Instant::now();
        control.cancel();
        assert_eq!(worker.join().unwrap().code(), Code::Cancelled);
        // Some 10 ms on an idle machine.
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    });
}

/// Index and check of every finding.
pub fn places(report: &Report) -> Vec<(Option<u64>, Check)> {
    report.findings.iter().map(|f| (f.index, f.check)).collect()
}

pub fn assert_ok(report: &Report, checked: u64) {
    assert_eq!(report.verdict(), Verdict::Ok, "{:?}", report.findings);
    assert_eq!(report.checked, checked);
}
