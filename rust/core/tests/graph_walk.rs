//! Trace and impact: order, pages, what they refuse, and what they cost.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod graph;

use graph::{Shelf, assert_stops, event};
use lineseal_core::control::Control;
use lineseal_core::dag::impact::Descendants;
use lineseal_core::dag::source::Source;
use lineseal_core::dag::trace::Ancestors;
use lineseal_core::dag::{impact, trace};
use lineseal_core::error::{Code, Result};
use lineseal_core::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// 0 and 1 are roots, 2 has both, 3 stands on 2, 4 on 1.
fn family() -> Shelf {
    Shelf::of(&[&[], &[], &[0, 1], &[2], &[1]])
}

fn up(shelf: &Shelf, from: &[u64], after: Option<u64>, limit: Option<usize>) -> Vec<u64> {
    let names: Vec<_> = from.iter().map(|&index| shelf.hash(index)).collect();
    trace(shelf, &names, after, limit, &Control::new()).unwrap()
}

fn down(source: &dyn Source, from: u64, after: Option<u64>, limit: usize) -> Vec<u64> {
    impact(source, from, after, limit, &Control::new()).unwrap()
}

#[test]
fn a_trace_is_leaf_first_and_continues_downward() {
    let shelf = family();
    assert_eq!(up(&shelf, &[3], None, None), [3, 2, 1, 0]);
    assert_eq!(up(&shelf, &[4, 3, 4], None, None), [4, 3, 2, 1, 0]);
    assert_eq!(up(&shelf, &[3], Some(2), None), [1, 0]);
    assert_eq!(up(&shelf, &[3], None, Some(2)), [3, 2]);
    assert_eq!(up(&shelf, &[3], Some(3), Some(1)), [2]);
    assert_eq!(up(&shelf, &[3], None, Some(0)), [0; 0]);
    assert_eq!(up(&shelf, &[0], Some(0), None), [0; 0]);
}

#[test]
fn an_impact_is_oldest_first_without_the_event_and_continues_upward() {
    let shelf = family();
    assert_eq!(down(&shelf, 1, None, 9), [2, 3, 4]);
    assert_eq!(down(&shelf, 0, None, 9), [2, 3]);
    assert_eq!(down(&shelf, 1, Some(2), 9), [3, 4]);
    assert_eq!(down(&shelf, 1, Some(2), 1), [3]);
    assert_eq!(down(&shelf, 3, None, 9), [0; 0]);
    assert_eq!(down(&shelf, 1, None, 0), [0; 0]);
}

#[test]
fn unknown_names_are_errors_that_name_them() {
    let gone = Hash::of(b"gone");
    let error = trace(&family(), &[gone], None, None, &Control::new()).unwrap_err();
    assert_eq!(error.code(), Code::EventNotFound);
    assert_eq!(error.hash_hex(), Some(gone.to_string().as_str()));
}

#[test]
fn walks_stop_at_an_event_that_does_not_hold_and_name_it() {
    let mut shelf = family();
    *shelf.block(2) = event(99, &[]).1;
    let names = [shelf.hash(3)];
    let upward = trace(&shelf, &names, None, None, &Control::new()).unwrap_err();
    let downward = impact(&shelf, 1, None, 9, &Control::new()).unwrap_err();
    for error in [upward, downward] {
        assert_eq!(error.code(), Code::CorruptLedger);
        assert_eq!(error.hash_hex(), Some(shelf.hash(2).to_string().as_str()));
    }
    assert_eq!(up(&shelf, &[4], None, None), [4, 1]);
}

#[test]
fn a_trace_through_a_missing_or_a_later_parent_is_refused() {
    let mut shelf = Shelf::new();
    let (hash, block) = event(0, &[(Hash::of(b"gone"), "")]);
    shelf.put(hash, block, &[]);
    let error = trace(&shelf, &[hash], None, None, &Control::new()).unwrap_err();
    assert_eq!(error.code(), Code::CorruptLedger);
    let (parent, later) = event(1, &[]);
    let (hash, block) = event(2, &[(parent, "")]);
    let mut shelf = Shelf::new();
    shelf.put(hash, block, &[]);
    shelf.put(parent, later, &[]);
    let error = trace(&shelf, &[hash], None, None, &Control::new()).unwrap_err();
    assert_eq!(error.code(), Code::CorruptLedger);
}

