//! Crashes and damage made by hand: what recovery keeps, cuts, saves, and refuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ledger_common;

use ledger_common::*;
use lineseal_core::control::Control;
use lineseal_core::dag;
use lineseal_core::error::Code;
use lineseal_core::event::keys::KeyKind;
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Options, SlotState};
use std::fs;
use std::path::{Path, PathBuf};

/// A ledger with `events` events, a group each, whose writer died: reservation and all.
fn crashed(dir: &Path, events: usize) -> (PathBuf, Vec<Hash>) {
    let (live, path) = (dir.join("live"), dir.join("crashed"));
    let ledger = open(&live, create()).unwrap();
    let hashes = chain(&ledger, events);
    copy(&live, &path);
    ledger.close().unwrap();
    (path, hashes)
}

/// The same, closed in order.
fn closed(dir: &Path, events: usize) -> (PathBuf, Vec<Hash>) {
    let path = dir.join("closed");
    let ledger = open(&path, create()).unwrap();
    let hashes = chain(&ledger, events);
    ledger.close().unwrap();
    (path, hashes)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn forget_marks(path: &Path) {
    fs::write(path.join("DURABLE"), [0; 1024]).unwrap();
}

/// Where each event's section begins, and the end of the last frame.
fn layout(path: &Path) -> (Vec<u64>, u64) {
    let bytes = fs::read(segment(path)).unwrap();
    let (mut at, mut events, mut end) = (0, Vec::new(), 0);
    while at < bytes.len() && bytes[at] != 0 {
        let start = at;
        let (mut length, mut shift) = (0usize, 0);
        loop {
            let byte = bytes[at];
            at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        let cid = &bytes[at..at + 4];
        at += length;
        match cid {
            [1, 0x71, ..] if start > 59 => events.push(start as u64),
            [1, 0x55, ..] => end = at as u64,
            _ => {}
        }
    }
    (events, end)
}

fn truncate(path: &Path, length: u64) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

fn flip(path: &Path, at: u64) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at as usize] ^= 0x55;
    fs::write(path, bytes).unwrap();
}

/// Opens for writing and records once more: the next append is as it would have been.
fn goes_on(path: &Path, hashes: &[Hash]) {
    let ledger = open(path, Options::default()).unwrap();
    let events = hashes.len() as u64;
    let snapshot = ledger.snapshot().unwrap();
    assert_eq!(snapshot.len(), events);
    for hash in hashes {
        snapshot.get(hash).unwrap();
    }
    let receipt = record(&ledger, &[dataset("one more")]).unwrap()[0];
    assert_eq!((receipt.index, receipt.created), (events, true));
    ledger.close().unwrap();
    let ledger = open(path, read_only()).unwrap();
    let snapshot = ledger.snapshot().unwrap();
    let report = dag::verify_log(&mut *snapshot.log().unwrap(), hashes, &Control::new()).unwrap();
    assert_eq!((report.checked, report.findings), (events + 1, vec![]));
}

#[test]
fn a_crash_after_the_last_group_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (path, hashes) = crashed(dir.path(), 5);
    let (_, end) = layout(&path);
    assert!(fs::metadata(segment(&path)).unwrap().len() > end, "room was reserved");
    goes_on(&path, &hashes);
    assert!(!path.join("torn").exists());
}

#[test]
fn a_closed_segment_is_trimmed() {
    let dir = tempfile::tempdir().unwrap();
    let (path, hashes) = closed(dir.path(), 5);
    assert_eq!(fs::metadata(segment(&path)).unwrap().len(), layout(&path).1);
    goes_on(&path, &hashes);
}

