//! Several processes on one medium take turns; some die at any call, and the power goes.

use crate::events::Events;
use crate::model::{Kept, Model, demand};
use crate::opening::{open_reader, open_sharing};
use crate::points::record;
use lineseal_core::ledger::Ledger;
use lineseal_core::media::fault::{Crash, Fault, FaultMedia, Rng};
use std::time::Duration;

const PROCESSES: u64 = 3;

/// How often each thing was met.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    acknowledged: u64,
    handovers: u64,
    deaths: u64,
    power_cuts: u64,
}

struct Crowd {
    media: FaultMedia,
    /// The processes of this life; each has its medium, and the ledger if it has opened it.
    processes: Vec<(FaultMedia, Option<Ledger>)>,
    last: u64,
    model: Model,
    rng: Rng,
    made: u64,
    tally: Tally,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let media = FaultMedia::new(seed);
        let (model, tally) = (Model::default(), Tally::default());
        let rng = Rng::new(!seed);
        let mut crowd = Crowd { media, processes: vec![], last: 0, model, rng, made: 0, tally };
        crowd.arrive();
        crowd
    }

    fn arrive(&mut self) {
        let media = self.media.clone();
        self.processes = (0..PROCESSES).map(|_| (media.process(), None)).collect();
    }

    fn step(&mut self) -> Kept {
        match self.rng.below(20) {
            0 => {
                self.tally.power_cuts += 1;
                self.media = self.media.crash(Crash::Power);
                self.arrive();
                Ok(())
            }
            1 => {
                let place = self.rng.below(PROCESSES) as usize;
                self.processes[place].0.kill();
                self.bury(place)
            }
            2..5 => {
                let after = self.rng.below(25);
                self.media.fail(None, "", after, Fault::Death);
                self.send()
            }
            5..8 => self.look(),
            _ => self.send(),
        }
    }

    /// A batch from one of the processes, new or sent before.
    fn send(&mut self) -> Kept {
        let place = self.rng.below(PROCESSES) as usize;
        let Some(ledger) = self.open(place)? else { return Ok(()) };
        let again = self.model.some_promised(&mut self.rng);
        let unknown = self.model.unknown.first().cloned();
        let batch = match (self.rng.below(4), unknown) {
            (0, _) if !again.hashes.is_empty() => again,
            (1, Some(unknown)) => unknown,
            _ => self.batch(),
        };
        match record(&ledger, &batch) {
            Ok(receipts) => {
                self.tally.acknowledged += 1;
                self.tally.handovers += u64::from(self.last != place as u64);
                self.last = place as u64;
                for receipt in &receipts {
                    demand(!receipt.created || !self.model.is_promised(&receipt.hash), || {
                        format!("{} was created twice", receipt.hash)
                    })?;
                }
                self.model.acknowledge(&batch, &receipts)
            }
            Err(error) => {
                let (media, _) = &self.processes[place];
                demand(media.is_dead(), || format!("the living were refused: {error}"))?;
                if !self.model.unknown.contains(&batch) {
                    self.model.unknown.push(batch);
                }
                self.bury(place)
            }
        }
    }

    fn batch(&mut self) -> Events {
        let (mut events, known) = (Events::default(), self.model.names());
        for _ in 0..1 + self.rng.below(4) {
            let parents = match self.rng.below(known.len() as u64 * 2) as usize {
                place if place < known.len() => vec![known[place]],
                _ => vec![],
            };
            self.made += 1;
            events.add(&format!("e{}", self.made), self.rng.below(900) as usize, &parents);
        }
        events
    }

    fn open(&mut self, place: usize) -> Kept<Option<Ledger>> {
        let idle = Duration::from_micros(self.rng.below(2) * 1_000_000);
        let (media, ledger) = &mut self.processes[place];
        if let Some(ledger) = ledger {
            return Ok(Some(ledger.clone()));
        }
        match open_sharing(media, idle) {
            Ok(opened) => {
                *ledger = Some(opened.clone());
                Ok(Some(opened))
            }
            Err(error) => {
                demand(media.is_dead(), || format!("the living cannot open: {error}"))?;
                self.bury(place).map(|()| None)
            }
        }
    }

    /// The dead make room for others.
    fn bury(&mut self, place: usize) -> Kept {
        self.tally.deaths += 1;
        self.processes[place] = (self.media.process(), None);
        Ok(())
    }

    /// What one of those who write sees is what was promised, and so does a reader.
    fn look(&mut self) -> Kept {
        if self.model.names().is_empty() {
            return Ok(());
        }
        self.media.calm();
        let place = self.rng.below(PROCESSES) as usize;
        if self.processes[place].0.is_dead() {
            self.bury(place)?;
        }
        if let Some(ledger) = self.processes[place].1.clone() {
            self.model.check(&ledger, false).map_err(|e| format!("writer: {e}"))?;
        }
        let reader = open_reader(&self.media.process()).map_err(|e| format!("reader: {e}"))?;
        self.model.check(&reader, false).map_err(|e| format!("reader: {e}"))
    }

    /// All that is left is opened once more, and settled.
    fn end(&mut self) -> Kept {
        self.media = self.media.crash(Crash::Power);
        self.arrive();
        let ledger = self.open(0)?.ok_or("it does not open")?;
        self.model.check(&ledger, true)
    }
}

fn play(seed: u64) -> Kept<Tally> {
    let mut crowd = Crowd::new(seed);
    (0..30).try_for_each(|_| crowd.step()).and_then(|()| {
        crowd.media.calm();
        crowd.end()
    })?;
    Ok(crowd.tally)
}

#[test]
fn processes_that_take_turns_and_die_lose_nothing_and_agree_on_every_index() {
    let mut sum = Tally::default();
    for seed in 0..100 {
        let tally = play(seed).unwrap_or_else(|story| panic!("seed {seed}: {story}"));
        sum.acknowledged += tally.acknowledged;
        sum.handovers += tally.handovers;
        sum.deaths += tally.deaths;
        sum.power_cuts += tally.power_cuts;
    }
    println!("{sum:?}");
    let met = [sum.acknowledged, sum.handovers, sum.deaths, sum.power_cuts];
    assert!(met.iter().all(|count| *count > 100), "too tame: {sum:?}");
}
