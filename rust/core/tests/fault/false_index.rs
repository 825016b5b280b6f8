//! An index that answers too much, or fails: what it says is confirmed in the log, and its errors
//! are errors.

use crate::events::Events;
use crate::opening::open;
use crate::points::record;
use lineseal_core::control::Control;
use lineseal_core::dag::trace;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::keys::KeyKind;
use lineseal_core::hash::Hash;
use lineseal_core::index::runs::RunIndex;
use lineseal_core::index::{Candidates, Entry, GroupNote, Index, Location};
use lineseal_core::ledger::{Ledger, Options};
use lineseal_core::media::fault::FaultMedia;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Every answer holds false ones; call number `fails_at` fails.
struct FalseIndex {
    true_one: RunIndex,
    calls: Arc<AtomicU64>,
    fails_at: u64,
}

impl FalseIndex {
    fn called(&self) -> Result<()> {
        if self.calls.fetch_add(1, Relaxed) == self.fails_at {
            return Err(Error::new(Code::Storage, "the index cannot be read (rehearsed)"));
        }
        Ok(())
    }
}

impl Index for FalseIndex {
    fn len(&self) -> u64 {
        self.true_one.len()
    }

    fn forget(&self) -> Result<()> {
        self.true_one.forget()
    }

    fn append(&self, group: &GroupNote<'_>, entries: &[Entry<'_>]) -> Result<()> {
        self.called()?;
        self.true_one.append(group, entries)
    }

    fn recorded_at(&self, index: u64) -> Result<i64> {
        self.called()?;
        self.true_one.recorded_at(index)
    }

    fn candidates(&self, prefix: u64, bound: u64) -> Result<Candidates> {
        self.called()?;
        let mut answer: Candidates = (0..bound).filter(|i| i % 3 == prefix % 3).collect();
        answer.extend(self.true_one.candidates(prefix, bound)?);
        Ok(answer)
    }

    fn candidates_between(
        &self,
        low: u64,
        high: u64,
        bound: u64,
        limit: usize,
    ) -> Result<Candidates> {
        self.called()?;
        self.true_one.candidates_between(low, high, bound, limit)
    }

    fn location(&self, index: u64) -> Result<Location> {
        self.called()?;
        self.true_one.location(index)
    }

    fn children(
        &self,
        parent: u64,
        after: Option<u64>,
        bound: u64,
        limit: usize,
    ) -> Result<Vec<u64>> {
        self.called()?;
        let mut answer = self.true_one.children(parent, after, bound, limit)?;
        let last = answer.last().copied().unwrap_or(bound);
        let first = after.map_or(0, |after| after + 1).max(parent + 1);
        answer.extend((first..last).filter(|index| index % 2 == 0));
        answer.sort_unstable();
        answer.dedup();
        answer.truncate(limit);
        Ok(answer)
    }

    fn lookup(&self, key: u64, before: Option<u64>, bound: u64, limit: usize) -> Result<Vec<u64>> {
        self.called()?;
        let mut answer = self.true_one.lookup(key, before, bound, limit)?;
        let end = before.unwrap_or(bound).min(bound);
        let start = answer.last().map_or(0, |last| last + 1);
        answer.extend((start..end).filter(|index| index % 2 == 0));
        answer.sort_unstable_by(|a, b| b.cmp(a));
        answer.dedup();
        answer.truncate(limit);
        Ok(answer)
    }
}

fn open_false(media: &FaultMedia, fails_at: u64) -> (Result<Ledger>, Arc<AtomicU64>) {
    let calls = Arc::new(AtomicU64::new(0));
    let index = FalseIndex { true_one: RunIndex::in_memory(), calls: calls.clone(), fails_at };
    let options = Options { create: true, ..Options::default() };
    (Ledger::open_on(Arc::new(media.clone()), Box::new(index), options), calls)
}

/// A chain with side branches, in batches of one to three.
fn batches() -> Vec<Events> {
    let mut all: Vec<Events> = Vec::new();
    for number in 0..12 {
        let parents: Vec<Hash> = all.iter().rev().take(2).map(|b| b.hashes[0]).collect();
        let mut events = Events::default();
        for event in 0..=number % 3 {
            events.add(&format!("d{number}-{event}"), 40, &parents);
        }
        all.push(events);
    }
    all
}

