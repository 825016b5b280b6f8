//! The contract of batches, receipts and questions, over memory and files.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod ledger_common;

use ledger_common::*;
use lineseal_core::control::Control;
use lineseal_core::dag;
use lineseal_core::error::Code;
use lineseal_core::event::keys::KeyKind;
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{AckLevel, Filter, Ledger};

fn each(test: impl Fn(&Ledger)) {
    let ledger = memory();
    test(&ledger);
    ledger.close().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(&dir.path().join("l"), create()).unwrap();
    test(&ledger);
    ledger.close().unwrap();
}

#[test]
fn what_was_recorded_is_found_by_name_place_and_key() {
    each(|ledger| {
        let hashes = chain(ledger, 5);
        let snapshot = ledger.snapshot().unwrap();
        assert_eq!(snapshot.len(), 5);
        for (index, hash) in hashes.iter().enumerate() {
            let stored = snapshot.get(hash).unwrap();
            assert_eq!((stored.index, stored.hash), (index as u64, *hash));
            assert_eq!(snapshot.at(index as u64).unwrap(), stored);
            assert!(stored.recorded_at > 1_700_000_000_000_000);
            assert_eq!(snapshot.resolve(&hash.to_string()[..8]).unwrap(), *hash);
            assert_eq!(snapshot.resolve(&hash.to_string()[..33]).unwrap(), *hash);
        }
        let found = snapshot.find(KeyKind::PredictionId, "p-3", None, 10, usize::MAX).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].hash, hashes[3]);
        assert!(snapshot.find(KeyKind::RunId, "p-3", None, 10, usize::MAX).unwrap().is_empty());
        let missing = snapshot.get(&Hash([7; 32])).unwrap_err();
        assert_eq!(missing.code(), Code::EventNotFound);
        assert_eq!(missing.hash_hex(), Some(Hash([7; 32]).to_string().as_str()));
    });
}

#[test]
fn events_are_listed_by_type_time_and_place() {
    each(|ledger| {
        chain(ledger, 10);
        let list = |filter: Filter| -> Vec<u64> {
            let events = ledger.snapshot().unwrap().events(&filter, &Control::new()).unwrap();
            events.iter().map(|stored| stored.index).collect()
        };
        let types = vec!["prediction".to_owned()];
        assert_eq!(list(Filter::default()).len(), 10);
        assert_eq!(list(Filter { types: types.clone(), ..Filter::default() }).len(), 9);
        let filter = Filter { since: Some(3), until: Some(6), types, ..Filter::default() };
        assert_eq!(list(filter), [3, 4, 5]);
        let filter = Filter { after_index: Some(6), limit: Some(2), ..Filter::default() };
        assert_eq!(list(filter), [7, 8]);
    });
}

