//! Threads of this process that lend a hand: with the checks of a batch, and with the index while
//! the disk is waited for. They take no lock of a ledger that anyone holds who waits for them.
//! May use sync.
//!
//! Who asks for help works as well, and is never worse off than alone: where there are no threads
//! (none to be had; a forked child has none of its parent's), or all have work, there is no help.

use crate::sync::Mutex;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::thread::available_parallelism;

static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// The process that started them; 0 before. A child may not even ask POOL: forked while its parent
/// started them, it would wait for ever.
static STARTER: AtomicU32 = AtomicU32::new(0);

/// Callers that share work out right now.
static BUSY: AtomicUsize = AtomicUsize::new(0);

/// One thread a core, less the caller's.
fn pool() -> Option<&'static ThreadPool> {
    let us = std::process::id();
    let starter = STARTER.compare_exchange(0, us, Relaxed, Relaxed);
    if starter.is_err_and(|starter| starter != us) {
        return None;
    }
    let start = || {
        let threads = available_parallelism().map_or(1, usize::from).saturating_sub(1).max(1);
        let pool = ThreadPoolBuilder::new().num_threads(threads);
        pool.thread_name(|n| format!("lineseal-help-{n}")).build().ok()
    };
    POOL.get_or_init(start).as_ref()
}

/// Counts a caller as long as it lives.
struct Busy;

impl Busy {
    /// With how many there are besides.
    fn new() -> (Busy, usize) {
        (Busy, BUSY.fetch_add(1, Relaxed))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.fetch_sub(1, Relaxed);
    }
}

/// Runs all pieces: in this thread, and in those that nobody else asked for.
pub(super) fn share<T: Send>(pieces: &mut [T], run: impl Fn(&mut T) + Sync) {
    let (_busy, others) = Busy::new();
    let wanted = pieces.len().saturating_sub(1);
    let left = Mutex::new(pieces.iter_mut());
    let next = || left.lock().next();
    let work = || {
        while let Some(piece) = next() {
            run(piece)
        }
    };
    match pool() {
        Some(pool) if wanted > 0 && others < pool.current_num_threads() => {
            pool.in_place_scope(|scope| {
                for _ in 0..wanted.min(pool.current_num_threads() - others) {
                    scope.spawn(|_| work());
                }
                work();
            });
        }
        _ => work(),
    }
}

/// Does `wait`, which needs no processor, and `work` meanwhile or, if nobody is free, behind it.
pub(super) fn beside<R>(work: impl FnOnce() + Send, wait: impl FnOnce() -> R) -> R {
    let work = Mutex::new(Some(work));
    let begin = || {
        let work = work.lock().take();
        work.map(|work| work())
    };
    let Some(pool) = pool() else {
        let waited = wait();
        begin();
        return waited;
    };
    pool.in_place_scope(|scope| {
        scope.spawn(|_| {
            begin();
        });
        let waited = wait();
        begin();
        waited
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn every_piece_is_run_once_whoever_asks_at_the_same_time() {
        thread::scope(|scope| {
            for callers in 0..8 {
                scope.spawn(move || {
                    for pieces in 0..200 {
                        let mut work = vec![callers; pieces];
                        share(&mut work, |piece| *piece += 1);
                        assert_eq!(work, vec![callers + 1; pieces]);
                    }
                });
            }
        });
    }

    #[test]
    fn both_are_done_when_it_returns_however_long_each_takes() {
        for (work_ms, wait_ms) in [(0, 0), (5, 0), (0, 5), (5, 5)] {
            let mut worked = 0;
            let waited = beside(
                || {
                    thread::sleep(Duration::from_millis(work_ms));
                    worked += 1;
                },
                || {
                    thread::sleep(Duration::from_millis(wait_ms));
                    "waited"
                },
            );
            assert_eq!((worked, waited), (1, "waited"));
        }
    }

    #[test]
    fn a_panic_of_a_piece_reaches_the_caller() {
        let piece = |n: &mut u32| assert_ne!(*n, 7, "the seventh");
        let tried = std::panic::catch_unwind(|| share(&mut (0..20).collect::<Vec<u32>>(), piece));
        assert!(tried.is_err());
        share(&mut [1, 2, 3], piece);
    }
}
