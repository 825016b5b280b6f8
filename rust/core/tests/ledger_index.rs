//! A ledger over an index on disk: what is kept, when it is believed, and what becomes of damage.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ledger_common;

use ledger_common::*;
use lineseal_core::control::Control;
use lineseal_core::dag;
use lineseal_core::error::Code;
use lineseal_core::event::keys::KeyKind;
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Options};
use std::fs;
use std::path::{Path, PathBuf};

/// More than a closed ledger leaves to be read.
const EVENTS: usize = 9_000;

/// A closed ledger with an index; its names.
fn indexed(path: &Path, name: &str) -> Vec<Hash> {
    let ledger = open(path, create()).unwrap();
    let hashes = fill(&ledger, name, EVENTS);
    ledger.close().unwrap();
    hashes
}

fn fill(ledger: &Ledger, name: &str, events: usize) -> Vec<Hash> {
    let origin = record(ledger, &[dataset(name)]).unwrap()[0].hash;
    let blocks: Vec<_> =
        (1..events).map(|n| prediction(&format!("{name}-{n}"), n as i64, &[origin])).collect();
    let receipts = blocks.chunks(3_000).flat_map(|some| record(ledger, some).unwrap());
    std::iter::once(origin).chain(receipts.map(|receipt| receipt.hash)).collect()
}

fn runs(path: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(path.join("index")).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|end| end == "run")).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            drop(fs::copy(entry.path(), to))
        }
    }
}

fn flip(file: &Path, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at] ^= 0x55;
    fs::write(file, bytes).unwrap();
}

/// All events are there, under their names, at their places, with their keys and children.
fn answers(ledger: &Ledger, name: &str, hashes: &[Hash]) {
    let snapshot = ledger.snapshot().unwrap();
    assert_eq!(snapshot.len(), hashes.len() as u64);
    for (index, hash) in (0..).zip(hashes).step_by(97) {
        assert_eq!(snapshot.get(hash).unwrap().index, index);
    }
    let text = format!("{name}-4000");
    let found = snapshot.find(KeyKind::PredictionId, &text, None, 9, usize::MAX).unwrap();
    assert_eq!(found.iter().map(|stored| stored.index).collect::<Vec<_>>(), [4_000]);
    let after = dag::impact(&snapshot, 0, Some(5_000), 3, &Control::new()).unwrap();
    assert_eq!(after, [5_001, 5_002, 5_003]);
    assert_eq!(snapshot.get(&Hash::of(b"nothing")).unwrap_err().code(), Code::EventNotFound);
}

#[test]
fn what_a_closed_ledger_has_is_not_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let hashes = indexed(&path, "a");
    for options in [read_only(), Options::default()] {
        let ledger = open(&path, options).unwrap();
        let stats = ledger.stats().unwrap();
        assert_eq!((stats.kept, stats.events), (EVENTS as u64, EVENTS as u64));
        assert_eq!((stats.groups, stats.batches, stats.segments), (4, 4, 1));
        answers(&ledger, "a", &hashes);
        ledger.close().unwrap();
    }
}

#[test]
fn a_small_ledger_keeps_no_index() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    fill(&ledger, "a", 100);
    ledger.close().unwrap();
    assert!(!path.join("index").exists());
}

#[test]
fn an_index_of_another_ledger_or_of_a_longer_log_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let [one, other, early] = ["one", "other", "early"].map(|name| dir.path().join(name));
    let hashes = indexed(&one, "a");
    indexed(&other, "b");
    copy(&one, &early);
    // The same ledger went on in two ways.
    for (path, name) in [(&one, "c"), (&early, "d")] {
        let ledger = open(path, Options::default()).unwrap();
        fill(&ledger, name, EVENTS);
        ledger.close().unwrap();
    }
    for from in [&other, &one] {
        fs::remove_dir_all(early.join("index")).unwrap();
        copy(&from.join("index"), &early.join("index"));
        for options in [read_only(), Options::default()] {
            let ledger = open(&early, options).unwrap();
            assert_eq!(ledger.stats().unwrap().kept, 0);
            let snapshot = ledger.snapshot().unwrap();
            assert_eq!(snapshot.len(), 2 * EVENTS as u64);
            assert_eq!(snapshot.get(&hashes[EVENTS - 1]).unwrap().index, EVENTS as u64 - 1);
            ledger.close().unwrap();
        }
        let ledger = open(&early, read_only()).unwrap();
        assert_eq!(ledger.stats().unwrap().kept, 2 * EVENTS as u64, "it was built anew");
    }
}

#[test]
fn pages_that_decay_under_an_open_ledger_are_noticed_and_built_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let hashes = indexed(&path, "a");
    for read_only in [true, false] {
        let ledger = open(&path, Options { read_only, ..Options::default() }).unwrap();
        for run in runs(&path) {
            let pages = fs::metadata(&run).unwrap().len() as usize / 4_096;
            (0..pages).for_each(|page| flip(&run, page * 4_096 + 100));
        }
        answers(&ledger, "a", &hashes);
        let receipts = record(&ledger, &[prediction("a-1", 1, &hashes[..1])]);
        match read_only {
            true => assert_eq!(receipts.unwrap_err().code(), Code::ReadOnly),
            false => assert_eq!(
                (receipts.unwrap()[0].index, ledger.stats().unwrap().events),
                (1, EVENTS as u64)
            ),
        }
        ledger.close().unwrap();
    }
    let ledger = open(&path, read_only()).unwrap();
    assert_eq!(ledger.stats().unwrap().kept, EVENTS as u64);
    answers(&ledger, "a", &hashes);
}

#[test]
fn damage_in_front_of_the_end_of_the_index_is_found_by_reading_and_by_verify_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let hashes = indexed(&path, "a");
    let bytes = fs::read(segment(&path)).unwrap();
    let place = bytes.windows(32).position(|name| name == hashes[7].0).unwrap();
    // In the stored name's beginning and end, and in the block.
    for at in [0, 31, 60] {
        flip(&segment(&path), place + at);
        let ledger = open(&path, Options::default()).unwrap();
        assert_eq!(ledger.stats().unwrap().kept, EVENTS as u64);
        let snapshot = ledger.snapshot().unwrap();
        assert_eq!(snapshot.get(&hashes[7]).unwrap_err().code(), Code::CorruptLedger, "at {at}");
        assert_eq!(snapshot.at(7).unwrap_err().code(), Code::CorruptLedger, "at {at}");
        snapshot.get(&hashes[8]).unwrap();
        if at < 32 {
            let again = record(&ledger, &[prediction("a-7", 7, &hashes[..1])]);
            assert_eq!(again.unwrap_err().code(), Code::CorruptLedger, "recorded twice, at {at}");
        }
        let report = dag::verify_log(&mut *snapshot.log().unwrap(), &hashes, &Control::new());
        assert!(!report.unwrap().findings.is_empty());
        ledger.close().unwrap();
        fs::write(segment(&path), &bytes).unwrap();
    }
}

#[test]
fn opening_tells_how_far_it_is_and_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    indexed(&path, "a");
    fs::remove_dir_all(path.join("index")).unwrap();
    let (place, control) = (lineseal_core::ledger::Place::Directory(path), Control::new());
    control.cancel();
    let error = Ledger::open_watched(place.clone(), read_only(), &control).unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
    let control = Control::new();
    Ledger::open_watched(place, read_only(), &control).unwrap();
    assert_eq!(control.progress(), (EVENTS as u64, EVENTS as u64));
}
