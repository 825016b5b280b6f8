//! What always holds: a log that was tampered with is never called sound, one that was not always
//! is, and walks find what a naive search finds.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod graph;

use graph::{Shelf, event};
use lineseal_core::control::Control;
use lineseal_core::dag::report::Verdict;
use lineseal_core::dag::{impact, trace, verify, verify_log};
use lineseal_core::hash::Hash;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;

/// For each event a choice of earlier ones.
fn dags() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let row = prop::collection::vec(any::<Index>(), 0..4);
    prop::collection::vec(row, 1..60).prop_map(|rows| {
        let pick = |(at, row): (usize, Vec<Index>)| {
            let all = row.iter().filter(|_| at > 0).map(|index| index.index(at) as u64);
            all.collect::<BTreeSet<_>>().into_iter().collect()
        };
        rows.into_iter().enumerate().map(pick).collect()
    })
}

fn shelf(dag: &[Vec<u64>]) -> Shelf {
    let mut shelf = Shelf::new();
    dag.iter().for_each(|row| _ = shelf.add(row));
    shelf
}

#[derive(Clone, Debug)]
enum Tamper {
    Flip(Index, Index, u8),
    Cut(Index, Index),
    Drop(Index),
    SwapBlocks(Index, Index),
    Rewrite(Index),
    Duplicate(Index),
}

fn tampers() -> impl Strategy<Value = Tamper> {
    let at = any::<Index>;
    prop_oneof![
        (at(), at(), 1u8..).prop_map(|(event, byte, bits)| Tamper::Flip(event, byte, bits)),
        (at(), at()).prop_map(|(event, length)| Tamper::Cut(event, length)),
        at().prop_map(Tamper::Drop),
        (at(), at()).prop_map(|(one, other)| Tamper::SwapBlocks(one, other)),
        at().prop_map(Tamper::Rewrite),
        at().prop_map(Tamper::Duplicate),
    ]
}

/// Does it, and says whether the stored list of names is as it was.
fn tamper(shelf: &mut Shelf, how: &Tamper) -> bool {
    let count = shelf.events.len();
    match how {
        Tamper::Flip(at, byte, bits) => {
            let block = &mut shelf.events[at.index(count)].1;
            // An earlier cut may have left nothing to flip.
            if !block.is_empty() {
                let byte = byte.index(block.len());
                block[byte] ^= bits;
            }
        }
        Tamper::Cut(at, length) => {
            let block = &mut shelf.events[at.index(count)].1;
            block.truncate(length.index(block.len().max(1)));
        }
        Tamper::Drop(at) => drop(shelf.events.remove(at.index(count))),
        Tamper::SwapBlocks(one, other) => {
            let (one, other) = (one.index(count), other.index(count));
            let block = shelf.events[one].1.clone();
            shelf.events[one].1 = std::mem::replace(&mut shelf.events[other].1, block);
        }
        Tamper::Rewrite(at) => shelf.events[at.index(count)] = event(12_345, &[]),
        Tamper::Duplicate(at) => shelf.events.push(shelf.events[at.index(count)].clone()),
    }
    !matches!(how, Tamper::Drop(_) | Tamper::Rewrite(_) | Tamper::Duplicate(_))
}

proptest! {
    #[test]
    fn an_untouched_graph_is_always_sound(dag in dags()) {
        let shelf = shelf(&dag);
        let all: Vec<_> = (0..dag.len() as u64).collect();
        for report in [shelf.verify_log(), shelf.verify_blocks(), shelf.verify(&all)] {
            prop_assert_eq!(report.verdict(), Verdict::Ok, "{:?}", report.findings);
            prop_assert_eq!(report.checked, dag.len() as u64);
        }
    }

    #[test]
    fn a_tampered_graph_is_never_sound(dag in dags(), how in tampers()) {
        let before = shelf(&dag);
        let mut after = before.clone();
        let same_names = tamper(&mut after, &how);
        if after.events == before.events {
            return Ok(());
        }
        // Whoever kept the names finds out, whatever was done.
        let kept: Vec<Hash> = before.events.iter().map(|(hash, _)| *hash).collect();
        let report = verify_log(&mut after.log(), &kept, &Control::new()).unwrap();
        prop_assert_eq!(report.verdict(), Verdict::Failed);
        if same_names {
            prop_assert_eq!(after.verify_log().verdict(), Verdict::Failed);
            prop_assert_eq!(after.verify_blocks().verdict(), Verdict::Failed);
            let report = verify(&after, &kept, &Control::new()).unwrap();
            prop_assert_eq!(report.verdict(), Verdict::Failed);
        }
    }

    #[test]
    fn what_is_not_in_the_order_of_the_links_is_never_sound(
        dag in dags(), one in any::<Index>(), other in any::<Index>(),
    ) {
        let mut shelf = shelf(&dag);
        let (one, other) = (one.index(dag.len()), other.index(dag.len()));
        shelf.events.swap(one, other);
        let place = |at: usize| if at == one { other } else if at == other { one } else { at };
        let ordered = dag.iter().enumerate().all(|(child, row)| {
            row.iter().all(|&parent| place(parent as usize) < place(child))
        });
        let verdict = shelf.verify_log().verdict();
        prop_assert_eq!(verdict == Verdict::Ok, ordered);
    }

    #[test]
    fn findings_do_not_depend_on_the_chunks(
        dag in dags(), how in prop::collection::vec(tampers(), 0..4), step in 1usize..20,
    ) {
        let mut shelf = shelf(&dag);
        how.iter().for_each(|how| if !shelf.events.is_empty() { tamper(&mut shelf, how); });
        let mut log = shelf.log();
        log.step = step;
        let report = verify_log(&mut log, &[], &Control::new()).unwrap();
        prop_assert_eq!(report.findings, shelf.verify_log().findings);
    }

    #[test]
    fn walks_find_what_a_naive_search_finds(
        dag in dags(), from in any::<Index>(), after in prop::option::of(0u64..60),
        limit in 0usize..70,
    ) {
        let shelf = shelf(&dag);
        let from = from.index(dag.len()) as u64;
        let mut up = BTreeSet::from([from]);
        for child in (0..dag.len() as u64).rev().filter(|&i| i <= from) {
            if up.contains(&child) {
                up.extend(&dag[child as usize]);
            }
        }
        let expected: Vec<_> =
            up.into_iter().rev().filter(|&i| after.is_none_or(|a| i < a)).take(limit).collect();
        let names = [shelf.hash(from)];
        let found = trace(&shelf, &names, after, Some(limit), &Control::new()).unwrap();
        prop_assert_eq!(found, expected);

        let mut down = BTreeSet::from([from]);
        for (child, row) in dag.iter().enumerate() {
            if row.iter().any(|parent| down.contains(parent)) {
                down.insert(child as u64);
            }
        }
        let expected: Vec<_> = down.into_iter()
            .filter(|&i| i != from && after.is_none_or(|a| i > a)).take(limit).collect();
        prop_assert_eq!(impact(&shelf, from, after, limit, &Control::new()).unwrap(), expected);
    }
}
