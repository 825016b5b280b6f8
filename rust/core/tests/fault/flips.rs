//! Each byte of each file of a ledger changed in turn: reported, or without any effect.

use crate::events::Events;
use crate::points::{open, record};
use lineseal_core::control::Control;
use lineseal_core::dag::impact;
use lineseal_core::dag::report::Verdict;
use lineseal_core::dag::trace;
use lineseal_core::dag::verify_log;
use lineseal_core::error::Result;
use lineseal_core::event::keys::KeyKind;
use lineseal_core::index::memory::MemoryIndex;
use lineseal_core::ledger::{Ledger, Options, SlotState};
use lineseal_core::media::fault::{Crash, FaultMedia};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

type Files = BTreeMap<String, Vec<u8>>;

/// Answers, or how the damage was reported.
type Told = std::result::Result<Vec<String>, String>;

/// Begins a report that came after something had been acknowledged.
const TOO_LATE: &str = "too late:";

/// Thirty events in ten batches; each batch stands on the one before.
fn batches() -> Vec<Events> {
    let mut all: Vec<Events> = Vec::new();
    for number in 0..10 {
        let parents = all.last().map(|b| b.hashes.clone()).unwrap_or_default();
        let mut events = Events::default();
        (0..3).for_each(|e| events.add(&format!("b{number}e{e}"), 10 * e, &parents));
        all.push(events);
    }
    all
}

/// All that can be asked, as text; an error where anything reports damage.
fn answers(ledger: &Ledger, known: &[Events]) -> Result<Told> {
    let snapshot = ledger.snapshot()?;
    let control = Control::new();
    let stats = ledger.stats()?;
    if !stats.damage.is_empty()
        || !stats.torn.is_empty()
        || stats.slots.contains(&SlotState::Invalid)
    {
        return Ok(Err(format!("stats: {:?} {:?} {:?}", stats.damage, stats.torn, stats.slots)));
    }
    let report = verify_log(snapshot.log()?.as_mut(), &[], &control)?;
    if report.verdict() != Verdict::Ok {
        return Ok(Err(format!("verify_all: {:?}", report.findings)));
    }
    let mut told =
        vec![format!("{} {} {} {}", snapshot.len(), stats.id, stats.origin, report.checked)];
    for index in 0..snapshot.len().min(30) {
        told.push(format!("{:?}", snapshot.at(index)?));
    }
    for hash in known.iter().flat_map(|batch| &batch.hashes) {
        let stored = snapshot.get(hash)?;
        told.push(format!("{} {} {:?}", stored.index, stored.hash, stored.block));
        told.push(format!("{:?}", trace(&snapshot, &[*hash], None, None, &control)?));
        told.push(format!("{:?}", impact(&snapshot, stored.index, None, 100, &control)?));
    }
    for number in 0..10 {
        let found =
            snapshot.find(KeyKind::Dataset, &format!("b{number}e0"), None, 10, usize::MAX)?;
        told.push(format!("{found:?}"));
    }
    Ok(Ok(told))
}

/// What a reader is told; an error where the damage is reported.
fn read(files: &Files, known: &[Events]) -> Told {
    let options = Options { read_only: true, ..Options::default() };
    let media = Arc::new(FaultMedia::holding(files));
    let reader = Ledger::open_on(media, Box::new(MemoryIndex::new()), options);
    let reader = reader.map_err(|e| format!("open: {e}"))?;
    answers(&reader, known).map_err(|e| format!("reader: {e}"))?
}

/// What a writer is told, and what the next append and a reopening bring.
fn write(files: &Files, known: &[Events]) -> Told {
    let media = FaultMedia::holding(files);
    let ledger = open(&media).map_err(|e| format!("open: {e}"))?;
    let mut told = answers(&ledger, known).map_err(|e| format!("writer: {e}"))??;
    let mut next = known[3].clone();
    next.add("next", 10, &known[9].hashes);
    let receipts = record(&ledger, &next).map_err(|e| format!("{TOO_LATE} append: {e}"))?;
    told.push(format!("{receipts:?}"));
    ledger.close().map_err(|e| format!("{TOO_LATE} close: {e}"))?;
    let ledger = open(&media).map_err(|e| format!("{TOO_LATE} reopening: {e}"))?;
    let mut known = known.to_vec();
    known.push(next);
    let later = answers(&ledger, &known).map_err(|e| format!("{TOO_LATE} answers: {e}"))?;
    told.extend(later.map_err(|e| format!("{TOO_LATE} report: {e}"))?);
    Ok(told)
}

/// Flips every byte with these patterns; returns what was neither reported nor harmless.
fn flip_all(files: &Files, patterns: &[u8]) -> (usize, usize, Vec<String>) {
    let known = batches();
    let truth = [read, write].map(|ask| ask(files, &known).unwrap());
    let places: Vec<(&String, usize, u8)> = files
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |at| (path, at)))
        .flat_map(|(path, at)| patterns.iter().map(move |pattern| (path, at, *pattern)))
        .collect();
    let (next, reported) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut missed = Vec::new();
        while let Some((path, at, pattern)) = places.get(next.fetch_add(1, Relaxed)) {
            let mut flipped = files.clone();
            flipped.get_mut(*path).unwrap()[*at] ^= pattern;
            let told = [read, write].map(|ask| ask(&flipped, &known));
            let harmless = told.iter().zip(&truth).all(|(told, truth)| told.as_ref() == Ok(truth));
            let early = |told: &Told| told.as_ref().is_err_and(|r| !r.starts_with(TOO_LATE));
            match told.iter().all(early) {
                true => drop(reported.fetch_add(1, Relaxed)),
                false if harmless => {}
                false => missed.push(format!("{path} byte {at} ^ {pattern:#x}: {told:.300?}")),
            }
        }
        missed
    };
    let missed = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    (places.len(), reported.into_inner(), missed)
}

fn report(what: &str, (flips, reported, missed): (usize, usize, Vec<String>)) {
    println!("{what}: {flips} flips, {reported} reported, {} harmless", flips - reported);
    assert!(missed.is_empty(), "{what}: {} missed; the first:\n{}", missed.len(), missed[0]);
}

#[test]
fn each_flipped_byte_of_a_closed_ledger_is_reported_or_harmless() {
    let media = FaultMedia::new(1);
    let ledger = open(&media).unwrap();
    batches().iter().for_each(|batch| drop(record(&ledger, batch).unwrap()));
    ledger.close().unwrap();
    report("closed", flip_all(&media.files(), &[0x01, 0xff]));
}

#[test]
fn each_flipped_byte_of_a_ledger_whose_writer_died_is_reported_or_harmless() {
    let media = FaultMedia::new(2);
    let ledger = open(&media).unwrap();
    batches().iter().for_each(|batch| drop(record(&ledger, batch).unwrap()));
    let mut files = media.crash(Crash::Process).files();
    for bytes in files.values_mut() {
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 100);
        bytes.truncate(end); // of the reservation, a little is enough
    }
    report("died", flip_all(&files, &[0x80]));
}
