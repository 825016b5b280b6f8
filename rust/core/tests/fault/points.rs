//! Death and power cut at every single change of one short life.

use crate::events::Events;
use crate::model::{Kept, Model};
use crate::opening::open;
use lineseal_core::control::Control;
use lineseal_core::error::Error;
use lineseal_core::ledger::{Ledger, Receipt};
use lineseal_core::media::fault::{Crash, Fault, FaultMedia};
use lineseal_core::media::{File, Media, Mode};
use std::sync::Arc;

pub fn record(ledger: &Ledger, events: &Events) -> Result<Vec<Receipt>, Error> {
    ledger.record(Ledger::prepare(&events.slices())?, &Control::new())
}

/// Batches of three, a little more than a page each, so that groups straddle pages.
fn batches(count: usize) -> Vec<Events> {
    let batch = |b: usize| {
        let mut events = Events::default();
        (0..3).for_each(|e| events.add(&format!("b{b}e{e}"), 1_500, &[]));
        events
    };
    (0..count).map(batch).collect()
}

/// Creates, records, closes, opens, records, closes; stops at the first error.
fn life(media: &FaultMedia, model: &mut Model, batches: &[Events]) -> Result<(), Error> {
    for half in batches.chunks(batches.len().div_ceil(2)) {
        let ledger = open(media)?;
        for batch in half {
            model.unknown.push(batch.clone());
            let receipts = record(&ledger, batch)?;
            model.acknowledge(batch, &receipts).unwrap();
        }
        ledger.close()?;
    }
    Ok(())
}

/// A life that ended at this change, before anything was opened again.
fn dead_at(change: u64, seed: u64, batches: &[Events]) -> (FaultMedia, Model) {
    let media = FaultMedia::new(seed);
    let mut model = Model::default();
    media.fail(None, "", change, Fault::Death);
    // A death in the index, on close, is met by nobody.
    let _ = life(&media, &mut model, batches);
    assert!(media.is_dead(), "only {} changes", media.changes());
    (media, model)
}

fn die_at(change: u64, seed: u64, crash: Crash, batches: &[Events]) {
    let (media, mut model) = dead_at(change, seed, batches);
    let kept = resume(&media.crash(crash), &mut model, batches);
    kept.unwrap_or_else(|e| panic!("{crash:?} at change {change}, seed {seed}: {e}"));
}

/// Whether recovery got as far as its own end before `later` more changes.
fn die_again_at(change: u64, crash: Crash, later: u64, batches: &[Events]) -> bool {
    let (media, mut model) = dead_at(change, change ^ later, batches);
    let media = media.crash(crash);
    media.fail(None, "", later, Fault::Death);
    let opened = open(&media).is_ok();
    let kept = resume(&media.crash(Crash::Power), &mut model, batches);
    kept.unwrap_or_else(|e| panic!("{crash:?} at change {change}, again at {later}: {e}"));
    opened
}

/// Opens what is left, checks it, sends everything again, and checks once more after a power cut.
fn resume(media: &FaultMedia, model: &mut Model, batches: &[Events]) -> Kept {
    let ledger = open(media).map_err(|e| format!("open: {e}"))?;
    model.check(&ledger, true)?;
    for batch in batches {
        let receipts = record(&ledger, batch).map_err(|e| format!("resend: {e}"))?;
        model.acknowledge(batch, &receipts)?;
    }
    let ledger = open(&media.crash(Crash::Power)).map_err(|e| format!("second open: {e}"))?;
    model.check(&ledger, true)
}

fn changes_of_a_life(batches: &[Events]) -> u64 {
    let media = FaultMedia::new(0);
    life(&media, &mut Model::default(), batches).unwrap();
    assert!(media.changes() > 30, "only {} changes", media.changes());
    media.changes()
}

#[test]
fn a_life_cut_off_at_any_change_keeps_its_promises() {
    let batches = batches(6);
    for change in 0..changes_of_a_life(&batches) {
        die_at(change, change, Crash::Process, &batches);
        (0..6).for_each(|seed| die_at(change, seed, Crash::Power, &batches));
    }
}

#[test]
fn a_recovery_cut_off_at_any_change_keeps_its_promises() {
    let batches = batches(4);
    for change in 0..changes_of_a_life(&batches) {
        for crash in [Crash::Process, Crash::Power] {
            let ended = (0..100).find(|later| die_again_at(change, crash, *later, &batches));
            assert!(ended.is_some(), "recovery goes on and on");
        }
    }
}

/// An existing file, to be written.
pub fn file(media: &FaultMedia, path: &str) -> Arc<dyn File> {
    media.open(path, Mode::Write).unwrap().unwrap()
}
