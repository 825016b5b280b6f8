//! Verification of the whole log: every check is triggered once, alone where it can be.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod graph;

use graph::{Shelf, assert_ok, assert_stops, event, places};
use lineseal_core::control::Control;
use lineseal_core::dag::report::{Anchor, Check, Finding, Verdict};
use lineseal_core::dag::source::{Chunk, Log};
use lineseal_core::dag::verify_log;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::hash::Hash;
use lineseal_core::limits::MAX_FINDINGS;
use std::time::{Duration, Instant};

/// 0 and 1 are roots, 2 has both, 3 stands on 2, 4 on 1.
fn family() -> Shelf {
    Shelf::of(&[&[], &[], &[0, 1], &[2], &[1]])
}

#[test]
fn a_sound_log_is_ok_and_rests_on_nothing_from_outside() {
    let report = family().verify_log();
    assert_ok(&report, 5);
    assert_eq!(report.anchor, Anchor::None);
    assert_ok(&Shelf::new().verify_log(), 0);
}

#[test]
fn a_flipped_byte_fails_its_event_and_what_rests_on_it() {
    let mut shelf = family();
    *shelf.block(0).last_mut().unwrap() ^= 1;
    let report = shelf.verify_log();
    let rests = Check::RestsOn;
    assert_eq!(places(&report), [(Some(0), Check::Hash), (Some(2), rests), (Some(3), rests)]);
    let [changed, first, last] = &report.findings[..] else { panic!() };
    assert_eq!(changed.expected, shelf.hash(0).to_string());
    assert_eq!(changed.found, Hash::of(&shelf.events[0].1).to_string());
    let short = &shelf.hash(0).to_string()[..12];
    assert!(changed.message.starts_with(&format!("test/node {short} at index 0")), "{changed:?}");
    assert_eq!((&first.found, &last.found), (&changed.expected, &changed.expected));
}

#[test]
fn a_parent_rewritten_together_with_its_own_hash_is_caught_from_its_child() {
    let mut shelf = family();
    let (hash, block) = event(99, &[]);
    shelf.events[0] = (hash, block);
    let report = shelf.verify_log();
    assert_eq!(places(&report), [(Some(2), Check::ParentMissing), (Some(3), Check::RestsOn)]);
}

#[test]
fn both_roles_of_one_parent_are_one_link() {
    let mut shelf = family();
    let parent = shelf.hash(0);
    let (hash, block) = event(5, &[(parent, "train"), (parent, "test")]);
    shelf.put(hash, block, &[0]);
    assert_ok(&shelf.verify_log(), 6);
    shelf.events.remove(0);
    let missing = Check::ParentMissing;
    assert_eq!(shelf.verify_log().counts[&missing], 2);
}

#[test]
fn the_most_parents_that_an_event_may_have_are_followed() {
    let mut shelf = Shelf::new();
    (0..1_024).for_each(|_| _ = shelf.add(&[]));
    shelf.add(&(0..1_024).collect::<Vec<_>>());
    assert_ok(&shelf.verify_log(), 1_025);
    *shelf.block(1_000).last_mut().unwrap() ^= 1;
    let expected = [(Some(1_000), Check::Hash), (Some(1_024), Check::RestsOn)];
    assert_eq!(places(&shelf.verify_log()), expected);
}

#[test]
fn a_child_before_its_parent_is_out_of_order() {
    let mut shelf = family();
    shelf.events.swap(2, 3);
    let report = shelf.verify_log();
    assert_eq!(places(&report), [(Some(2), Check::ParentOrder)]);
    assert!(report.findings[0].message.contains("index 3"), "{:?}", report.findings);
}

#[test]
fn a_second_copy_is_a_duplicate_wherever_it_stands() {
    let mut shelf = family();
    let again = shelf.events[1].clone();
    shelf.events.push(again);
    let report = shelf.verify_log();
    assert_eq!(places(&report), [(Some(5), Check::Duplicate)]);
    assert_eq!(report.findings[0].expected, "only at 1");
}

#[test]
fn what_is_no_canonical_event_is_named_and_not_followed() {
    let mut shelf = family();
    let block = shelf.block(4);
    block.push(0);
    shelf.events[4].0 = Hash::of(&shelf.events[4].1);
    assert_eq!(places(&shelf.verify_log()), [(Some(4), Check::Canonical)]);
}

#[test]
fn a_broken_envelope_is_named_and_its_parents_followed() {
    let mut shelf = family();
    let block = shelf.block(4);
    let at = block.windows(9).position(|w| w == b"test/node").unwrap();
    block[at] = b'T';
    shelf.events[4].0 = Hash::of(&shelf.events[4].1);
    assert_eq!(places(&shelf.verify_log()), [(Some(4), Check::Schema)]);
    shelf.events[1] = event(9, &[]);
    let found = places(&shelf.verify_log());
    assert_eq!(found[2..], [(Some(4), Check::Schema), (Some(4), Check::ParentMissing)]);
}

/// Makes the last event one of version 2.
fn newer(shelf: &mut Shelf) {
    let (hash, block) = shelf.events.last_mut().unwrap();
    let at = block.windows(3).position(|w| w == [0x61, b'v', 1]).unwrap();
    block[at + 2] = 2;
    *hash = Hash::of(block);
}

