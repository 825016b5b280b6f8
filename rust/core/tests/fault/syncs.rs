//! Every sync on which an acknowledgement rests is needed: without it, promises are broken.

use crate::sequence::play;
use lineseal_core::media::Purpose;

/// Sequences after which a missing sync must have been noticed.
const ENOUGH: u64 = 2_000;

/// The first sequence that breaks a promise when syncs of this purpose are taken away.
fn first_broken(purpose: Purpose) -> Option<String> {
    (0..ENOUGH).find_map(|seed| play(seed, Some(purpose)).err())
}

#[test]
fn without_any_sync_that_bears_acknowledgements_promises_are_broken() {
    for purpose in Purpose::ALL.iter().filter(|purpose| purpose.bears_acknowledgements()) {
        let story = first_broken(*purpose);
        let story = story.unwrap_or_else(|| panic!("{purpose:?} can be removed unnoticed"));
        println!("without {purpose:?}: {}", story.lines().next().unwrap_or_default());
    }
}

#[test]
fn no_acknowledgement_rests_on_the_other_syncs() {
    for purpose in Purpose::ALL.iter().filter(|purpose| !purpose.bears_acknowledgements()) {
        for seed in 0..100 {
            play(seed, Some(*purpose)).unwrap_or_else(|story| panic!("{purpose:?}: {story}"));
        }
    }
}
