//! Verification of the whole log, from its segments alone. May use source, stretch, links.
//!
//! Every thread does the same: it takes the next chunk from the log, judges the blocks while they
//! are in its cache, and puts the chunk down; whoever finds the next one in the order of the log
//! put down resolves its links. Memory: 45 to 60 bytes an event, 16 more for each that does not
//! hold, 64 for each parent that is not where it should be, and two chunks a thread.

use crate::control::Control;
use crate::dag::links::Links;
use crate::dag::report::Report;
use crate::dag::source::Log;
use crate::dag::stretch::Stretch;
use crate::error::Result;
use crate::hash::Hash;
use crate::sync::Mutex;
use std::collections::BTreeMap;
use std::thread::{self, Builder};

/// Fewer events are verified before another thread has started.
const WORTH_SHARING: u64 = 1_000;

/// Verifies every event of the log, and that those in `expect` are there.
pub fn verify_log(log: &mut dyn Log, expect: &[Hash], control: &Control) -> Result<Report> {
    let claimed = log.total();
    control.set_total(claimed);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let bench = Bench {
        control,
        threads: if claimed < WORTH_SHARING { 1 } else { cores },
        reader: Mutex::new(Reader { log, taken: 0, ended: false }),
        judged: Mutex::default(),
        links: Mutex::new((Links::new(claimed), 0)),
    };
    thread::scope(|scope| {
        let help =
            || Builder::new().name("lineseal-verify".into()).spawn_scoped(scope, || bench.work());
        // Where no more threads are to be had, those that there are do it.
        let helpers: Vec<_> = (1..bench.threads).map_while(|_| help().ok()).collect();
        let own = bench.work();
        let results = helpers.into_iter().map(|helper| match helper.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        results.fold(own, Result::and)
    })?;
    bench.resolve(true)?;
    Ok(bench.links.into_inner().0.finish(claimed, expect))
}

/// What the threads share.
struct Bench<'a> {
    control: &'a Control,
    threads: usize,
    reader: Mutex<Reader<'a>>,
    judged: Mutex<Judged>,
    /// With the number of the stretch that it takes next.
    links: Mutex<(Links, u64)>,
}

struct Reader<'a> {
    log: &'a mut dyn Log,
    /// How many stretches were taken from it.
    taken: u64,
    ended: bool,
}

#[derive(Default)]
struct Judged {
    /// By number.
    waiting: BTreeMap<u64, Stretch>,
    /// Buffers that can be used again.
    spare: Vec<Stretch>,
}

impl Bench<'_> {
    /// What a thread does. Its error ends the work of all.
    fn work(&self) -> Result<()> {
        let result = self.take_turns();
        if result.is_err() {
            self.reader.lock().ended = true;
        }
        result
    }

    fn take_turns(&self) -> Result<()> {
        loop {
            let mut stretch = self.judged.lock().spare.pop().unwrap_or_default();
            let Some(number) = self.read(&mut stretch)? else { return Ok(()) };
            stretch.judge(self.control)?;
            let waiting = {
                let mut judged = self.judged.lock();
                judged.waiting.insert(number, stretch);
                judged.waiting.len()
            };
            self.resolve(waiting > self.threads)?;
        }
    }

    /// The next stretch of the log, and its number.
    fn read(&self, stretch: &mut Stretch) -> Result<Option<u64>> {
        let mut reader = self.reader.lock();
        self.control.check()?;
        if reader.ended || !reader.log.next(&mut stretch.chunk)? {
            reader.ended = true;
            return Ok(None);
        }
        reader.taken += 1;
        Ok(Some(reader.taken - 1))
    }

    /// Resolves the links of what waits, as far as its order goes; when another thread is at it,
    /// leaves it to that one, or waits its turn.
    fn resolve(&self, wait: bool) -> Result<()> {
        let turn = if wait { Some(self.links.lock()) } else { self.links.try_lock() };
        let Some(mut turn) = turn else { return Ok(()) };
        let (links, next) = &mut *turn;
        loop {
            let stretch = self.judged.lock().waiting.remove(next);
            let Some(mut stretch) = stretch else { return Ok(()) };
            links.take(&mut stretch)?;
            *next += 1;
            self.judged.lock().spare.push(stretch);
        }
    }
}
