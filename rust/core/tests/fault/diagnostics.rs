//! What the syncs protect on which no acknowledgement rests.

use crate::events::Events;
use crate::opening::open;
use crate::points::{file, record};
use lineseal_core::error::Code;
use lineseal_core::media::Purpose;
use lineseal_core::media::fault::{Crash, FaultMedia};

const SEGMENT: &str = "segments/000000000000.car";

/// Whether something holds on every one of many media, with these syncs and without.
fn holds(skipped: &[Purpose], what: fn(FaultMedia) -> bool) -> bool {
    (0..60).all(|seed| {
        let media = FaultMedia::new(seed);
        skipped.iter().for_each(|purpose| media.skip(*purpose));
        what(media)
    })
}

/// It holds with the sync and, sooner or later, not without it.
fn rests_on(purpose: Purpose, what: fn(FaultMedia) -> bool) {
    assert!(holds(&[], what), "it does not hold even with {purpose:?}");
    assert!(!holds(&[purpose], what), "it holds without {purpose:?}");
}

fn batch(name: &str) -> Events {
    let mut events = Events::default();
    (0..3).for_each(|e| events.add(&format!("{name}{e}"), 3_000, &[]));
    events
}

/// A ledger with garbage behind its last group, opened, so that recovery has cut it.
fn after_recovery(media: &FaultMedia, garbage: &[u8]) -> FaultMedia {
    let ledger = open(media).unwrap();
    record(&ledger, &batch("a")).unwrap();
    drop(ledger);
    let media = media.crash(Crash::Process);
    let segment = file(&media, SEGMENT);
    segment.write_at(segment.size().unwrap(), garbage).unwrap();
    drop(open(&media).unwrap());
    media
}

#[test]
fn what_recovery_cuts_off_survives_a_power_cut_by_its_copy() {
    fn kept(media: FaultMedia) -> bool {
        let garbage = [0xaa; 9_000];
        let files = after_recovery(&media, &garbage).crash(Crash::Power).files();
        let mut copies = files.iter().filter(|(path, _)| path.starts_with("torn/"));
        // The name may go only if the cut went with it: then recovery meets the garbage again.
        copies.any(|(_, bytes)| bytes.ends_with(&garbage)) || files[SEGMENT].ends_with(&garbage)
    }
    rests_on(Purpose::TornCopy, kept);
    rests_on(Purpose::TornName, kept);
}

#[test]
fn a_clean_close_remembers_the_end_of_the_log() {
    fn missed(media: FaultMedia) -> bool {
        let ledger = open(&media).unwrap();
        record(&ledger, &batch("a")).unwrap();
        let before = media.files()[SEGMENT].iter().rposition(|byte| *byte != 0).unwrap();
        record(&ledger, &batch("b")).unwrap();
        ledger.close().unwrap();
        let mut files = media.crash(Crash::Power).files();
        files.get_mut(SEGMENT).unwrap().truncate(before + 1);
        let cut = open(&FaultMedia::holding(&files));
        cut.is_err_and(|error| error.code() == Code::CorruptLedger)
    }
    rests_on(Purpose::Slots, missed);
}

#[test]
fn a_closed_segment_ends_with_its_last_frame() {
    fn plain(media: FaultMedia) -> bool {
        let ledger = open(&media).unwrap();
        record(&ledger, &batch("a")).unwrap();
        ledger.close().unwrap();
        let closed = media.files();
        media.crash(Crash::Power).files()[SEGMENT] == closed[SEGMENT]
    }
    rests_on(Purpose::Trimmed, plain);
}
