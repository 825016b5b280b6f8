//! Verification of the whole log, from its segments alone. May use source, stretch, links.
//!
//! Three steps work at once on three rounds of chunks: one round is read while the blocks of the
//! one before are rehashed on all cores, and the links of the one before that are resolved in the
//! order of the log. Memory: 45 to 60 bytes an event, 16 more for each that does not hold, 64 for
//! each parent that is not where it should be.

use crate::control::Control;
use crate::dag::links::Links;
use crate::dag::pool;
use crate::dag::report::Report;
use crate::dag::source::Log;
use crate::dag::stretch::Stretch;
use crate::error::Result;
use crate::hash::Hash;
use rayon::prelude::*;

/// Bytes of blocks in a round: enough to share out, few enough to stay in the cache.
const ROUND_BYTES: usize = 4 << 20;

/// Verifies every event of the log, and that those in `expect` are there.
pub fn verify_log(log: &mut dyn Log, expect: &[Hash], control: &Control) -> Result<Report> {
    let claimed = log.total();
    control.set_total(claimed);
    pool::threads()?.install(|| {
        let mut links = Links::new(claimed);
        let mut reader = Reader { log, ended: false };
        let (mut past, mut present, mut next) = <(Round, Round, Round)>::default();
        reader.fill(&mut present, control)?;
        while !present.filled.is_empty() {
            let (judged, (resolved, read)) = rayon::join(
                || present.judge(control),
                || rayon::join(|| past.resolve(&mut links), || reader.fill(&mut next, control)),
            );
            judged.and(resolved).and(read)?;
            (past, present, next) = (present, next, past);
        }
        past.resolve(&mut links)?;
        Ok(links.finish(claimed, expect))
    })
}

struct Reader<'a> {
    log: &'a mut dyn Log,
    ended: bool,
}

impl Reader<'_> {
    fn fill(&mut self, round: &mut Round, control: &Control) -> Result<()> {
        round.spare.append(&mut round.filled);
        let mut bytes = 0;
        while bytes < ROUND_BYTES && !self.ended {
            control.check()?;
            let mut stretch = round.spare.pop().unwrap_or_default();
            self.ended = !self.log.next(&mut stretch.chunk)?;
            if !self.ended {
                bytes += stretch.chunk.bytes.len();
                round.filled.push(stretch);
            }
        }
        Ok(())
    }
}

/// Stretches that go through a step together, and buffers for the next turn.
#[derive(Default)]
struct Round {
    filled: Vec<Stretch>,
    spare: Vec<Stretch>,
}

impl Round {
    fn judge(&mut self, control: &Control) -> Result<()> {
        let stretches = self.filled.par_iter_mut().with_max_len(1);
        stretches.try_for_each(|stretch| stretch.judge(control))
    }

    fn resolve(&mut self, links: &mut Links) -> Result<()> {
        self.filled.iter_mut().try_for_each(|stretch| links.take(stretch))
    }
}
