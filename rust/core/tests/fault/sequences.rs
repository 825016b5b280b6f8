//! A thousand random sequences.

use crate::sequence::{Tally, play};

/// Seeds of `LINESEAL_FAULT_SEEDS` (`first..end`), or the thousand of every run.
fn seeds() -> std::ops::Range<u64> {
    let text = std::env::var("LINESEAL_FAULT_SEEDS").unwrap_or_else(|_| "0..1000".into());
    let (first, end) = text.split_once("..").expect("LINESEAL_FAULT_SEEDS is first..end");
    first.parse().unwrap()..end.parse().unwrap()
}

#[test]
fn no_sequence_of_disasters_loses_what_was_acknowledged_or_keeps_half_a_batch() {
    let mut sum = Tally::default();
    let mut broken = Vec::new();
    for seed in seeds() {
        match play(seed, None) {
            Ok(tally) => sum += tally,
            Err(story) => broken.push(story),
        }
    }
    println!("{sum:?}");
    for story in &broken {
        println!("{}", story.lines().next().unwrap_or_default());
    }
    assert!(broken.is_empty(), "{} broke; the first:\n{}", broken.len(), broken[0]);
    let met = [sum.acknowledged, sum.unknown, sum.deaths, sum.power_cuts, sum.failed_opens];
    assert!(met.iter().all(|count| *count > 100), "too tame: {sum:?}");
    assert!(sum.segments > 2_000, "too few segments: {sum:?}");
}
