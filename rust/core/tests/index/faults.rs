//! Death, power cuts, and disks that refuse, at every change that an index makes.

use crate::model::{Model, life};
use lineseal_core::error::Code;
use lineseal_core::index::Index;
use lineseal_core::index::runs::Tuning;
use lineseal_core::media::Purpose;
use lineseal_core::media::fault::{Crash, Fault, FaultMedia, Loss, Op};
use std::sync::Arc;

const TUNING: Tuning = Tuning { events: 6, items: 1 << 20, keep: 1, inline: true };

/// A life on this medium, whatever goes wrong there; what it answers is right all along.
fn lead(media: &FaultMedia, model: &Model) -> u64 {
    let index = model.open(Arc::new(media.clone()), false, TUNING);
    let resumed = index.len();
    model.bring(&index);
    model.check(&index, index.len()).unwrap();
    index.close(true);
    model.check(&index, index.len()).unwrap();
    resumed
}

fn changes(model: &Model) -> u64 {
    let media = FaultMedia::new(0);
    lead(&media, model);
    media.changes()
}

#[test]
fn what_a_crash_at_any_change_leaves_is_right_or_noticed() {
    let model = life(40, 1);
    let (total, mut resumed) = (changes(&model), 0);
    assert!(total > 100, "only {total} changes");
    for change in 0..total {
        for (seed, crash) in [Crash::Process, Crash::Power, Crash::Power].iter().enumerate() {
            let media = FaultMedia::new(change * 8 + seed as u64);
            media.fail(None, "", change, Fault::Death);
            let index = model.open(Arc::new(media.clone()), false, TUNING);
            model.bring(&index);
            drop(index);
            resumed += u64::from(lead(&media.crash(*crash), &model) > 0);
        }
    }
    assert!(resumed > total, "{resumed} of {total} took up something");
}

#[test]
fn without_any_of_its_syncs_it_is_slower_and_never_wrong() {
    let model = life(40, 2);
    for purpose in [Purpose::IndexRun, Purpose::IndexManifest, Purpose::IndexNames] {
        let mut unfit = 0;
        for seed in 0..60 {
            let media = FaultMedia::new(seed);
            media.skip(purpose);
            lead(&media, &model);
            let media = media.crash(Crash::Power);
            unfit += u64::from(lead(&media, &model) == 0);
        }
        assert!(unfit > 0, "{purpose:?} is of no use");
    }
}

#[test]
fn with_all_of_its_syncs_a_closed_one_survives_any_power_cut() {
    let model = life(40, 3);
    for seed in 0..60 {
        let media = FaultMedia::new(seed);
        lead(&media, &model);
        assert_eq!(lead(&media.crash(Crash::Power), &model), model.len());
    }
}

#[test]
fn a_disk_that_refuses_now_and_then_changes_no_answer() {
    let model = life(40, 4);
    let faults = [
        (None, Fault::Refused),
        (Some(Op::Write), Fault::Short),
        (Some(Op::Write), Fault::Full),
        (Some(Op::Sync), Fault::Sync(Loss::Dropped)),
        (Some(Op::Sync), Fault::Sync(Loss::Scattered)),
        (Some(Op::Read), Fault::Refused),
    ];
    for at in 0..changes(&model) {
        for (op, fault) in faults {
            let media = FaultMedia::new(at);
            media.fail(op, "index", at, fault);
            lead(&media, &model);
            lead(&media.crash(Crash::Power), &model);
        }
    }
}

#[test]
fn on_a_full_disk_it_goes_on_in_memory_until_there_is_too_much_and_then_says_so() {
    let model = life(400, 5);
    let media = FaultMedia::new(5);
    media.set_room(Some(100_000));
    let index = model.open(Arc::new(media.clone()), false, TUNING);
    model.bring(&index);
    model.check(&index, model.len()).unwrap();
    let error = index.ready().unwrap_err();
    assert_eq!(error.code(), Code::StorageFull, "{error}");
    media.set_room(None);
    let longer = life(410, 5);
    longer.bring(&index);
    index.ready().unwrap();
    longer.check(&index, longer.len()).unwrap();
    index.close(true);
    assert_eq!(lead(&media, &longer), longer.len());
}
