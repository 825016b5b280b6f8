//! Verification of events and their ancestors, and of loose blocks.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod graph;

use graph::{Shelf, assert_ok, assert_stops, event, places};
use lineseal_core::control::Control;
use lineseal_core::dag::report::{Anchor, Check, Verdict};
use lineseal_core::dag::{verify, verify_blocks};
use lineseal_core::error::Code;
use lineseal_core::hash::Hash;
use std::time::{Duration, Instant};

/// 0 and 1 are roots, 2 has both, 3 stands on 2, 4 on 1.
fn family() -> Shelf {
    Shelf::of(&[&[], &[], &[0, 1], &[2], &[1]])
}

#[test]
fn an_event_is_verified_with_its_ancestors_and_nothing_else() {
    let mut shelf = family();
    let report = shelf.verify(&[3]);
    assert_ok(&report, 4);
    assert_eq!(report.anchor, Anchor::Hash);
    *shelf.block(4) = Vec::new();
    assert_ok(&shelf.verify(&[3, 2, 3]), 4);
    assert_eq!(shelf.verify(&[4]).verdict(), Verdict::Failed);
}

#[test]
fn a_rewritten_ancestor_is_caught_from_its_child() {
    let mut shelf = family();
    *shelf.block(0) = event(99, &[]).1;
    let report = shelf.verify(&[3]);
    let rests = Check::RestsOn;
    assert_eq!(places(&report), [(Some(0), Check::Hash), (Some(2), rests), (Some(3), rests)]);
    assert_eq!(report.findings[2].found, shelf.hash(0).to_string());
}

#[test]
fn what_is_stored_under_another_name_is_not_what_was_asked_for() {
    let mut shelf = family();
    let name = shelf.hash(0);
    shelf.events[0] = event(99, &[]);
    let report = verify(&shelf, &[name], &Control::new()).unwrap();
    assert_eq!(places(&report), [(Some(0), Check::Hash)]);
    let mut shelf = family();
    shelf.events[0].0 = shelf.hash(1);
    let report = verify(&shelf, &[name], &Control::new()).unwrap();
    assert_eq!(places(&report), [(Some(0), Check::Index)]);
}

#[test]
fn a_parent_that_is_gone_and_one_that_stands_later_are_told_apart() {
    let mut shelf = family();
    let (hash, block) = event(9, &[(Hash::of(b"gone"), ""), (shelf.hash(0), "")]);
    shelf.put(hash, block, &[0]);
    let report = shelf.verify(&[5]);
    assert_eq!(places(&report), [(Some(5), Check::ParentMissing)]);
    assert_eq!(report.findings[0].expected, Hash::of(b"gone").to_string());
    let mut later = Shelf::new();
    for at in [2, 0] {
        let (hash, block) = shelf.events[at].clone();
        later.put(hash, block, &[]);
    }
    let expected = [(Some(0), Check::ParentMissing), (Some(0), Check::ParentOrder)];
    assert_eq!(places(&later.verify(&[0])), expected);
}

#[test]
fn a_section_that_cannot_be_read_is_a_finding() {
    let mut shelf = family();
    shelf.damaged = vec![0];
    let report = shelf.verify(&[3, 1]);
    let rests = Check::RestsOn;
    assert_eq!(places(&report), [(Some(0), Check::Segment), (Some(2), rests), (Some(3), rests)]);
    assert_eq!(report.checked, 3);
}

#[test]
fn an_unknown_name_is_an_error_that_names_it() {
    let gone = Hash::of(b"gone");
    let error = verify(&family(), &[family().hash(0), gone], &Control::new()).unwrap_err();
    assert_eq!(error.code(), Code::EventNotFound);
    assert_eq!(error.hash_hex(), Some(gone.to_string().as_str()));
}

#[test]
fn a_newer_version_leaves_open_what_rests_on_it() {
    let (_, mut block) = event(0, &[]);
    let at = block.windows(3).position(|w| w == [0x61, b'v', 1]).unwrap();
    block[at + 2] = 2;
    let mut shelf = Shelf::new();
    shelf.put(Hash::of(&block), block, &[]);
    shelf.add(&[0]);
    for report in [shelf.verify(&[1]), shelf.verify_blocks()] {
        assert_eq!(report.verdict(), Verdict::Undetermined);
        assert_eq!(report.counts, [(Check::UnsupportedVersion, 1), (Check::RestsOn, 1)].into());
    }
}