#[test]
fn a_tail_torn_anywhere_is_saved_and_cut() {
    let dir = tempfile::tempdir().unwrap();
    let (path, hashes) = crashed(dir.path(), 4);
    forget_marks(&path);
    let (events, end) = layout(&path);
    for length in events[3] + 1..end {
        let torn = dir.path().join(format!("torn-{length}"));
        copy(&path, &torn);
        let mut lost =
            fs::read(segment(&torn)).unwrap()[events[3] as usize..length as usize].to_vec();
        lost.truncate(lost.iter().rposition(|byte| *byte != 0).unwrap() + 1);
        truncate(&segment(&torn), length);
        let reader = open(&torn, read_only()).unwrap();
        assert_eq!(reader.snapshot().unwrap().len(), 3);
        let stats = reader.stats().unwrap();
        assert_eq!((stats.torn.len(), stats.torn[0].saved.as_ref()), (1, None));
        drop(reader);
        let ledger = open(&torn, Options::default()).unwrap();
        let stats = ledger.stats().unwrap();
        assert_eq!(stats.torn.len(), 1);
        let saved = torn.join(stats.torn[0].saved.as_ref().unwrap());
        assert_eq!(fs::read(saved).unwrap(), lost);
        ledger.close().unwrap();
        goes_on(&torn, &hashes[..3]);
        fs::remove_dir_all(torn).unwrap();
    }
}

#[test]
fn a_tail_with_a_page_missing_inside_is_torn_although_its_frame_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (path, hashes) = crashed(dir.path(), 4);
    forget_marks(&path);
    let (events, _) = layout(&path);
    let mut bytes = fs::read(segment(&path)).unwrap();
    bytes[events[3] as usize..][..60].fill(0);
    fs::write(segment(&path), bytes).unwrap();
    goes_on(&path, &hashes[..3]);
    assert_eq!(fs::read_dir(path.join("torn")).unwrap().count(), 1);
}

#[test]
fn a_bad_group_below_a_mark_is_damage_and_stays_readable() {
    let dir = tempfile::tempdir().unwrap();
    for (path, hashes) in [crashed(dir.path(), 4), closed(dir.path(), 4)] {
        let (events, _) = layout(&path);
        flip(&segment(&path), events[3] + 90);
        let error = open(&path, Options::default()).unwrap_err();
        assert_eq!(error.code(), Code::CorruptLedger);
        assert!(error.to_string().contains("read_only=True"), "{error}");
        let ledger = open(&path, read_only()).unwrap();
        let snapshot = ledger.snapshot().unwrap();
        assert!(!ledger.stats().unwrap().damage.is_empty());
        for hash in &hashes[..3] {
            snapshot.get(hash).unwrap();
        }
        assert_eq!(snapshot.get(&hashes[3]).unwrap_err().code(), Code::CorruptLedger);
        assert!(!path.join("torn").exists(), "nothing is cut");
    }
}

#[test]
fn a_bad_group_with_a_good_one_behind_is_damage_even_without_marks() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = crashed(dir.path(), 6);
    forget_marks(&path);
    let (events, _) = layout(&path);
    let good = fs::read(segment(&path)).unwrap();
    for at in events[2]..events[3] {
        flip(&segment(&path), at);
        let error = open(&path, Options::default()).unwrap_err();
        assert_eq!(error.code(), Code::CorruptLedger, "byte {at}");
        let ledger = open(&path, read_only()).unwrap();
        assert_eq!(ledger.snapshot().unwrap().len(), 6, "byte {at}");
        fs::write(segment(&path), &good).unwrap();
    }
}

/// Wrong varints, behind which the bytes of a block read as sections up to the frame of this group
/// or of the next: the frames say how many events there are.
#[test]
fn sections_told_apart_wrongly_are_not_counted() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(&dir.path().join("closed"), create()).unwrap();
    // Wherever reading begins in it: sections of 36 bytes, without a CID of ours.
    let id = "$".repeat(400);
    let hashes: Vec<Hash> =
        (0..6).map(|at| record(&ledger, &[prediction(&id, at, &[])]).unwrap()[0].hash).collect();
    ledger.close().unwrap();
    let path = dir.path().join("closed");
    forget_marks(&path);
    let (events, _) = layout(&path);
    let good = fs::read(segment(&path)).unwrap();
    for wrong in 0x80..=0xffu8 {
        for high in 1..16u8 {
            let at = events[2] as usize;
            let mut bytes = good.clone();
            if bytes[at..at + 2] == [wrong, high] {
                continue;
            }
            bytes[at..at + 2].copy_from_slice(&[wrong, high]);
            fs::write(segment(&path), bytes).unwrap();
            let snapshot = open(&path, read_only()).unwrap().snapshot().unwrap();
            assert_eq!(snapshot.len(), 6, "{wrong:02x}{high:02x}");
            for at in [0, 1, 3, 4, 5] {
                let found = snapshot.get(&hashes[at]).map(|stored| stored.index);
                assert_eq!(found.ok(), Some(at as u64), "{wrong:02x}{high:02x}");
            }
        }
    }
}

