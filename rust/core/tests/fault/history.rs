//! A small ledger through time: its files after every batch, and what harmed files may answer.

use crate::harmless::{Files, Outcome, Twin, is_authority};
use crate::opening::open_rolling;
use crate::points::record;
use crate::seeds;
use crate::story::Story;
use lineseal_core::ledger::Ledger;
use lineseal_core::media::fault::FaultMedia;

/// Bytes of a segment: several are sealed on the way.
pub const ROLL: Option<u64> = Some(2_000);

/// Twins of every state; the last one is the ledger closed.
pub struct History {
    pub states: Vec<Twin>,
}

/// What must become of harmed files.
enum Expected {
    /// The answers of this state, and no report.
    Answers(usize),
    /// A report, or the answers of the last state.
    Report,
}

impl History {
    /// So many batches, recorded and closed.
    pub fn of(batches: usize) -> History {
        let story = Story::of(batches + 1, 40);
        let media = FaultMedia::new(1);
        let ledger = open_rolling(&media, ROLL).unwrap();
        let mut images = vec![plain(&media, &ledger)];
        for batch in &story.batches[..batches] {
            record(&ledger, batch).unwrap();
            images.push(plain(&media, &ledger));
        }
        ledger.close().unwrap();
        images.push(media.files());
        let twin = |(number, files): (usize, Files)| {
            let number = number.min(batches);
            Twin::of(files, story.until(number), story.batches[number].clone(), ROLL)
        };
        History { states: images.into_iter().enumerate().map(twin).collect() }
    }

    /// The ledger closed.
    pub fn last(&self) -> &Twin {
        &self.states[self.states.len() - 1]
    }

    /// Whose answers are due follows from the authority alone: from the segments, as long as
    /// DURABLE does not say that they went further.
    fn expected(&self, harmed: &Files) -> Expected {
        let same = |state: &Twin, part: &dyn Fn(&str) -> bool| {
            let of = |files: &Files| -> Vec<_> {
                let there = files.iter().filter(|(path, _)| part(path));
                there.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
            };
            of(&state.files) == of(harmed)
        };
        let log = |path: &str| path.starts_with("segments/") || path == "ledger.json";
        let newest = |part| self.states.iter().rposition(|state| same(state, part));
        match (newest(&log), newest(&|path| path == "DURABLE")) {
            (Some(log), Some(mark)) if mark <= log => Expected::Answers(log),
            _ => Expected::Report,
        }
    }

    /// Judges harmed files.
    pub fn judge(&self, harmed: &Files) -> Outcome {
        match self.expected(harmed) {
            Expected::Answers(state) => self.states[state].judge(harmed, true),
            Expected::Report => self.last().judge(harmed, false),
        }
    }
}

/// The files now, without the room reserved behind the log: nothing stands in it.
fn plain(media: &FaultMedia, ledger: &Ledger) -> Files {
    let mut files = media.files();
    let mut rest = ledger.stats().unwrap().bytes as usize;
    for (path, bytes) in &mut files {
        if path.starts_with("segments/") {
            bytes.truncate(rest);
            rest -= bytes.len();
        }
    }
    files
}

/// Judges many, tells how many there were of each kind, and fails with the first that was missed.
pub fn report(what: &str, outcomes: Vec<(String, Outcome)>) {
    let count = |wanted: Outcome| outcomes.iter().filter(|(_, o)| *o == wanted).count();
    let missed: Vec<_> = (outcomes.iter())
        .filter_map(|(name, outcome)| match outcome {
            Outcome::Missed(how) => Some(format!("{name}: {how}")),
            _ => None,
        })
        .collect();
    let (harmless, reported) = (count(Outcome::Harmless), count(Outcome::Reported));
    let counts = [("harmless", harmless), ("reported", reported), ("missed", missed.len())];
    seeds::tally(what, outcomes.len(), &counts);
    for one in missed.iter().take(20) {
        println!("missed: {one}");
    }
    assert!(missed.is_empty(), "{what}: {} missed; the first: {}", missed.len(), missed[0]);
    assert!(harmless + reported > 0, "{what}: nothing was done");
}

/// Names of the authority and of what is derived from it.
pub fn names(files: &Files) -> (Vec<&String>, Vec<&String>) {
    files.keys().partition(|path| is_authority(path))
}
