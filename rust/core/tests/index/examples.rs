//! Its answers, its bounds and pages, by example; and what pages cost at a million.

use lineseal_core::error::Code;
use lineseal_core::hash::Hash;
use lineseal_core::index::runs::RunIndex;
use lineseal_core::index::{Entry, GroupNote, Index, Location};
use std::time::{Duration, Instant};

fn hash(index: u64) -> Hash {
    Hash::of(&index.to_le_bytes())
}

/// A group that was committed at this time.
fn at(clock: i64) -> GroupNote<'static> {
    GroupNote { clock, note: &[] }
}

fn entry<'a>(index: u64, parents: &'a [u64], keys: &'a [u64]) -> Entry<'a> {
    let location = Location { segment: index / 100 * 100, offset: index * 300 };
    Entry { hash: hash(index), location, parents, keys }
}

#[test]
fn every_event_is_found_by_hash_place_parent_and_key() {
    let index = RunIndex::in_memory();
    for i in 0..5_000 {
        let parents = if i == 0 { vec![] } else { vec![i - 1, i / 2] };
        index.append(&at(0), &[entry(i, &parents, &[i % 7, 1_000 + i])]).unwrap();
    }
    assert_eq!(index.len(), 5_000);
    for i in 0..5_000 {
        assert_eq!(index.candidates(hash(i).prefix(), 5_000).unwrap().as_slice(), [i]);
        let place = Location { segment: i / 100 * 100, offset: i * 300 };
        assert_eq!(index.location(i).unwrap(), place);
        assert_eq!(index.lookup(1_000 + i, None, 5_000, 9).unwrap(), [i]);
    }
    assert_eq!(index.children(10, None, 5_000, 9).unwrap(), [11, 20, 21]);
    assert!(index.candidates(hash(5_000).prefix(), 5_000).unwrap().is_empty());
    assert_eq!(index.location(5_000).unwrap_err().code(), Code::Internal);
}

#[test]
fn answers_end_at_the_bound_of_the_snapshot() {
    let index = RunIndex::in_memory();
    index.append(&at(0), &[entry(0, &[], &[7])]).unwrap();
    (1..10).for_each(|i| index.append(&at(0), &[entry(i, &[0], &[7])]).unwrap());
    assert!(index.candidates(hash(5).prefix(), 5).unwrap().is_empty());
    assert!(index.candidates_between(0, u64::MAX, 5, 99).unwrap().iter().all(|&i| i < 5));
    assert_eq!(index.children(0, None, 4, 99).unwrap(), [1, 2, 3]);
    assert_eq!(index.lookup(7, None, 4, 99).unwrap(), [3, 2, 1, 0]);
    assert_eq!(index.lookup(7, Some(8), 4, 2).unwrap(), [3, 2]);
}

#[test]
fn a_bound_beyond_what_is_covered_is_refused_not_answered() {
    let index = RunIndex::in_memory();
    index.append(&at(7), &[entry(0, &[], &[])]).unwrap();
    index.append(&at(9), &[entry(1, &[], &[]), entry(2, &[], &[])]).unwrap();
    assert_eq!([0, 1, 2].map(|i| index.recorded_at(i).unwrap()), [7, 9, 9]);
    let refused = [
        index.candidates(1, 4).unwrap_err(),
        index.candidates_between(1, 2, 4, 9).unwrap_err(),
        index.children(0, None, 4, 9).unwrap_err(),
        index.lookup(0, None, 4, 9).unwrap_err(),
        index.location(3).unwrap_err(),
        index.recorded_at(3).unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.code() == Code::Internal));
    index.forget().unwrap();
    assert!(index.is_empty());
}

#[test]
fn several_events_may_share_a_prefix() {
    let index = RunIndex::in_memory();
    let mut twin = entry(1, &[], &[]);
    twin.hash.0[..8].copy_from_slice(&hash(0).0[..8]);
    index.append(&at(0), &[entry(0, &[], &[]), twin]).unwrap();
    assert_eq!(index.candidates(hash(0).prefix(), 2).unwrap().as_slice(), [0, 1]);
    assert_eq!(index.candidates(hash(0).prefix(), 1).unwrap().as_slice(), [0]);
}

#[test]
fn a_shortened_hash_gives_the_events_in_its_range() {
    let index = RunIndex::in_memory();
    (0..20_000).for_each(|i| index.append(&at(0), &[entry(i, &[], &[])]).unwrap());
    let low = hash(77).prefix() & !0xffff_ffff;
    let found = index.candidates_between(low, low | 0xffff_ffff, 20_000, 9).unwrap();
    assert_eq!(found.as_slice(), [77]);
    assert_eq!(index.candidates_between(0, u64::MAX, 20_000, 3).unwrap().len(), 3);
    assert!(index.candidates_between(0, u64::MAX, 20_000, 0).unwrap().is_empty());
}

#[test]
fn a_parent_that_is_not_earlier_is_refused_and_nothing_is_kept() {
    let index = RunIndex::in_memory();
    let error = index.append(&at(0), &[entry(0, &[], &[]), entry(1, &[1], &[])]).unwrap_err();
    assert_eq!(error.code(), Code::Internal);
    assert_eq!(index.len(), 0);
    assert!(index.candidates(hash(0).prefix(), 0).unwrap().is_empty());
}

#[test]
fn a_million_children_are_paged_as_fast_as_ten() {
    let index = RunIndex::in_memory();
    index.append(&at(0), &[entry(0, &[], &[5])]).unwrap();
    let batch: Vec<_> = (1..=1_000_000).map(|i| entry(i, &[0], &[5])).collect();
    index.append(&at(0), &batch).unwrap();
    let started = Instant::now();
    let mut after = None;
    let mut seen = 0;
    while let Some(&last) = index.children(0, after, 1_000_001, 100).unwrap().last() {
        (after, seen) = (Some(last), seen + 1);
    }
    assert_eq!((after, seen), (Some(1_000_000), 10_000));
    assert_eq!(index.lookup(5, Some(10), 1_000_001, 2).unwrap(), [9, 8]);
    // 10,000 pages take some 5 ms; a scan of the list for each would take seconds.
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}
