//! One random sequence of work and disaster on a rehearsing medium.

use crate::events::Events;
use crate::model::{Kept, Model, demand};
use crate::opening::{open_flushing, open_reader};
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Error};
use lineseal_core::ledger::{Ledger, Receipt};
use lineseal_core::media::Purpose;
use lineseal_core::media::fault::{Crash, Fault, FaultMedia, Loss, Op, Rng};
use std::collections::HashSet;

/// What became of a batch.
type Sent = Result<Vec<Receipt>, Error>;

/// How often each disaster was met: a rehearsal that meets none proves nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub acknowledged: u64,
    pub unknown: u64,
    pub deaths: u64,
    pub power_cuts: u64,
    pub failed_opens: u64,
    pub segments: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.acknowledged += other.acknowledged;
        self.unknown += other.unknown;
        self.deaths += other.deaths;
        self.power_cuts += other.power_cuts;
        self.failed_opens += other.failed_opens;
        self.segments += other.segments;
    }
}

/// Plays the sequence of `seed`, with the syncs of one purpose taken away or none.
pub fn play(seed: u64, skipped: Option<Purpose>) -> Kept<Tally> {
    let mut run = Run::new(seed, skipped);
    let result = run.all();
    result.map_err(|message| format!("seed {seed}: {message}\n{}", run.story.join("\n")))?;
    Ok(run.tally)
}

struct Run {
    media: FaultMedia,
    ledger: Option<Ledger>,
    model: Model,
    rng: Rng,
    troubled: bool,
    made: u64,
    story: Vec<String>,
    tally: Tally,
}

