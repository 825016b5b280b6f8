//! Readers beside a writer in trouble.

use crate::events::Events;
use crate::opening::{open, open_reader};
use crate::points::record;
use lineseal_core::control::Control;
use lineseal_core::dag::report::Verdict;
use lineseal_core::dag::verify_log;
use lineseal_core::error::Code;
use lineseal_core::media::fault::{Crash, Fault, FaultMedia, Loss, Op};

fn events(names: &[&str]) -> Events {
    let mut events = Events::default();
    names.iter().for_each(|name| events.add(name, 100, &[]));
    events
}

#[test]
fn who_has_the_ledger_open_does_not_see_a_group_whose_sync_failed_until_another_makes_it_durable() {
    let media = FaultMedia::new(1);
    let writer = open(&media).unwrap();
    let (before, other) = (open_reader(&media).unwrap(), open(&media.process()).unwrap());
    record(&writer, &events(&["a", "b"])).unwrap();
    media.fail(Op::Sync, "segments", 0, Fault::Sync(Loss::Dropped));
    let error = record(&writer, &events(&["c"])).unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown);
    for ledger in [&writer, &before, &other] {
        assert_eq!(ledger.snapshot().unwrap().len(), 2);
    }
    let refused = record(&writer, &events(&["a", "b"])).unwrap_err();
    assert_eq!(refused.code(), Code::OutcomeUnknown, "a poisoned writer answered");
    assert!(writer.stats().unwrap().poisoned.is_some());
    // It gave the lock up: another process recovers, and finds the group that was still readable.
    let receipt = record(&other, &events(&["c"])).unwrap()[0];
    assert_eq!((receipt.index, receipt.created), (2, false));
    assert_eq!(before.snapshot().unwrap().len(), 3);
    assert_eq!(writer.snapshot().unwrap().len(), 2, "what failed here stays as it was");
    assert_eq!(open_reader(&media.crash(Crash::Power)).unwrap().snapshot().unwrap().len(), 3);
}

#[test]
fn a_snapshot_keeps_its_length_and_a_reader_catches_up() {
    let media = FaultMedia::new(2);
    let writer = open(&media).unwrap();
    let reader = open_reader(&media).unwrap();
    let early = reader.snapshot().unwrap();
    record(&writer, &events(&["a"])).unwrap();
    assert_eq!((early.len(), reader.snapshot().unwrap().len()), (0, 1));
    assert_eq!(early.get(&events(&["a"]).hashes[0]).unwrap_err().code(), Code::EventNotFound);
}

#[test]
fn a_poisoned_writer_is_opened_anew_while_its_snapshots_are_held() {
    for loss in [Loss::Dropped, Loss::Reverted, Loss::Scattered, Loss::Persisted] {
        let media = FaultMedia::new(3);
        let writer = open(&media).unwrap();
        record(&writer, &events(&["a", "b"])).unwrap();
        let held = writer.snapshot().unwrap();
        media.fail(Op::Sync, "segments", 0, Fault::Sync(loss));
        let error = record(&writer, &events(&["c"])).unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown);
        let after = writer.snapshot().unwrap();
        // Closing says why, and lets go of the lock.
        let _ = writer.close();
        let anew = open(&media).unwrap();
        assert!(anew.stats().unwrap().poisoned.is_none());
        let receipts = record(&anew, &events(&["c", "d"])).unwrap();
        assert_eq!(receipts.iter().map(|r| r.index).collect::<Vec<_>>(), [2, 3]);
        for snapshot in [&held, &after] {
            assert_eq!(snapshot.len(), 2, "it stays what it was");
            for (index, hash) in (0..).zip(&events(&["a", "b"]).hashes) {
                assert_eq!(snapshot.get(hash).unwrap().index, index);
            }
            let report = verify_log(snapshot.log().unwrap().as_mut(), &[], &Control::new());
            let report = report.unwrap();
            assert_eq!((report.verdict(), report.checked), (Verdict::Ok, 2));
        }
        assert_eq!(anew.snapshot().unwrap().len(), 4);
    }
}

#[test]
fn a_reader_follows_for_long_and_answers_all_along() {
    let media = FaultMedia::new(4);
    let writer = open(&media).unwrap();
    let reader = open_reader(&media).unwrap();
    let mut hashes = Vec::new();
    for batch in 0..60 {
        let mut events = Events::default();
        let parents: Vec<_> = hashes.iter().rev().take(2).copied().collect();
        (0..5).for_each(|n| events.add(&format!("{batch}-{n}"), 20, &parents));
        record(&writer, &events).unwrap();
        hashes.extend(events.hashes);
        let snapshot = reader.snapshot().unwrap();
        assert_eq!(snapshot.len(), hashes.len() as u64);
        for (index, hash) in (0..).zip(&hashes).step_by(7) {
            assert_eq!(snapshot.get(hash).unwrap().index, index);
        }
    }
}