#[test]
fn a_newer_version_leaves_the_verdict_open() {
    let mut shelf = family();
    newer(&mut shelf);
    let report = shelf.verify_log();
    assert_eq!(places(&report), [(Some(4), Check::UnsupportedVersion)]);
    assert_eq!(report.verdict(), Verdict::Undetermined);
    let hash = shelf.hash(4);
    let (child, block) = event(9, &[(hash, "")]);
    shelf.put(child, block, &[4]);
    assert_eq!(shelf.verify_log().verdict(), Verdict::Undetermined);
    *shelf.block(1) = Vec::new();
    assert_eq!(shelf.verify_log().verdict(), Verdict::Failed);
}

#[test]
fn an_expected_event_must_be_there() {
    let shelf = family();
    let gone = Hash::of(b"kept elsewhere");
    let expect = [shelf.hash(3), gone];
    let report = verify_log(&mut shelf.log(), &expect, &Control::new()).unwrap();
    assert_eq!(places(&report), [(None, Check::ExpectedMissing)]);
    assert_eq!((report.findings[0].hash, report.anchor), (Some(gone), Anchor::Hash));
}

#[test]
fn a_log_shorter_than_it_claims_is_found_out() {
    let shelf = family();
    let mut log = shelf.log();
    log.claim = 9;
    let report = verify_log(&mut log, &[], &Control::new()).unwrap();
    assert_eq!(places(&report), [(Some(5), Check::Index)]);
    assert_eq!(report.findings[0].message, "the log should hold 9 events and ends after 5");
}

/// A log that disturbs the chunks of another.
struct Disturbed<'a, F>(graph::ShelfLog<'a>, F);

impl<F: FnMut(&mut Chunk) -> Result<()> + Send> Log for Disturbed<'_, F> {
    fn total(&self) -> u64 {
        self.0.total()
    }
    fn next(&mut self, chunk: &mut Chunk) -> Result<bool> {
        let more = self.0.next(chunk)?;
        (self.1)(chunk)?;
        Ok(more)
    }
}

#[test]
fn indices_that_the_log_skips_are_found_out_and_counted() {
    let mut shelf = Shelf::chain(20);
    *shelf.block(14) = Vec::new();
    let mut log = Disturbed(shelf.log(), |chunk: &mut Chunk| {
        chunk.first += if chunk.first < 7 { 0 } else { 3 };
        Ok(())
    });
    log.0.claim = 23;
    let report = verify_log(&mut log, &[], &Control::new()).unwrap();
    let found = &places(&report)[..3];
    assert_eq!(
        found,
        [(Some(7), Check::Index), (Some(17), Check::Hash), (Some(18), Check::RestsOn)]
    );
    assert_eq!((report.checked, report.counts[&Check::Index]), (20, 1));
}

#[test]
fn damage_to_the_structure_stands_where_the_log_met_it() {
    let mut shelf = Shelf::chain(20);
    *shelf.block(3) = Vec::new();
    shelf.events.truncate(14);
    let mut log = Disturbed(shelf.log(), |chunk: &mut Chunk| {
        let frame = Finding {
            hash: None,
            index: None,
            check: Check::Segment,
            expected: "a frame".into(),
            found: "zeros".into(),
            message: "a commit frame is damaged".into(),
        };
        chunk.findings.extend((chunk.first == 7).then_some(frame));
        Ok(())
    });
    let report = verify_log(&mut log, &[], &Control::new()).unwrap();
    let at = report.findings.iter().position(|f| f.check == Check::Segment).unwrap();
    assert_eq!(places(&report)[at - 1], (Some(6), Check::RestsOn));
    assert_eq!(places(&report)[at + 1], (Some(7), Check::RestsOn));
    assert_eq!(report.verdict(), Verdict::Failed);
}

#[test]
fn a_read_that_fails_ends_the_verification() {
    let shelf = Shelf::chain(20);
    let mut log = Disturbed(shelf.log(), |chunk: &mut Chunk| match chunk.first {
        14 => Err(Error::new(Code::Storage, "the disk is gone")),
        _ => Ok(()),
    });
    assert_eq!(verify_log(&mut log, &[], &Control::new()).unwrap_err().code(), Code::Storage);
}

#[test]
fn findings_beyond_what_is_kept_are_counted_and_the_first_are_kept() {
    let mut shelf = Shelf::chain(15_000);
    *shelf.block(0) = Vec::new();
    let report = shelf.verify_log();
    assert_eq!(report.findings.len(), MAX_FINDINGS);
    assert_eq!(report.counts[&Check::RestsOn], 14_999);
    assert_eq!(report.findings.last().unwrap().index, Some(MAX_FINDINGS as u64 - 1));
}

#[test]
fn a_chain_of_a_million_is_verified_with_its_progress() {
    let shelf = Shelf::chain(1_000_000);
    let control = Control::new();
    let mut log = shelf.log();
    log.step = 1_000;
    let started = Instant::now();
    assert_ok(&verify_log(&mut log, &[], &control).unwrap(), 1_000_000);
    assert_eq!(control.progress(), (1_000_000, 1_000_000));
    // It takes about a second.
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

/// The same chunk for ever.
struct Endless(Chunk);

impl Log for Endless {
    fn total(&self) -> u64 {
        0
    }
    fn next(&mut self, chunk: &mut Chunk) -> Result<bool> {
        chunk.bytes.clone_from(&self.0.bytes);
        chunk.events.clone_from(&self.0.events);
        Ok(true)
    }
}

#[test]
fn cancelling_ends_an_endless_log_at_once() {
    let shelf = Shelf::chain(1_000);
    let mut whole = Chunk::default();
    let mut log = shelf.log();
    log.step = 1_000;
    log.next(&mut whole).unwrap();
    let mut log = Endless(whole);
    assert_stops(|control| verify_log(&mut log, &[], control));
}