impl Run {
    fn new(seed: u64, skipped: Option<Purpose>) -> Self {
        let media = FaultMedia::new(seed);
        if let Some(purpose) = skipped {
            media.skip(purpose);
        }
        Run {
            media,
            ledger: None,
            model: Model::default(),
            rng: Rng::new(!seed),
            troubled: false,
            made: 0,
            story: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn all(&mut self) -> Kept {
        for _ in 0..5 + self.rng.below(26) {
            self.step()?;
        }
        self.calm();
        self.crash(Crash::Power);
        self.settle()?;
        for batch in self.model.unknown.clone() {
            self.send(&[batch])?;
        }
        demand(self.model.unknown.is_empty(), || "resending did not settle it".into())?;
        self.crash(Crash::Power);
        self.settle()?;
        let count = |path: &String| path.starts_with("segments/");
        self.tally.segments = self.media.files().keys().filter(|path| count(path)).count() as u64;
        Ok(())
    }

    fn step(&mut self) -> Kept {
        if self.rng.percent(20) {
            self.trouble();
        }
        match self.rng.below(100) {
            0..40 => {
                let batch = self.batch();
                self.send(&[batch])
            }
            40..55 => {
                let mut batches: Vec<_> = (0..3).map(|_| self.batch()).collect();
                batches.push(batches[0].clone());
                self.send(&batches)
            }
            55..65 => self.resend(),
            65..75 => self.reopen(),
            75..80 => self.peek(),
            80..90 => {
                self.crash(Crash::Process);
                Ok(())
            }
            _ => {
                self.crash(Crash::Power);
                Ok(())
            }
        }
    }

    /// Plans something that goes wrong soon, perhaps in the recovery that follows.
    fn trouble(&mut self) {
        let loss = match self.rng.below(4) {
            0 => Loss::Dropped,
            1 => Loss::Reverted,
            2 => Loss::Scattered,
            _ => Loss::Persisted,
        };
        let after = self.rng.below(12);
        let (op, after, fault) = match self.rng.below(7) {
            0 => (Some(Op::Sync), after / 3, Fault::Sync(loss)),
            1 => (Some(Op::SyncDir), after / 6, Fault::Sync(loss)),
            2 => (Some(Op::Write), after / 2, Fault::Short),
            3 => (None, after, Fault::Refused),
            4 => (None, after, Fault::Death),
            5 => (Some(Op::Sync), after / 3, Fault::SyncFull(loss)),
            _ => {
                let room = self.rng.below(20_000);
                self.tell(format!("trouble: room for {room} bytes"));
                self.media.set_room(Some(room));
                self.troubled = true;
                return;
            }
        };
        self.tell(format!("trouble: {fault:?} at {op:?} after {after}"));
        self.media.fail(op, "", after, fault);
        self.troubled = true;
    }

    fn calm(&mut self) {
        self.media.calm();
        self.troubled = false;
    }

    /// Some new events, perhaps with an old one among them, of up to a few pages.
    fn batch(&mut self) -> Events {
        let mut events = Events::default();
        let known = self.model.names();
        for _ in 0..1 + self.rng.below(5) {
            let parents = match self.rng.below(known.len() as u64 * 2) as usize {
                place if place < known.len() => vec![known[place]],
                _ => vec![],
            };
            self.made += 1;
            let filler = if self.rng.percent(20) { 9_000 } else { 400 };
            let size = self.rng.below(filler) as usize;
            events.add(&format!("e{}", self.made), size, &parents);
        }
        events
    }

    /// Sends batches, several of them from threads of their own.
    fn send(&mut self, batches: &[Events]) -> Kept {
        if !self.ensure_open()? {
            return Ok(());
        }
        let ledger = self.ledger.clone().ok_or("not open")?;
        let results: Vec<_> = match batches {
            [one] => vec![record(&ledger, one)],
            many => std::thread::scope(|scope| {
                let ledger = &ledger;
                let send = |batch| scope.spawn(move || record(ledger, batch));
                let threads: Vec<_> = many.iter().map(send).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            }),
        };
        drop(ledger);
        self.check_created(batches, &results)?;
        for (batch, result) in batches.iter().zip(results) {
            self.take(batch, result)?;
        }
        Ok(())
    }

    /// Of several that send the same new event exactly one has created it; nobody has created what
    /// was there.
    fn check_created(&self, batches: &[Events], results: &[Sent]) -> Kept {
        let receipts = results.iter().flatten().flatten();
        let created: Vec<_> = receipts.filter(|r| r.created).map(|r| r.hash).collect();
        let once: HashSet<_> = created.iter().copied().collect();
        demand(once.len() == created.len(), || "an event was created twice".into())?;
        demand(!created.iter().any(|hash| self.model.is_promised(hash)), || {
            "an acknowledged event was created again".into()
        })?;
        let all_told = results.iter().all(Result::is_ok) && self.model.unknown.is_empty();
        let sent = batches.iter().flat_map(|batch| &batch.hashes);
        let new: HashSet<_> = sent.filter(|h| !self.model.is_promised(h)).copied().collect();
        demand(!all_told || new == once, || format!("{once:?} of {new:?} were created"))
    }

    fn take(&mut self, batch: &Events, result: Sent) -> Kept {
        match result {
            Ok(receipts) => {
                self.tally.acknowledged += 1;
                self.tell(format!("acknowledged at {:?}", receipts.first().map(|r| r.index)));
                self.model.acknowledge(batch, &receipts)
            }
            Err(error) => {
                demand(self.troubled, || format!("record failed for no reason: {error}"))?;
                self.tell(format!("record: {error}"));
                // The dead are told nothing.
                if error.code() == Code::OutcomeUnknown || self.media.is_dead() {
                    self.tally.unknown += 1;
                    if !self.model.unknown.contains(batch) {
                        self.model.unknown.push(batch.clone());
                    }
                }
                self.ledger = None;
                Ok(())
            }
        }
    }

    /// The same bytes again: acknowledged ones, and ones whose outcome is unknown.
    fn resend(&mut self) -> Kept {
        let unknown = self.model.unknown.len() as u64;
        let again = match self.rng.below(unknown + 1) {
            place if place < unknown => self.model.unknown[place as usize].clone(),
            _ => self.model.some_promised(&mut self.rng),
        };
        if again.hashes.is_empty() { Ok(()) } else { self.send(&[again]) }
    }

    fn reopen(&mut self) -> Kept {
        if let Some(ledger) = self.ledger.take()
            && let Err(error) = ledger.close()
        {
            demand(self.troubled, || format!("close failed for no reason: {error}"))?;
            self.tell(format!("close: {error}"));
        }
        self.ensure_open().map(|_| ())
    }

    /// A reader beside the writer, or after it: sees all that was promised.
    fn peek(&mut self) -> Kept {
        if self.model.names().is_empty() {
            return Ok(());
        }
        match self.open(true) {
            Ok(ledger) => self.model.check(&ledger, false).map_err(|e| format!("reader: {e}")),
            Err(error) => demand(self.troubled, || format!("reader: {error}")),
        }
    }

    fn crash(&mut self, crash: Crash) {
        self.tell(format!("crash: {crash:?}"));
        match crash {
            Crash::Process => self.tally.deaths += 1,
            Crash::Power => self.tally.power_cuts += 1,
        }
        self.media = self.media.crash(crash);
        self.ledger = None;
        self.troubled = self.media.room().is_some();
    }

    /// Opens for writing unless open, through whatever goes wrong meanwhile or not at all; then
    /// holds everything against the promises.
    fn ensure_open(&mut self) -> Kept<bool> {
        if self.ledger.is_some() {
            return Ok(true);
        }
        match self.open(false) {
            Ok(ledger) => {
                self.tell("opened".into());
                self.ledger = Some(ledger.clone());
                if self.troubled {
                    return Ok(true);
                }
                self.model.check(&ledger, true)?;
                Ok(true)
            }
            Err(error) => {
                demand(self.troubled, || format!("open failed for no reason: {error}"))?;
                demand(error.code() != Code::CorruptLedger, || format!("open: {error}"))?;
                self.tell(format!("open: {error}"));
                self.tally.failed_opens += 1;
                match self.rng.below(3) {
                    0 if !self.media.is_dead() => self.calm(),
                    1 => self.crash(Crash::Process),
                    _ => self.crash(Crash::Power),
                }
                Ok(false)
            }
        }
    }

    /// Opens in peace.
    fn settle(&mut self) -> Kept {
        self.calm();
        demand(self.ensure_open()?, || "it does not open".into())
    }

    fn open(&mut self, read_only: bool) -> Result<Ledger, Error> {
        // Most often a new segment every few groups.
        let segment_bytes = Some([1_000, 4_000, 20_000, 1 << 20][self.rng.below(4) as usize]);
        match read_only {
            true => open_reader(&self.media),
            false => {
                open_flushing(&self.media, segment_bytes, [1, 4, 20][self.rng.below(3) as usize])
            }
        }
    }

    fn tell(&mut self, what: String) {
        self.story.push(what);
    }
}

fn record(ledger: &Ledger, events: &Events) -> Sent {
    ledger.record(Ledger::prepare(&events.slices())?, &Control::new())
}