/// Everything that is asked through an index.
fn answers(ledger: &Ledger, batches: &[Events]) -> Result<Vec<String>> {
    let snapshot = ledger.snapshot()?;
    let control = Control::new();
    let mut told = Vec::new();
    for hash in batches.iter().flat_map(|batch| &batch.hashes) {
        let stored = snapshot.get(hash)?;
        told.push(format!("{} {} {}", stored.hash, stored.index, stored.block.len()));
        told.push(format!("{}", snapshot.resolve(&hash.to_string()[..8])?));
        told.push(format!("{:?}", trace(&snapshot, &[*hash], None, None, &control)?));
        let impact = lineseal_core::dag::impact;
        told.push(format!("{:?}", impact(&snapshot, stored.index, None, 100, &control)?));
    }
    for number in 0..12 {
        let found =
            snapshot.find(KeyKind::Dataset, &format!("d{number}-0"), None, 10, usize::MAX)?;
        told.push(format!("{:?}", found.iter().map(|s| s.index).collect::<Vec<_>>()));
    }
    match snapshot.get(&Hash::of(b"not there")) {
        Err(error) if error.code() == Code::EventNotFound => {}
        Err(error) => return Err(error),
        Ok(stored) => panic!("found {stored:?}"),
    }
    Ok(told)
}

#[test]
fn false_candidates_change_no_answer() {
    let batches = batches();
    let plain = open(&FaultMedia::new(1)).unwrap();
    let (lying, _) = open_false(&FaultMedia::new(1), u64::MAX);
    let lying = lying.unwrap();
    for batch in batches.iter().chain(&batches[3..5]) {
        let strip = |ledger| {
            let receipts = record(ledger, batch).unwrap();
            receipts.iter().map(|r| (r.hash, r.index, r.created)).collect::<Vec<_>>()
        };
        assert_eq!(strip(&lying), strip(&plain));
    }
    assert_eq!(answers(&lying, &batches).unwrap(), answers(&plain, &batches).unwrap());
}

#[test]
fn an_index_that_fails_at_any_call_loses_nothing_and_answers_nothing_wrong() {
    let batches = batches();
    let (ledger, calls) = open_false(&FaultMedia::new(1), u64::MAX);
    let ledger = ledger.unwrap();
    batches.iter().for_each(|batch| drop(record(&ledger, batch).unwrap()));
    let truth = answers(&ledger, &batches).unwrap();
    let (total, mut failures) = (calls.load(Relaxed), 0);
    for fails_at in 0..total {
        failures += u64::from(fail_at(fails_at, &batches, &truth));
    }
    assert!(failures > total / 2, "{failures} of {total} calls failed");
}

/// Whether the failing call was met by an error.
fn fail_at(fails_at: u64, batches: &[Events], truth: &[String]) -> bool {
    let media = FaultMedia::new(fails_at);
    let (ledger, _) = open_false(&media, fails_at);
    let Ok(ledger) = ledger else { return true };
    let mut acknowledged = Vec::new();
    let mut failed = false;
    for batch in batches {
        match record(&ledger, batch) {
            Ok(receipts) => acknowledged.push((batch, receipts)),
            Err(error) => {
                assert!(
                    matches!(error.code(), Code::OutcomeUnknown | Code::Storage),
                    "call {fails_at}: {error:?}"
                );
                failed = true;
                break;
            }
        }
    }
    if !failed {
        match answers(&ledger, batches) {
            Ok(answers) => assert_eq!(answers, truth, "call {fails_at}"),
            Err(error) => {
                assert_eq!(error.code(), Code::Storage, "call {fails_at}: {error}");
                failed = true;
            }
        }
    }
    drop(ledger);
    let ledger = open(&media).unwrap();
    for (batch, before) in acknowledged {
        for (now, before) in record(&ledger, batch).unwrap().iter().zip(before) {
            assert_eq!((now.index, now.created), (before.index, false), "call {fails_at}");
        }
    }
    batches.iter().for_each(|batch| drop(record(&ledger, batch).unwrap()));
    assert_eq!(answers(&ledger, batches).unwrap(), truth, "call {fails_at}");
    failed
}
