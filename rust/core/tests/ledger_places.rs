//! Places that are no ledger, or none that can be opened: each has its own clear error.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ledger_common;

use ledger_common::*;
use lineseal_core::error::Code;
use lineseal_core::ledger::{Options, SlotState};
use std::fs;

#[test]
fn a_place_without_a_ledger_says_how_to_make_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none");
    for options in [Options::default(), read_only()] {
        let error = open(&path, options.clone()).unwrap_err();
        assert_eq!(error.code(), Code::LedgerNotFound);
        assert!(error.to_string().contains("lineseal init"), "{error}");
        assert_eq!(open(dir.path(), options).unwrap_err().code(), Code::LedgerNotFound);
    }
    assert!(!path.exists());
}

#[test]
fn other_things_are_no_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("notes.txt");
    fs::write(&file, "x").unwrap();
    for path in [dir.path(), file.as_path()] {
        for options in [create(), read_only()] {
            assert_eq!(open(path, options).unwrap_err().code(), Code::NotALedger);
        }
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was made there");
}

#[test]
fn directories_above_are_made() {
    let dir = tempfile::tempdir().unwrap();
    open(&dir.path().join("a/b/c"), create()).unwrap().close().unwrap();
    assert!(dir.path().join("a/b/c/ledger.json").exists());
}

#[test]
fn a_ledger_whose_segments_are_gone_is_damaged_and_not_empty() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let writer = open(&path, create()).unwrap();
    let hash = chain(&writer, 1)[0];
    writer.close().unwrap();
    for gone in ["segments", "DURABLE"] {
        let gone = path.join(gone);
        if gone.is_dir() { fs::remove_dir_all(gone) } else { fs::remove_file(gone) }.unwrap();
        let error = open(&path, Options::default()).unwrap_err();
        assert_eq!(error.code(), Code::CorruptLedger);
        let reader = open(&path, read_only()).unwrap();
        assert!(!reader.stats().unwrap().damage.is_empty());
        let error = reader.snapshot().unwrap().get(&hash).unwrap_err();
        assert_eq!(error.code(), Code::CorruptLedger);
    }
}

#[test]
fn another_format_is_refused_and_a_damaged_file_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    open(&path, create()).unwrap().close().unwrap();
    let file = path.join("ledger.json");
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, good.replace("\"format\": \"0\"", "\"format\": \"7\"")).unwrap();
    for options in [create(), read_only()] {
        let error = open(&path, options).unwrap_err();
        assert_eq!(error.code(), Code::Unsupported);
        assert!(error.message().contains("\"7\""), "{error}");
    }
    fs::write(&file, &good[..good.len() - 3]).unwrap();
    for options in [create(), read_only()] {
        let error = open(&path, options).unwrap_err();
        assert_eq!((error.code(), error.path_name()), (Code::CorruptLedger, Some("ledger.json")));
    }
    fs::write(&file, good).unwrap();
    open(&path, create()).unwrap().close().unwrap();
}

#[test]
fn a_ledger_that_lost_its_ledger_json_is_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    chain(&ledger, 3);
    ledger.close().unwrap();
    fs::remove_file(path.join("ledger.json")).unwrap();
    let error = open(&path, create()).unwrap_err();
    assert_eq!(error.code(), Code::CorruptLedger);
    assert!(segment(&path).exists());
}

#[test]
fn a_making_that_was_cut_short_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    open(&path, create()).unwrap().close().unwrap();
    fs::rename(path.join("ledger.json"), path.join("ledger.json.tmp")).unwrap();
    let ledger = open(&path, create()).unwrap();
    chain(&ledger, 3);
    ledger.close().unwrap();
    assert_eq!(open(&path, read_only()).unwrap().snapshot().unwrap().len(), 3);
}

#[test]
fn a_lost_durable_is_reported_and_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    let hashes = chain(&ledger, 3);
    ledger.close().unwrap();
    fs::remove_file(path.join("DURABLE")).unwrap();
    let slots = |options| {
        let ledger = open(&path, options).unwrap();
        ledger.snapshot().unwrap().get(&hashes[2]).unwrap();
        let slots = ledger.stats().unwrap().slots;
        ledger.close().unwrap();
        slots
    };
    assert_eq!(slots(read_only()), [SlotState::Invalid; 2]);
    assert_eq!(slots(create()), [SlotState::Invalid; 2]);
    assert_eq!(slots(create()), [SlotState::Valid; 2]);
}

#[test]
fn a_missing_segment_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, Options { segment_bytes: Some(1_000), ..create() }).unwrap();
    let hashes = chain(&ledger, 20);
    ledger.close().unwrap();
    let mut segments: Vec<_> =
        fs::read_dir(path.join("segments")).unwrap().map(|f| f.unwrap().path()).collect();
    segments.sort();
    for gone in [&segments[0], &segments[2], &segments[segments.len() - 1]] {
        let away = dir.path().join("away");
        fs::rename(gone, &away).unwrap();
        let error = open(&path, create()).unwrap_err();
        assert_eq!(error.code(), Code::CorruptLedger, "without {gone:?}");
        let ledger = open(&path, read_only()).unwrap();
        let snapshot = ledger.snapshot().unwrap();
        assert_eq!(snapshot.len(), 20);
        let there = hashes.iter().filter(|hash| snapshot.get(hash).is_ok()).count();
        assert!((10..20).contains(&there), "{there}");
        fs::rename(&away, gone).unwrap();
    }
    assert_eq!(open(&path, create()).unwrap().snapshot().unwrap().len(), 20);
}

#[test]
fn an_origin_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let origin = Some("example.org/\"log\" ü".to_owned());
    let ledger = open(&path, Options { origin: origin.clone(), ..create() }).unwrap();
    let id = ledger.id().unwrap();
    ledger.close().unwrap();
    let ledger = open(&path, create()).unwrap();
    assert_eq!((Some(ledger.stats().unwrap().origin), ledger.id().unwrap()), (origin, id));
}

#[test]
fn what_is_not_ours_is_never_removed() {
    for (file, content) in
        [("segments/img1.txt", "label 1"), ("DURABLE", "notes"), ("index", "x"), ("torn/x", "x")]
    {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        for options in [create(), read_only()] {
            let error = open(dir.path(), options).unwrap_err();
            assert_eq!(error.code(), Code::NotALedger, "{file}: {error}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was made beside {file}");
    }
}

#[test]
fn a_file_name_that_claims_a_billion_events_exhausts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    open(&path, create()).unwrap().close().unwrap();
    let segments = path.join("segments");
    fs::copy(segments.join("000000000000.car"), segments.join("000900000000.car")).unwrap();
    for options in [create(), read_only()] {
        let error = open(&path, options).unwrap_err();
        assert_eq!(error.code(), Code::CorruptLedger);
        assert!(error.to_string().contains("000900000000.car"), "{error}");
    }
}