#[test]
fn a_duplicate_gets_the_first_copys_place() {
    each(|ledger| {
        let first = record(ledger, &[dataset("a"), dataset("b")]).unwrap();
        assert!(first.iter().all(|receipt| receipt.created));
        let again = record(ledger, &[dataset("b"), dataset("c"), dataset("a")]).unwrap();
        assert_eq!(again.iter().map(|r| r.index).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(again.iter().map(|r| r.created).collect::<Vec<_>>(), [false, true, false]);
        let groups = ledger.stats().unwrap().groups;
        record(ledger, &[dataset("a")]).unwrap();
        assert_eq!(ledger.stats().unwrap().groups, groups, "nothing new writes no frame");
    });
}

#[test]
fn a_pending_duplicate_waits_for_the_first_copys_group() {
    each(|ledger| {
        let blocks = [dataset("a")];
        let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
        let tickets: Vec<_> =
            (0..50).map(|_| ledger.submit(Ledger::prepare(&blocks).unwrap()).unwrap()).collect();
        let receipts: Vec<_> = (tickets.into_iter())
            .map(|ticket| ticket.wait(AckLevel::Sequenced, None).unwrap()[0])
            .collect();
        assert_eq!(receipts.iter().filter(|receipt| receipt.created).count(), 1);
        assert!(receipts.iter().all(|receipt| receipt.index == 0));
        assert_eq!(ledger.snapshot().unwrap().len(), 1);
    });
}

#[test]
fn of_concurrent_submitters_exactly_one_creates() {
    each(|ledger| {
        let created: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let blocks: Vec<_> = (0..200).map(|n| dataset(&n.to_string())).collect();
                        blocks
                            .chunks(7)
                            .flat_map(|batch| record(ledger, batch).unwrap())
                            .filter(|receipt| receipt.created)
                            .count()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(created, 200);
        assert_eq!(ledger.snapshot().unwrap().len(), 200);
    });
}

#[test]
fn a_child_may_follow_its_parent_in_a_batch_and_before_it_is_durable() {
    each(|ledger| {
        let parent = dataset("a");
        let child = prediction("p", 1, &[Hash::of(&parent)]);
        let grandchild = prediction("q", 2, &[Hash::of(&child), Hash::of(&parent)]);
        let first = Ledger::prepare(&[&parent, &child]).unwrap();
        let second = Ledger::prepare(&[&grandchild]).unwrap();
        let (first, second) = (ledger.submit(first).unwrap(), ledger.submit(second).unwrap());
        assert_eq!(second.wait(AckLevel::Sequenced, None).unwrap()[0].index, 2);
        first.wait(AckLevel::Sequenced, None).unwrap();
        let snapshot = ledger.snapshot().unwrap();
        use dag::source::Source;
        assert_eq!(snapshot.children(0, None, 10).unwrap(), [1, 2]);
        assert_eq!(snapshot.children(1, None, 10).unwrap(), [2]);
    });
}

#[test]
fn a_bad_event_refuses_its_batch_with_its_position() {
    each(|ledger| {
        let good = dataset("a");
        let orphan = prediction("p", 1, &[Hash([9; 32])]);
        let error = record(ledger, &[good.clone(), orphan]).unwrap_err();
        assert_eq!((error.code(), error.position_number()), (Code::ParentNotFound, Some(1)));
        assert_eq!(error.hash_hex(), Some(Hash([9; 32]).to_string().as_str()));
        let error = record(ledger, &[good.clone(), good[..good.len() - 1].to_vec()]).unwrap_err();
        assert_eq!((error.code(), error.position_number()), (Code::Encoding, Some(1)));
        let error = record(ledger, &[dataset("b"), good.clone(), good.clone()]).unwrap_err();
        assert!(error.message().contains("events 1 and 2"), "{error}");
        let child = prediction("p", 1, &[Hash::of(&good)]);
        let error = record(ledger, &[child, good.clone()]).unwrap_err();
        assert!(error.message().contains("event 0") && error.message().contains("event 1"));
        assert_eq!(record(ledger, &[]).unwrap_err().code(), Code::InvalidArgument);
        let many: Vec<_> = (0..10_001).map(|n| dataset(&n.to_string())).collect();
        assert_eq!(record(ledger, &many).unwrap_err().code(), Code::InvalidArgument);
        assert_eq!(ledger.snapshot().unwrap().len(), 0, "every one left the ledger as it was");
        assert!(record(ledger, &[good]).unwrap()[0].created);
    });
}

#[test]
fn a_cancelled_batch_leaves_no_trace() {
    each(|ledger| {
        let control = Control::new();
        control.cancel();
        let error = ledger.record(Ledger::prepare(&[&dataset("a")]).unwrap(), &control);
        assert_eq!(error.unwrap_err().code(), Code::Cancelled);
        assert_eq!(ledger.snapshot().unwrap().len(), 0);
    });
}

#[test]
fn a_snapshot_stays_as_it_was() {
    each(|ledger| {
        let hashes = chain(ledger, 3);
        let before = ledger.snapshot().unwrap();
        let late = record(ledger, &[prediction("late", 9, &hashes[..1])]).unwrap()[0];
        use dag::source::Source;
        assert_eq!(before.len(), 3);
        assert_eq!(before.get(&late.hash).unwrap_err().code(), Code::EventNotFound);
        assert_eq!(before.children(0, None, 10).unwrap(), [1]);
        assert_eq!(ledger.snapshot().unwrap().get(&late.hash).unwrap().index, 3);
    });
}

#[test]
fn shortened_hashes_must_fit_one_event() {
    let ledger = memory();
    chain(&ledger, 3);
    let snapshot = ledger.snapshot().unwrap();
    for bad in ["", "abc", "abcdefg", "zzzzzzzz", "bafy"] {
        assert_eq!(snapshot.resolve(bad).unwrap_err().code(), Code::InvalidArgument, "{bad}");
    }
    assert_eq!(snapshot.resolve("00000000").unwrap_err().code(), Code::EventNotFound);
}

#[test]
fn everything_verifies_and_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l");
    let ledger = open(&path, create()).unwrap();
    let hashes = chain(&ledger, 40);
    let before: Vec<_> =
        hashes.iter().map(|hash| ledger.snapshot().unwrap().get(hash).unwrap()).collect();
    ledger.close().unwrap();
    assert_eq!(ledger.snapshot().unwrap_err().code(), Code::Closed);
    for options in [create(), read_only()] {
        let ledger = open(&path, options).unwrap();
        let snapshot = ledger.snapshot().unwrap();
        for (hash, before) in hashes.iter().zip(&before) {
            assert_eq!(&snapshot.get(hash).unwrap(), before);
        }
        let report =
            dag::verify_log(&mut *snapshot.log().unwrap(), &hashes, &Control::new()).unwrap();
        assert_eq!((report.checked, report.findings), (40, vec![]));
        ledger.close().unwrap();
    }
}
