//! Random lives: appends, closes, deaths, readers; with memtables of a few events, so that runs
//! are written and merged all the time.

use crate::model::{Model, life};
use lineseal_core::index::runs::Tuning;
use lineseal_core::index::{Covered, Index};
use lineseal_core::media::Media;
use lineseal_core::media::memory::MemoryMedia;
use proptest::prelude::*;
use std::sync::Arc;

fn tuning(events: u64, keep: u64, inline: bool) -> Tuning {
    Tuning { events, keep, inline, ..Tuning::default() }
}

/// The life up to a group.
fn until(model: &Model, groups: usize) -> Model {
    let ends = model.ends[..groups].to_vec();
    let events = model.events[..ends.last().copied().unwrap_or(0)].to_vec();
    Model { events, ends }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn it_answers_as_one_that_looks_through_everything(
        seed in any::<u64>(), events in 1u64..9, keep in 1u64..9, inline in any::<bool>(),
        stops in prop::collection::vec((1usize..90, any::<bool>(), any::<bool>()), 1..4),
    ) {
        let model = life(90, seed);
        let media: Arc<dyn Media> = Arc::new(MemoryMedia::new());
        let tuning = tuning(events, keep, inline);
        let mut stops = stops;
        stops.sort_unstable();
        for (groups, close, settle) in stops {
            let so_far = until(&model, groups);
            let index = so_far.open(media.clone(), false, tuning);
            so_far.bring(&index);
            if settle {
                index.settle().unwrap();
            }
            prop_assert_eq!(so_far.check(&index, so_far.len()), Ok(()));
            let bound = so_far.len() / 2;
            prop_assert_eq!(so_far.check(&index, bound), Ok(()));
            let reader = so_far.open(media.clone(), true, tuning);
            so_far.bring(&reader);
            prop_assert_eq!(so_far.check(&reader, so_far.len()), Ok(()));
            prop_assert!(!index.is_broken() && !reader.is_broken());
            if close {
                index.close(true);
                prop_assert_eq!(so_far.check(&index, so_far.len()), Ok(()));
            }
        }
    }
}

#[test]
fn little_is_left_to_be_read_again_after_a_death_and_nothing_after_a_close() {
    let model = life(400, 7);
    let media: Arc<dyn Media> = Arc::new(MemoryMedia::new());
    let index = model.open(media.clone(), false, tuning(50, 10, true));
    model.bring(&index);
    drop(index);
    let index = model.open(media.clone(), false, tuning(50, 10, true));
    assert!(index.len() + 50 + 5 > model.len(), "{} of {}", index.len(), model.len());
    model.bring(&index);
    index.close(true);
    let covered = model.open(media.clone(), false, tuning(50, 10, true)).len();
    assert!(covered + 10 > model.len(), "{covered} of {}", model.len());
    let runs = media.list("index").unwrap().len() - 1;
    assert!((1..24).contains(&runs), "{runs} runs");
}

#[test]
fn a_reader_goes_on_while_the_writer_merges_its_files_away() {
    let model = life(300, 8);
    let media: Arc<dyn Media> = Arc::new(MemoryMedia::new());
    let early = until(&model, 100);
    let writer = early.open(media.clone(), false, tuning(8, 1, true));
    early.bring(&writer);
    let reader = early.open(media.clone(), true, tuning(8, 1, true));
    early.bring(&reader);
    let before = media.list("index").unwrap();
    model.bring(&writer);
    assert!(before.iter().any(|name| !media.list("index").unwrap().contains(name)));
    model.bring(&reader);
    assert_eq!(model.check(&reader, model.len()), Ok(()));
    assert_eq!(model.check(&writer, model.len()), Ok(()));
}

#[test]
fn one_that_is_forgotten_begins_from_nothing_and_leaves_nothing() {
    let model = life(100, 9);
    let media: Arc<dyn Media> = Arc::new(MemoryMedia::new());
    let index = model.open(media.clone(), false, tuning(8, 1, true));
    model.bring(&index);
    index.forget().unwrap();
    assert_eq!((index.len(), media.list("index").unwrap().len()), (0, 0));
    model.bring(&index);
    assert_eq!(model.check(&index, model.len()), Ok(()));
}

#[test]
fn files_of_an_earlier_attempt_do_not_stay() {
    let model = life(100, 10);
    let media: Arc<dyn Media> = Arc::new(MemoryMedia::new());
    let index = model.open(media.clone(), false, tuning(8, 1, true));
    model.bring(&index);
    index.close(true);
    let kept = media.list("index").unwrap();
    for name in ["index/99999999.run", "index/MANIFEST.tmp"] {
        media.open(name, lineseal_core::media::Mode::Create).unwrap();
    }
    let index = model.open(media.clone(), false, tuning(8, 1, true));
    assert_eq!(media.list("index").unwrap(), kept);
    model.bring(&index);
    media.remove("index/MANIFEST").unwrap();
    let index = model.open(media.clone(), false, tuning(8, 1, true));
    assert_eq!((index.len(), media.list("index").unwrap().len()), (0, 0));
    assert_eq!(index.resume().unwrap(), None::<Covered>);
}

#[test]
fn a_reader_that_lives_long_takes_up_what_the_writer_has_indexed_meanwhile() {
    let model = life(300, 11);
    let media: Arc<dyn Media> = Arc::new(MemoryMedia::new());
    let early = until(&model, 20);
    let writer = early.open(media.clone(), false, tuning(8, 1, true));
    early.bring(&writer);
    let reader = early.open(media.clone(), true, tuning(8, 1, true));
    early.bring(&reader);
    assert!(!reader.is_outdated() && !writer.is_outdated());
    model.bring(&reader);
    assert!(!reader.is_outdated(), "the writer's files cover no more");
    model.bring(&writer);
    assert!(!reader.is_outdated(), "not at every look");
    let longer = life(380, 11);
    longer.bring(&writer);
    longer.bring(&reader);
    assert!(reader.is_outdated() && !writer.is_outdated());
    reader.forget().unwrap();
    assert!(reader.resume().unwrap().unwrap().events + 20 > longer.len());
    longer.bring(&reader);
    assert_eq!(longer.check(&reader, longer.len()), Ok(()));
}
