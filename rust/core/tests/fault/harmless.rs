//! What "harmless" means (`tests/fault/harmless.py` says the same for real files): a fixed set of
//! questions, `verify_all`, the next append and the questions after it are answered as by a twin
//! that nothing was done to. Where the authority was harmed, a refusal or a finding is as good, as
//! long as it comes before anything is acknowledged. Where only what is derived was harmed, nothing
//! but the same answers will do.

use crate::events::Events;
use crate::opening::{open_reader, open_rolling};
use crate::points::record;
use crate::story::{START, Story};
use lineseal_core::control::Control;
use lineseal_core::dag::report::Verdict;
use lineseal_core::dag::{impact, trace, verify_log};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::keys::KeyKind;
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Filter, Ledger, SlotState, Snapshot};
use lineseal_core::media::fault::FaultMedia;
use std::collections::BTreeMap;

pub type Files = BTreeMap<String, Vec<u8>>;

/// Answers, or how the damage was reported.
pub type Told = std::result::Result<Vec<String>, String>;

/// Begins a report that came after something had been acknowledged.
const TOO_LATE: &str = "too late:";

/// Whether a file is what everything else is derived from.
pub fn is_authority(path: &str) -> bool {
    path == "ledger.json" || path == "DURABLE" || path.starts_with("segments/")
}

/// Every question, answered from a ledger that holds this story. Clocks are told of the events
/// below `clocks`: those of later ones differ from twin to twin.
pub fn answers(ledger: &Ledger, told: &Story, clocks: u64) -> Result<Vec<String>> {
    let snapshot = ledger.snapshot()?;
    let mut all = vec![format!("len {}", snapshot.len())];
    for index in 0..snapshot.len() {
        let stored = snapshot.at(index)?;
        let clock = if index < clocks { stored.recorded_at } else { 0 };
        all.push(format!("at {index}: {} {clock} {:?}", stored.hash, stored.block));
    }
    for hash in told.hashes() {
        of_event(&snapshot, &hash, &mut all)?;
    }
    for (kind, text) in &told.keys {
        for limit in [1, usize::MAX] {
            let found = snapshot.find(*kind, text, None, limit, usize::MAX)?;
            let places: Vec<_> = found.iter().map(|s| (s.index, s.hash)).collect();
            all.push(format!("find {kind:?} {text} {limit}: {places:?}"));
        }
    }
    let nothing = snapshot.find(KeyKind::RunId, "none", None, 9, usize::MAX)?;
    all.push(format!("find nothing: {nothing:?}"));
    all.push(missing(snapshot.get(&Hash::of(b"not there")).map(|stored| stored.index))?);
    all.push(missing(snapshot.resolve("0123456789ab"))?);
    lists(&snapshot, told, &mut all)?;
    Ok(all)
}

fn of_event(snapshot: &Snapshot, hash: &Hash, all: &mut Vec<String>) -> Result<()> {
    let control = Control::new();
    let stored = snapshot.get(hash)?;
    let resolved = snapshot.resolve(&hash.to_string()[..12])?;
    all.push(format!("get {hash}: {} {resolved} {:?}", stored.index, stored.block));
    all.push(format!("trace {hash}: {:?}", trace(snapshot, &[*hash], None, None, &control)?));
    let whole = impact(snapshot, stored.index, None, usize::MAX, &control)?;
    let mut paged = Vec::new();
    loop {
        let page = impact(snapshot, stored.index, paged.last().copied(), 3, &control)?;
        paged.extend(&page);
        if page.len() < 3 {
            break;
        }
    }
    all.push(format!("impact {hash}: {whole:?} {paged:?}"));
    Ok(())
}

fn lists(snapshot: &Snapshot, told: &Story, all: &mut Vec<String>) -> Result<()> {
    let control = Control::new();
    let hashes = told.hashes();
    if !hashes.is_empty() {
        all.push(format!("trace of all: {:?}", trace(snapshot, &hashes, None, None, &control)?));
    }
    let middle = Some(START + hashes.len() as i64 / 2 * 1_000_000);
    let types = vec!["model".to_owned(), "training".to_owned()];
    let filters = [
        Filter { types, ..Filter::default() },
        Filter { since: middle, ..Filter::default() },
        Filter { until: middle, ..Filter::default() },
        Filter { after_index: Some(3), limit: Some(5), ..Filter::default() },
    ];
    for filter in filters {
        let found = snapshot.events(&filter, &control)?;
        let places: Vec<_> = found.iter().map(|stored| (stored.index, stored.hash)).collect();
        all.push(format!("events {filter:?}: {places:?}"));
    }
    Ok(())
}

fn missing<T: std::fmt::Debug>(answer: Result<T>) -> Result<String> {
    match answer {
        Err(error) if error.code() == Code::EventNotFound => Ok("not found".into()),
        Err(error) => Err(error),
        Ok(found) => Ok(format!("found {found:?}")),
    }
}

