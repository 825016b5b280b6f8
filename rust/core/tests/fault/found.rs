//! What the random sequences found, each as small as it could be made.

use crate::events::Events;
use crate::model::Model;
use crate::opening::open;
use crate::points::record;
use lineseal_core::media::fault::{Crash, Fault, FaultMedia};

const SEGMENT: &str = "segments/000000000000.car";

fn batch(name: &str, filler: usize) -> Events {
    let mut events = Events::default();
    events.add(name, filler, &[]);
    events
}

/// A closed ledger of one event.
fn closed() -> FaultMedia {
    let media = FaultMedia::new(0);
    let ledger = open(&media).unwrap();
    record(&ledger, &batch("first", 10)).unwrap();
    ledger.close().unwrap();
    media
}

/// A writer tears a group, the power cut takes its mark: the newest one is the clean close before.
#[test]
fn a_torn_tail_behind_a_clean_mark_is_cut() {
    let mut files = closed().files();
    let whole = {
        let media = FaultMedia::holding(&files);
        let ledger = open(&media).unwrap();
        record(&ledger, &batch("torn", 5_000)).unwrap();
        ledger.close().unwrap();
        media.files().remove(SEGMENT).unwrap()
    };
    let good = files[SEGMENT].len();
    let torn = files.get_mut(SEGMENT).unwrap();
    torn.extend_from_slice(&whole[good..]);
    torn[good..good + 4_096].fill(0); // its first page never reached the disk

    let media = FaultMedia::holding(&files);
    let ledger = open(&media).unwrap();
    record(&ledger, &batch("short", 10)).unwrap();
    let media = media.crash(Crash::Process);
    Model::check_sound(&open(&media).unwrap()).unwrap();
}

/// The first mark of a ledger is torn and the other slot was never written.
#[test]
fn a_writer_mends_a_damaged_slot_whichever_it_is() {
    for damaged in [vec![0], vec![1], vec![0, 1]] {
        let mut files = closed().files();
        let slots = files.get_mut("DURABLE").unwrap();
        slots.fill(0);
        damaged.iter().for_each(|slot| slots[slot * 512 + 100] = 7);
        let ledger = open(&FaultMedia::holding(&files)).unwrap();
        Model::check_sound(&ledger).unwrap_or_else(|e| panic!("{damaged:?}: {e}"));
    }
}

/// Who made the ledger died before its names were durable; the next one acknowledges into it.
#[test]
fn a_making_that_was_cut_short_is_durable_before_the_first_acknowledgement() {
    for (change, seed) in (0..20).flat_map(|change| (0..10).map(move |seed| (change, seed))) {
        let media = FaultMedia::new(seed);
        media.fail(None, "", change, Fault::Death);
        let _ = open(&media);
        let media = media.crash(Crash::Process);
        record(&open(&media).unwrap(), &batch("first", 10)).unwrap();
        let ledger = open(&media.crash(Crash::Power));
        let length = ledger.unwrap_or_else(|e| panic!("{change}: {e}")).snapshot().unwrap().len();
        assert_eq!(length, 1, "made until change {change}, seed {seed}");
    }
}