#[test]
fn a_log_cut_below_a_mark_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let (path, hashes) = closed(dir.path(), 6);
    let (events, _) = layout(&path);
    truncate(&segment(&path), events[3]);
    assert_eq!(open(&path, Options::default()).unwrap_err().code(), Code::CorruptLedger);
    let ledger = open(&path, read_only()).unwrap();
    let snapshot = ledger.snapshot().unwrap();
    assert_eq!(snapshot.len(), 6);
    snapshot.get(&hashes[2]).unwrap();
    assert_eq!(snapshot.get(&hashes[4]).unwrap_err().code(), Code::CorruptLedger);
    assert_eq!(snapshot.at(4).unwrap_err().code(), Code::CorruptLedger);
    let report = dag::verify_log(&mut *snapshot.log().unwrap(), &[], &Control::new()).unwrap();
    assert_eq!(report.checked, 3);
    assert!(report.counts.contains_key(&dag::report::Check::Segment));
}

/// What a caller can see of a ledger.
fn answers(ledger: &Ledger, hashes: &[Hash]) -> Option<Vec<Vec<u8>>> {
    let snapshot = ledger.snapshot().ok()?;
    let blocks = hashes.iter().map(|hash| snapshot.get(hash).map(|stored| stored.block));
    blocks.collect::<Result<_, _>>().ok()
}

/// Whether opening or verifying says that something is wrong.
fn is_reported(path: &Path, hashes: &[Hash]) -> bool {
    let Ok(ledger) = open(path, read_only()) else { return true };
    let stats = ledger.stats().unwrap();
    let at_open = !stats.damage.is_empty() || stats.slots.contains(&SlotState::Invalid);
    let mut log = ledger.snapshot().unwrap().log().unwrap();
    let report = dag::verify_log(&mut *log, hashes, &Control::new()).unwrap();
    assert_eq!(at_open, !report.findings.is_empty(), "open and verify_all agree: {report:?}");
    at_open
}

#[test]
fn a_flip_of_any_byte_of_any_file_is_reported_or_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let small = Options { segment_bytes: Some(3_000), ..create() };
    let ledger = open(&path, small).unwrap();
    let hashes = chain(&ledger, 30);
    ledger.close().unwrap();
    let files = ["ledger.json", "DURABLE", "LOCK"].map(PathBuf::from).into_iter();
    let segments = fs::read_dir(path.join("segments")).unwrap();
    let files: Vec<_> =
        files.chain(segments.map(|f| Path::new("segments").join(f.unwrap().file_name()))).collect();
    assert!(files.len() > 5, "several segments");
    let sound = answers(&open(&path, read_only()).unwrap(), &hashes).unwrap();
    let mut flipped = 0;
    for file in files.iter().map(|file| path.join(file)) {
        let good = fs::read(&file).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&file, bad).unwrap();
            flipped += 1;
            if is_reported(&path, &hashes) {
                continue;
            }
            let ledger = open(&path, read_only()).unwrap();
            assert_eq!(answers(&ledger, &hashes).as_ref(), Some(&sound), "{file:?} byte {at}");
        }
        fs::write(&file, good).unwrap();
    }
    assert!(flipped > 10_000);
    goes_on(&path, &hashes);
}

#[test]
fn a_damaged_ledger_never_says_that_something_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let (path, hashes) = closed(dir.path(), 5);
    let (sections, _) = layout(&path);
    flip(&segment(&path), sections[3] + 20); // in the stored name
    let ledger = open(&path, read_only()).unwrap();
    let (snapshot, control, name) = (ledger.snapshot().unwrap(), Control::new(), hashes[3]);
    let refused = [
        snapshot.get(&name).unwrap_err(),
        dag::trace(&snapshot, &[name], None, None, &control).unwrap_err(),
        snapshot.find(KeyKind::RunId, "nobody", None, 9, usize::MAX).unwrap_err(),
        snapshot.known(Vec::<u64>::new(), true, "its descendants").unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.code(), Code::CorruptLedger, "{error}");
    }
    let report = dag::verify(&snapshot, &[name], &control).unwrap();
    assert_eq!(report.counts, [(dag::report::Check::Segment, 1)].into());
}
