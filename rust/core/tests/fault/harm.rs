//! The files of a ledger harmed in every way that keeps them files: bytes changed, ends cut off,
//! files gone, emptied, exchanged, and older copies of some beside the newer ones of others.

use crate::harmless::{Files, Outcome};
use crate::history::{History, names, report};
use crate::seeds;
use lineseal_core::media::fault::Rng;

/// A small ledger at its end, and how many harms of a kind are done to it.
struct Case {
    name: &'static str,
    history: History,
    most: usize,
}

/// Closed, and left by a writer that died.
fn endings(batches: usize, names: [&'static str; 2], most: usize) -> [Case; 2] {
    let closed = History::of(batches);
    let mut died = History::of(batches);
    died.states.pop();
    let [first, second] = names;
    [Case { name: first, history: closed, most }, Case { name: second, history: died, most }]
}

/// Three runs of an index, three segments: a part of what can be done to them.
fn large(most: usize) -> [Case; 2] {
    endings(10, ["closed", "died"], most)
}

/// Where bytes are harmed: in the long form each byte of the smallest ledger that has an index and
/// two segments, too.
fn cases() -> Vec<Case> {
    if !seeds::is_long() {
        return large(250).into();
    }
    let all = endings(5, ["closed, all", "died, all"], usize::MAX);
    all.into_iter().chain(large(5_000)).collect()
}

fn judge_all<T: Sync>(
    what: &str,
    case: &Case,
    all: Vec<T>,
    harm: impl Fn(&T) -> Option<(String, Files)> + Sync,
) {
    let (what, all) = (format!("{what}, {}", case.name), seeds::some(all, case.most));
    let judged = seeds::each(&what, &all, |one| {
        let (name, files) = harm(one)?;
        Some((name, case.history.judge(&files)))
    });
    report(&what, judged.into_iter().flatten().collect());
}

#[test]
fn each_flipped_byte_is_reported_or_harmless() {
    for case in cases() {
        let files = &case.history.last().files;
        let places: Vec<_> = (files.iter())
            .flat_map(|(path, bytes)| (0..bytes.len()).map(move |at| (path, at)))
            .flat_map(|place| [0x01, 0xff].map(|pattern| (place, pattern)))
            .collect();
        judge_all("flipped bytes", &case, places, |((path, at), pattern)| {
            let mut flipped = files.clone();
            flipped.get_mut(*path)?[*at] ^= pattern;
            Some((format!("{path} byte {at} ^ {pattern:#x}"), flipped))
        });
    }
}

#[test]
fn each_length_of_each_file_is_reported_or_harmless() {
    for case in cases() {
        let files = &case.history.last().files;
        let cuts =
            files.iter().flat_map(|(path, bytes)| (0..bytes.len()).map(move |to| (path, to)));
        judge_all("cut lengths", &case, cuts.collect(), |(path, to)| {
            let mut cut = files.clone();
            cut.get_mut(*path)?.truncate(*to);
            Some((format!("{path} cut to {to}"), cut))
        });
    }
}

#[test]
fn files_that_are_gone_empty_or_exchanged_are_reported_or_harmless() {
    for case in large(if seeds::is_long() { usize::MAX } else { 60 }) {
        let files = &case.history.last().files;
        let pairs: Vec<_> = (files.keys())
            .flat_map(|one| files.keys().map(move |other| (one, other)))
            .flat_map(|pair| ["gone", "empty", "exchanged"].map(|how| (pair, how)))
            .filter(|((one, other), how)| one < other || (one == other && *how != "exchanged"))
            .collect();
        judge_all("lost files", &case, pairs, |((one, other), how)| {
            let mut left = files.clone();
            match *how {
                "gone" => left.retain(|path, _| path != *one && path != *other),
                "empty" => {
                    [one, other].iter().for_each(|path| left.get_mut(**path).unwrap().clear())
                }
                _ => {
                    let bytes = left.insert((*one).clone(), files[*other].clone())?;
                    left.insert((*other).clone(), bytes);
                }
            }
            Some((format!("{one}, {other} {how}"), left))
        });
    }
}

/// Puts the older copy in place, or takes the file away where there was none.
fn put_back(files: &mut Files, path: &str, older: &Files) {
    match older.get(path) {
        Some(bytes) => drop(files.insert(path.to_owned(), bytes.clone())),
        None => drop(files.remove(path)),
    }
}

#[test]
fn older_copies_of_single_files_are_reported_or_harmless() {
    for case in large(usize::MAX) {
        let history = &case.history;
        let newest = &history.last().files;
        // What has been there and is not any more comes back, too.
        let every = history.states.iter().flat_map(|state| state.files.keys());
        let paths: std::collections::BTreeSet<_> = every.collect();
        let copies: Vec<_> = (paths.into_iter())
            .flat_map(|path| (0..history.states.len() - 1).map(move |state| (path, state)))
            .collect();
        judge_all("older files", &case, copies, |(path, state)| {
            let mut mixed = newest.clone();
            put_back(&mut mixed, path, &history.states[*state].files);
            (mixed != *newest).then(|| (format!("{path} of state {state}"), mixed))
        });
    }
}

#[test]
fn older_copies_of_groups_of_files_are_reported_or_harmless() {
    for case in large(usize::MAX) {
        let mut rng = Rng::new(seeds::seed());
        let count = if seeds::is_long() { 5_000 } else { 150 };
        let drawn: Vec<_> = (0..count).map(|_| rng.draw()).collect();
        let outcomes = seeds::each("groups", &drawn, |seed| {
            let (name, files) = mixture(&case.history, &mut Rng::new(*seed));
            let outcome = case.history.judge(&files);
            (format!("seed {seed}: {name}"), outcome)
        });
        report(&format!("older groups, {}", case.name), outcomes);
    }
}

/// Files of two or three states side by side: any, or all of a kind.
fn mixture(history: &History, rng: &mut Rng) -> (String, Files) {
    let base = history.states.len() - 1 - rng.below(2) as usize;
    let mut mixed = history.states[base].files.clone();
    let mut name = format!("state {base}");
    for _ in 0..1 + rng.below(2) {
        let state = rng.below(history.states.len() as u64) as usize;
        let older = &history.states[state].files;
        let both: Files = mixed.iter().chain(older).map(|(p, b)| (p.clone(), b.clone())).collect();
        let (authority, derived) = names(&both);
        let group: Vec<&String> = match rng.below(4) {
            0 => authority,
            1 => derived,
            2 => both.keys().filter(|path| path.starts_with("segments/")).collect(),
            _ => both.keys().filter(|_| rng.percent(50)).collect(),
        };
        group.iter().for_each(|path| put_back(&mut mixed, path, older));
        name += &format!(", of state {state} {group:?}");
    }
    (name, mixed)
}

#[test]
fn what_nothing_was_done_to_is_harmless() {
    for case in endings(6, ["closed", "died"], usize::MAX) {
        for (number, state) in case.history.states.iter().enumerate() {
            let outcome = case.history.judge(&state.files);
            assert_eq!(outcome, Outcome::Harmless, "{}, state {number}", case.name);
        }
    }
}
