//! How much is rehearsed: a part that differs each time, or with `LINESEAL_FAULT=long` all of it.
//! The seed is printed; `LINESEAL_FAULT_SEED` plays one again.

use lineseal_core::media::fault::Rng;
use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

/// Whether the long form is wanted.
pub fn is_long() -> bool {
    std::env::var("LINESEAL_FAULT").is_ok_and(|form| form == "long")
}

/// This run's seed; said once, past the test harness, which keeps to itself what tests print.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let given = std::env::var("LINESEAL_FAULT_SEED").ok();
        let drawn = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
        let seed = given.map_or_else(drawn, |text| text.parse().unwrap());
        let _ = writeln!(std::io::stderr(), "LINESEAL_FAULT_SEED={seed}");
        seed
    })
}

/// At most `most` of them, any.
pub fn some<T>(mut all: Vec<T>, most: usize) -> Vec<T> {
    let mut rng = Rng::new(seed());
    if all.len() > most {
        for at in 0..most {
            let other = at + rng.below((all.len() - at) as u64) as usize;
            all.swap(at, other);
        }
        all.truncate(most);
    }
    all
}

/// Does it with each, on both processors; tells now and then how far it is.
pub fn each<T: Sync, R: Send>(what: &str, all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let some = || {
        let mut done = Vec::new();
        while let Some(one) = all.get(next.fetch_add(1, Relaxed)) {
            done.push(work(one));
            let count = next.load(Relaxed);
            if is_long() && count.is_multiple_of(5_000) {
                println!("progress {what}: {count} of {}", all.len());
            }
        }
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(some)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// A line of the summary: how often it was done, and what became of it.
pub fn tally(what: &str, done: usize, counts: &[(&str, usize)]) {
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{name}={count}")).collect();
    println!("tally {what}: done={done} {}", counts.join(" "));
}