/// What the ledger says about its own soundness; an error text where it reports anything.
pub fn soundness(ledger: &Ledger) -> Result<Told> {
    let stats = ledger.stats()?;
    let invalid = stats.slots.contains(&SlotState::Invalid);
    if !stats.damage.is_empty() || !stats.torn.is_empty() || invalid {
        return Ok(Err(format!("stats: {:?} {:?} {:?}", stats.damage, stats.torn, stats.slots)));
    }
    let report = verify_log(ledger.snapshot()?.log()?.as_mut(), &[], &Control::new())?;
    if report.verdict() != Verdict::Ok {
        return Ok(Err(format!("verify_all: {:?}", report.findings)));
    }
    let facts = (stats.events, stats.batches, stats.groups, stats.segments, stats.bytes);
    let checked = report.checked;
    Ok(Ok(vec![format!("{} {} {checked} {facts:?}", stats.id, stats.origin)]))
}

fn ask(ledger: &Ledger, told: &Story, clocks: u64) -> Result<Told> {
    let mut all = match soundness(ledger)? {
        Err(report) => return Ok(Err(report)),
        Ok(facts) => facts,
    };
    all.extend(answers(ledger, told, clocks)?);
    Ok(Ok(all))
}

/// What a reader is told; an error where the damage is reported.
fn read(files: &Files, told: &Story) -> Told {
    let media = FaultMedia::holding(files);
    let reader = open_reader(&media).map_err(|error| clear("open", &error))?;
    ask(&reader, told, u64::MAX).map_err(|error| clear("reader", &error))?
}

/// What a writer is told, and what the next append and a reopening bring.
fn write(files: &Files, told: &Story, next: &Events, roll: Option<u64>) -> Told {
    let media = FaultMedia::holding(files);
    let ledger = open_rolling(&media, roll).map_err(|error| clear("open", &error))?;
    let mut all = ask(&ledger, told, u64::MAX).map_err(|error| clear("writer", &error))??;
    let clocks = told.hashes().len() as u64;
    let late = |what: &str, error: &dyn std::fmt::Display| format!("{TOO_LATE} {what}: {error}");
    let mut sent = told.batches.last().cloned().unwrap_or_default();
    sent.hashes.extend(&next.hashes);
    sent.blocks.extend(next.blocks.iter().cloned());
    let receipts = record(&ledger, &sent).map_err(|error| late("append", &error))?;
    all.push(format!("{receipts:?}"));
    let mut further = told.clone();
    further.batches.push(next.clone());
    all.extend(answers(&ledger, &further, clocks).map_err(|error| late("answers", &error))?);
    ledger.close().map_err(|error| late("close", &error))?;
    let ledger = open_rolling(&media, roll).map_err(|error| late("reopening", &error))?;
    let later = ask(&ledger, &further, clocks).map_err(|error| late("answers", &error))?;
    all.extend(later.map_err(|report| late("report", &report))?);
    Ok(all)
}

/// A refusal in words; one that names no way out is none.
fn clear(what: &str, error: &Error) -> String {
    let clear = matches!(
        error.code(),
        Code::CorruptLedger
            | Code::Storage
            | Code::LedgerNotFound
            | Code::NotALedger
            | Code::Unsupported
    );
    if clear && error.remedy_text().is_some() {
        format!("{what}: {error}")
    } else {
        format!("{TOO_LATE} unclear: {error:?}")
    }
}

/// What became of a harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Harmless,
    Reported,
    Missed(String),
}

/// Files that nothing was done to, and what they answer.
pub struct Twin {
    pub files: Files,
    pub told: Story,
    next: Events,
    roll: Option<u64>,
    truth: [Told; 2],
}

impl Twin {
    /// `next` is recorded behind `told`, into segments of so many bytes.
    pub fn of(files: Files, told: Story, next: Events, roll: Option<u64>) -> Twin {
        let truth = [read(&files, &told), write(&files, &told, &next, roll)];
        truth.iter().for_each(|told| assert!(told.is_ok(), "{told:?}"));
        Twin { files, told, next, roll, truth }
    }

    /// Holds harmed files against the twin; `strict` where a report is not good enough.
    pub fn judge(&self, harmed: &Files, strict: bool) -> Outcome {
        let told = [read(harmed, &self.told), write(harmed, &self.told, &self.next, self.roll)];
        if told == self.truth {
            return Outcome::Harmless;
        }
        let early = |told: &Told| told.as_ref().is_err_and(|r| !r.starts_with(TOO_LATE));
        if told.iter().all(early) && !strict {
            return Outcome::Reported;
        }
        let differences = told.iter().zip(&self.truth).map(|(one, truth)| difference(one, truth));
        Outcome::Missed(differences.collect::<Vec<_>>().join("; "))
    }
}

fn difference(told: &Told, truth: &Told) -> String {
    match (told, truth) {
        (Err(report), _) => format!("reported: {report:.300}"),
        (Ok(one), Ok(other)) => match one.iter().zip(other).find(|(one, other)| one != other) {
            Some((one, other)) => format!("{one:.200} instead of {other:.200}"),
            None if one.len() == other.len() => "the same".into(),
            None => format!("{} answers instead of {}", one.len(), other.len()),
        },
        (Ok(_), Err(_)) => unreachable!("the twin answers"),
    }
}
