//! The power goes at every single change of scripted lives: while a ledger is made, appended to,
//! rolled into new segments, indexed, closed, opened and recovered. Every combination of what was
//! pending is left where there are few, any where there are many; then nothing acknowledged is
//! lost, no batch is there in part, every answer is the twin's, and recording goes on.

use crate::harmless::answers;
use crate::opening::{open_by_turns, open_flushing, open_reader};
use crate::points::record;
use crate::seeds;
use crate::story::Story;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::ledger::{Ledger, SlotState};
use lineseal_core::media::Purpose;
use lineseal_core::media::fault::{Crash, Fault, FaultMedia, Rng};
use std::collections::BTreeSet;

/// Bytes of a segment.
const ROLL: Option<u64> = Some(3_000);

/// Events of a run of the index: each batch is one, and the eighth makes them merge.
const FLUSH: u64 = 1;

/// The script in which another process goes on after the first death.
const SHARED: &str = "shared";

/// A story, and what a ledger answers that holds so many of its batches.
struct Script {
    name: &'static str,
    story: Story,
    life: fn(&FaultMedia, &Story, &mut usize) -> Result<()>,
    truths: Vec<Vec<String>>,
}

impl Script {
    fn of(name: &'static str, story: Story, life: Life) -> Script {
        let truth = |batches: usize| {
            let ledger = open_flushing(&FaultMedia::new(0), ROLL, FLUSH).unwrap();
            let told = story.until(batches);
            told.batches.iter().for_each(|batch| drop(record(&ledger, batch).unwrap()));
            answers(&ledger, &told, 0).unwrap()
        };
        let truths = (0..=story.batches.len()).map(truth).collect();
        Script { name, story, life, truths }
    }

    /// How many changes a whole life makes; there is none of the ledger's work that it leaves out.
    fn changes(&self) -> u64 {
        let media = FaultMedia::new(0);
        (self.life)(&media, &self.story, &mut 0).unwrap();
        let met: BTreeSet<_> = media.syncs().into_iter().map(|(purpose, _)| purpose).collect();
        let only_in_trouble = [Purpose::Undone, Purpose::TornCopy, Purpose::TornName];
        let missing = Purpose::ALL.iter().filter(|purpose| !met.contains(purpose));
        let missing: Vec<_> =
            missing.filter(|purpose| !only_in_trouble.contains(purpose)).collect();
        assert!(missing.is_empty(), "{}: no {missing:?}", self.name);
        let runs = media.files().keys().filter(|path| path.ends_with(".run")).count();
        let batches = self.story.batches.len();
        assert!(batches < 8 || runs < batches, "{}: {runs} runs, none merged", self.name);
        media.changes()
    }

    /// A life that ends so, and how many batches were acknowledged by then.
    fn dead_at(&self, end: &End) -> (FaultMedia, usize) {
        let (mut media, mut told) = (FaultMedia::new(end.seed), 0);
        media.fail(None, "", end.change, Fault::Death);
        // Work that nobody waits for may meet it, and the life ends without being told.
        if let (true, Some(later)) = (self.name == SHARED, end.again) {
            media.fail(None, "", end.change + later, Fault::Death);
        }
        let _ = (self.life)(&media, &self.story, &mut told);
        if let (true, Some(later)) = (self.name != SHARED, end.again) {
            media = media.crash(Crash::Process);
            media.fail(None, "", later, Fault::Death);
            let _ = (self.life)(&media, &self.story, &mut told);
        }
        (media, told)
    }

    /// How many batches there are, from what they answer; both kinds of opening have to agree.
    fn kept(&self, media: &FaultMedia, told: usize) -> std::result::Result<Ledger, String> {
        let reader = match open_reader(media) {
            Ok(reader) => Some(self.state(&reader, told)?),
            Err(error) if told == 0 => drop_error(&error),
            Err(error) => return Err(format!("reader: {error}")),
        };
        let ledger = open_flushing(media, ROLL, FLUSH).map_err(|error| format!("open: {error}"))?;
        let state = self.state(&ledger, told)?;
        if reader.is_some_and(|reader| reader != state) {
            return Err(format!("a reader saw {reader:?} batches, the writer {state}"));
        }
        Ok(ledger)
    }

    /// The one or two states that may be there are told apart by all they answer.
    fn state(&self, ledger: &Ledger, told: usize) -> std::result::Result<usize, String> {
        let length = ledger.snapshot().map_err(|error| format!("snapshot: {error}"))?.len();
        let stats = ledger.stats().map_err(|error| format!("stats: {error}"))?;
        if !stats.damage.is_empty() {
            return Err(format!("damage: {:?}", stats.damage));
        }
        for state in told..=(told + 1).min(self.story.batches.len()) {
            let batches = self.story.until(state);
            if batches.hashes().len() as u64 != length {
                continue;
            }
            let found = answers(ledger, &batches, 0).map_err(|error| format!("asking: {error}"))?;
            let different = found.iter().zip(&self.truths[state]).find(|(one, truth)| one != truth);
            return match different {
                Some((one, truth)) => Err(format!("{one:.300} instead of {truth:.300}")),
                None if found.len() == self.truths[state].len() => Ok(state),
                None => Err("answers are missing".into()),
            };
        }
        Err(format!("{told} batches were acknowledged, and there are {length} events"))
    }

