//! Files that are not what was written: noticed, whatever it is, and never believed.

use crate::model::{Model, life};
use lineseal_core::index::Index;
use lineseal_core::index::runs::Tuning;
use lineseal_core::media::fault::FaultMedia;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

type Files = BTreeMap<String, Vec<u8>>;

const TUNING: Tuning = Tuning { events: 20, items: 1 << 20, keep: 1, inline: true };

fn files(model: &Model) -> Files {
    let media = FaultMedia::new(1);
    let index = model.open(Arc::new(media.clone()), false, TUNING);
    model.bring(&index);
    index.close(true);
    media.files()
}

/// What became of a look at these files.
#[derive(Debug, PartialEq, Eq)]
enum Met {
    /// They were not taken up.
    Unfit,
    /// A question failed for it.
    Broken,
    /// No question met it, and all answers are right.
    Harmless,
}

fn look(model: &Model, files: &Files) -> Met {
    let index = model.open(Arc::new(FaultMedia::holding(files)), true, TUNING);
    if index.is_empty() {
        return Met::Unfit;
    }
    model.check(&index, index.len()).unwrap();
    if index.is_broken() { Met::Broken } else { Met::Harmless }
}

#[test]
fn a_flip_of_any_byte_of_any_file_is_noticed() {
    let model = life(18, 3);
    let files = files(&model);
    assert!(files.len() >= 3, "several runs");
    let places: Vec<_> = files
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |at| (path.clone(), at)))
        .collect();
    let (next, counts) = (AtomicUsize::new(0), [0; 3].map(AtomicUsize::new));
    std::thread::scope(|scope| {
        let work = || {
            while let Some((path, at)) = places.get(next.fetch_add(1, Relaxed)) {
                let mut bad = files.clone();
                bad.get_mut(path).unwrap()[*at] ^= 1 << (at % 8);
                let met = look(&model, &bad);
                assert!(met != Met::Harmless, "{path} byte {at}");
                counts[met as usize].fetch_add(1, Relaxed);
            }
        };
        (0..2).for_each(|_| drop(scope.spawn(work)));
    });
    let [unfit, broken, _] = counts.map(AtomicUsize::into_inner);
    println!("{} flips: {unfit} when opened, {broken} when asked", places.len());
    assert_eq!(unfit + broken, places.len());
    assert!(unfit > 1_000 && broken > 1_000);
}

#[test]
fn a_file_of_any_other_length_is_not_taken_up() {
    let model = life(18, 4);
    let files = files(&model);
    for (path, bytes) in &files {
        for length in (0..bytes.len()).chain([bytes.len() + 1, bytes.len() + 4_096]) {
            let mut bad = files.clone();
            bad.get_mut(path).unwrap().resize(length, 0);
            assert_eq!(look(&model, &bad), Met::Unfit, "{path} cut at {length}");
        }
    }
}

#[test]
fn older_and_missing_files_are_noticed() {
    let model = life(60, 5);
    let early = Model { ends: model.ends[..30].to_vec(), ..model.clone() };
    let early = Model { events: model.events[..early.ends[29]].to_vec(), ..early };
    let (old, new) = (files(&early), files(&model));
    assert_eq!(look(&early, &old), Met::Harmless);
    for path in new.keys().chain(old.keys()) {
        let mut mixed = new.clone();
        match old.get(path) {
            Some(bytes) => drop(mixed.insert(path.clone(), bytes.clone())),
            None => drop(mixed.remove(path)),
        }
        // The older manifest with all of its own files is an older index: right as far as it goes.
        look(&model, &mixed);
        mixed.remove(path);
        look(&model, &mixed);
    }
}

#[test]
fn a_page_of_another_place_or_run_is_noticed() {
    let model = life(60, 6);
    let files = files(&model);
    let run = files.keys().find(|path| path.ends_with(".run")).unwrap();
    let count = files[run].len() / 4_096;
    for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
        let mut bad = files.clone();
        let page = files[run][from * 4_096..][..4_096].to_vec();
        bad.get_mut(run).unwrap()[to * 4_096..][..4_096].copy_from_slice(&page);
        assert_eq!(look(&model, &bad) == Met::Harmless, from == to, "page {from} at {to}");
    }
}

#[test]
fn a_broken_index_takes_nothing_and_is_built_anew() {
    let model = life(60, 7);
    let mut files = files(&model);
    let run = files.keys().find(|path| path.ends_with(".run")).unwrap().clone();
    files.get_mut(&run).unwrap()[5] ^= 1;
    let media = FaultMedia::holding(&files);
    let index = model.open(Arc::new(media), false, TUNING);
    model.check(&index, index.len()).unwrap();
    assert!(index.is_broken());
    let (before, longer) = (index.len(), life(70, 7));
    longer.bring(&index);
    assert_eq!(index.len(), before);
    index.forget().unwrap();
    assert!(!index.is_broken());
    longer.bring(&index);
    longer.check(&index, longer.len()).unwrap();
    assert!(!index.is_broken());
}