/// Says that every later event is a child, and counts what is read.
struct Doubtful<'a>(&'a Shelf, AtomicUsize);

impl Source for Doubtful<'_> {
    fn len(&self) -> u64 {
        self.0.len()
    }
    fn find(&self, hash: &Hash) -> Result<Option<u64>> {
        self.0.find(hash)
    }
    fn read(&self, index: u64, buffer: &mut Vec<u8>) -> Result<Hash> {
        self.1.fetch_add(1, Relaxed);
        self.0.read(index, buffer)
    }
    fn children(&self, _: u64, after: Option<u64>, limit: usize) -> Result<Vec<u64>> {
        Ok((after.map_or(0, |after| after + 1)..self.len()).take(limit).collect())
    }
}

#[test]
fn false_children_are_not_believed() {
    let shelf = family();
    let source = Doubtful(&shelf, AtomicUsize::new(0));
    for from in 0..5 {
        assert_eq!(down(&source, from, None, 9), down(&shelf, from, None, 9));
    }
}

#[test]
fn a_page_reads_nothing_beyond_it() {
    let shelf = Shelf::chain(10_000);
    let source = Doubtful(&shelf, AtomicUsize::new(0));
    let names = [shelf.hash(9_999)];
    trace(&source, &names, None, Some(10), &Control::new()).unwrap();
    assert_eq!(source.1.load(Relaxed), 9);
}

#[test]
fn a_walk_that_is_taken_up_again_reads_nothing_twice() {
    let shelf = Shelf::chain(1_000);
    let source = Doubtful(&shelf, AtomicUsize::new(0));
    let control = Control::new();
    let mut upward = Ancestors::new(&source, &[shelf.hash(999)]).unwrap();
    let mut seen = Vec::new();
    while let Some(index) = upward.next(&source, &control).unwrap() {
        seen.push(index);
    }
    assert_eq!(seen, (0..1_000).rev().collect::<Vec<_>>());
    assert_eq!(source.1.load(Relaxed), 1_000);
    let mut downward = Descendants::new(&shelf, 0).unwrap();
    let mut seen = Vec::new();
    while let Some(index) = downward.next(&shelf, &control).unwrap() {
        seen.push(index);
    }
    assert_eq!(seen, (1..1_000).collect::<Vec<_>>());
}

#[test]
fn a_chain_of_a_million_is_walked_both_ways() {
    let shelf = Shelf::chain(1_000_000);
    assert!(up(&shelf, &[999_999], None, None).into_iter().eq((0..1_000_000).rev()));
    assert!(down(&shelf, 0, None, usize::MAX).into_iter().eq(1..1_000_000));
}

#[test]
fn a_lattice_is_walked_once_an_event() {
    let mut shelf = Shelf::new();
    (0..1_000).for_each(|_| _ = shelf.add(&[]));
    for at in 1_000..100_000 {
        let below = at / 1_000 * 1_000 - 1_000;
        let parents: Vec<_> = (0..5).map(|k| below + (at * 7 + k * 201) % 1_000).collect();
        shelf.add(&parents);
    }
    let last: Vec<_> = (99_000..100_000).collect();
    assert!(up(&shelf, &last, None, None).into_iter().eq((0..100_000).rev()));
    let below = down(&shelf, 0, None, usize::MAX);
    assert!(below.is_sorted() && below.len() > 90_000, "{}", below.len());
}

#[test]
fn an_event_with_a_million_children_is_paged() {
    let mut shelf = Shelf::of(&[&[], &[0]]);
    (2..1_000_000).for_each(|_| _ = shelf.add(&[1]));
    assert_eq!(down(&shelf, 0, None, 3), [1, 2, 3]);
    assert_eq!(down(&shelf, 0, None, usize::MAX).len(), 999_999);
}

#[test]
fn cancelling_stops_a_walk() {
    let shelf = Shelf::chain(400_000);
    assert_stops(|control| trace(&shelf, &[shelf.hash(399_999)], None, None, control));
    assert_stops(|control| impact(&shelf, 0, None, usize::MAX, control));
}