    /// Looks at what a cut left, records the rest, loses the power once more, and looks again.
    fn survives(&self, media: &FaultMedia, told: usize) -> std::result::Result<(), String> {
        let ledger = self.kept(media, told)?;
        let all = self.story.batches.len();
        for batch in &self.story.batches {
            record(&ledger, batch).map_err(|error| format!("going on: {error}"))?;
        }
        drop(ledger);
        let media = media.crash(Crash::Power);
        let ledger = self.kept(&media, all).map_err(|how| format!("later: {how}"))?;
        let stats = ledger.stats().map_err(|error| format!("stats: {error}"))?;
        match stats.slots.contains(&SlotState::Invalid) && !stats.torn.is_empty() {
            true => Err(format!("not mended: {:?} {:?}", stats.slots, stats.torn)),
            false => Ok(()),
        }
    }
}

type Life = fn(&FaultMedia, &Story, &mut usize) -> Result<()>;

fn drop_error(_: &Error) -> Option<usize> {
    None
}

fn send(ledger: &Ledger, story: &Story, told: &mut usize, until: usize) -> Result<()> {
    while *told < until {
        record(ledger, &story.batches[*told])?;
        *told += 1;
    }
    Ok(())
}

/// Made, recorded into, closed, opened, recorded into, closed.
fn orderly(media: &FaultMedia, story: &Story, told: &mut usize) -> Result<()> {
    for until in [story.batches.len() / 2, story.batches.len()] {
        let ledger = open_flushing(media, ROLL, FLUSH)?;
        send(&ledger, story, told, until)?;
        ledger.close()?;
    }
    Ok(())
}

/// Opened and closed again and again, with and without something new.
fn restless(media: &FaultMedia, story: &Story, told: &mut usize) -> Result<()> {
    for until in 0..=story.batches.len() {
        let ledger = open_flushing(media, None, FLUSH)?;
        send(&ledger, story, told, until)?;
        ledger.close()?;
    }
    Ok(())
}

/// Two processes record by turns; when one dies, the other goes on.
fn shared(media: &FaultMedia, story: &Story, told: &mut usize) -> Result<()> {
    let processes = [media.process(), media.process()];
    let mut ledgers = processes.each_ref().map(|process| open_by_turns(process, ROLL).ok());
    while *told < story.batches.len() {
        let turn = *told % 2;
        let sent = ledgers[turn].as_ref().map(|ledger| record(ledger, &story.batches[*told]));
        if sent.is_none_or(|sent| sent.is_err()) {
            ledgers[turn] = None;
            match &ledgers[1 - turn] {
                Some(other) => drop(record(other, &story.batches[*told])?),
                None => return Err(Error::new(Code::Closed, "both processes are dead")),
            }
        }
        *told += 1;
    }
    ledgers.iter().flatten().try_for_each(Ledger::close)
}

/// One life's end: at this change; or a process died there, and the power goes at a later change
/// of the life that recovers and goes on.
#[derive(Debug)]
struct End {
    script: usize,
    change: u64,
    again: Option<u64>,
    seed: u64,
}

#[test]
fn a_power_cut_at_any_change_of_a_life_loses_nothing_and_falsifies_nothing() {
    let scripts = [
        Script::of("orderly", Story::of(9, 300), orderly),
        Script::of("restless", Story::of(4, 900), restless),
        Script::of(SHARED, Story::of(6, 300), shared),
    ];
    let mut rng = Rng::new(seeds::seed());
    let (lives, images) = if seeds::is_long() { (6, 32) } else { (2, 6) };
    let mut ends = Vec::new();
    for (script, of) in scripts.iter().enumerate() {
        let lives = (0..of.changes()).flat_map(|change| (0..lives).map(move |life| (change, life)));
        ends.extend(lives.map(|(change, life)| {
            let again = (life % 2 == 1).then(|| rng.below(60));
            End { script, change, again, seed: rng.draw() }
        }));
    }
    let found = seeds::each("power cuts", &ends, |end| {
        let script = &scripts[end.script];
        let (media, told) = script.dead_at(end);
        let all = media.power_cuts(images);
        let exhaustive = all.is_some();
        let cuts = all.unwrap_or_else(|| vec![media.crash(Crash::Power)]);
        let survived = cuts.iter().try_for_each(|media| script.survives(media, told));
        let place = format!("{} {:?}", script.name, end);
        (cuts.len(), exhaustive, survived.map_err(|how| format!("{place}: {how}")))
    });
    let cuts: usize = found.iter().map(|(cuts, ..)| cuts).sum();
    let whole = found.iter().filter(|(_, exhaustive, _)| *exhaustive).count();
    let broken: Vec<_> = found.into_iter().filter_map(|(.., survived)| survived.err()).collect();
    let counts = [("lives", ends.len()), ("exhaustive", whole), ("broken", broken.len())];
    seeds::tally("power cuts", cuts, &counts);
    assert!(broken.is_empty(), "{} broke; the first: {}", broken.len(), broken[0]);
    assert!(cuts > 300, "only {cuts} cuts");
}