#[test]
fn a_wide_lattice_is_verified_once_an_event() {
    let mut shelf = Shelf::new();
    (0..1_000).for_each(|_| _ = shelf.add(&[]));
    for at in 1_000..100_000 {
        let below = at / 1_000 * 1_000 - 1_000;
        let parents: Vec<_> = (0..5).map(|k| below + (at * 7 + k * 201) % 1_000).collect();
        shelf.add(&parents);
    }
    let last: Vec<_> = (99_000..100_000).collect();
    assert_ok(&shelf.verify(&last), 100_000);
    assert_ok(&shelf.verify_blocks(), 100_000);
    *shelf.block(99_999) = Vec::new();
    assert_eq!(places(&shelf.verify(&last)), [(Some(99_999), Check::Hash)]);
}

#[test]
fn a_chain_of_a_million_needs_no_stack() {
    let shelf = Shelf::chain(1_000_000);
    let started = Instant::now();
    assert_ok(&shelf.verify(&[999_999]), 1_000_000);
    assert_ok(&shelf.verify_blocks(), 1_000_000);
    // They take about three seconds.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn naming_a_whole_chain_costs_no_more_than_naming_its_last() {
    let shelf = Shelf::chain(100_000);
    let all: Vec<_> = (0..100_000).collect();
    let time = |names: &[u64]| {
        let started = Instant::now();
        assert_ok(&shelf.verify(names), 100_000);
        started.elapsed()
    };
    let last = time(&[99_999]);
    let every = time(&all);
    assert!(every < last * 5, "{every:?} for all, {last:?} for the last");
}

#[test]
fn cancelling_stops_a_long_verification() {
    let shelf = Shelf::chain(400_000);
    assert_stops(|control| verify(&shelf, &[shelf.hash(399_999)], control));
    let blocks: Vec<_> = shelf.events.iter().map(|(h, b)| (*h, b.as_slice())).collect();
    assert_stops(|control| verify_blocks(&blocks.repeat(9), control));
}

#[test]
fn loose_blocks_are_held_to_their_claimed_names() {
    let mut shelf = family();
    let report = shelf.verify_blocks();
    assert_ok(&report, 5);
    assert_eq!(report.anchor, Anchor::Hash);
    *shelf.block(0) = event(99, &[]).1;
    let report = shelf.verify_blocks();
    let found: Vec<_> = report.findings.iter().map(|f| (f.hash, f.check)).collect();
    let at = |n| Some(shelf.hash(n));
    let rests = Check::RestsOn;
    assert_eq!(found, [(at(0), Check::Hash), (at(2), rests), (at(3), rests)]);
}

#[test]
fn loose_blocks_may_come_in_any_order_but_whole() {
    let mut shelf = family();
    shelf.events.reverse();
    assert_ok(&shelf.verify_blocks(), 5);
    let root = shelf.events.pop().unwrap().0;
    let report = shelf.verify_blocks();
    assert_eq!(report.counts, [(Check::ParentMissing, 1), (Check::RestsOn, 1)].into());
    assert!(report.findings.iter().any(|f| f.expected == root.to_string()));
}

#[test]
fn a_name_claimed_twice_is_a_duplicate_and_both_are_judged() {
    let mut shelf = family();
    shelf.events.push((shelf.hash(0), event(99, &[]).1));
    let report = shelf.verify_blocks();
    assert_eq!(report.counts, [(Check::Hash, 1), (Check::Duplicate, 1)].into());
    assert_eq!(report.checked, 6);
}

#[test]
fn claimed_names_that_make_a_cycle_are_found() {
    let names = [Hash::of(b"a"), Hash::of(b"b"), Hash::of(b"c")];
    let ring = |n: usize| (names[n], event(n as u64, &[(names[(n + 1) % 3], "")]).1);
    let (child, block) = event(9, &[(names[0], "")]);
    let own = Hash::of(b"own");
    let events = vec![(child, block), ring(0), ring(1), ring(2), (own, event(5, &[(own, "")]).1)];
    let shelf = Shelf { events, ..Shelf::new() };
    let report = shelf.verify_blocks();
    let expected = [(Check::Hash, 4), (Check::Cycle, 4), (Check::RestsOn, 1)];
    assert_eq!(report.counts, expected.into());
    let lengths: Vec<_> =
        report.findings.iter().filter(|f| f.check == Check::Cycle).map(|f| &*f.found).collect();
    assert_eq!(lengths, ["a cycle of 3", "a cycle of 3", "a cycle of 3", "a cycle of 1"]);
}
