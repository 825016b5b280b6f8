//! The index's files, damaged in any way: the answers are those of the log all the same, to readers
//! and to a writer.

use crate::segment::dataset;
use arbitrary::{Arbitrary, Unstructured};
use lineseal_core::control::Control;
use lineseal_core::dag::source::Source;
use lineseal_core::error::Code;
use lineseal_core::event::keys::{KeyKind, for_each};
use lineseal_core::event::{Level, check};
use lineseal_core::hash::Hash;
use lineseal_core::index::runs::{RunIndex, Tuning};
use lineseal_core::ledger::{Ledger, Options};
use lineseal_core::media::memory::MemoryMedia;
use lineseal_core::media::{Media, Mode};
use std::sync::{Arc, OnceLock};

/// Small runs, written by whoever appends.
const TUNING: Tuning = Tuning { events: 40, items: 200, keep: 1, inline: true };

/// Events of the ledger: several runs of several pages.
const EVENTS: u8 = 200;

#[derive(Arbitrary, Debug)]
enum Damage<'a> {
    Flip { file: u8, at: u16, mask: u8 },
    Write { file: u8, at: u16, bytes: &'a [u8] },
    Cut { file: u8, to: u16 },
    Append { file: u8, bytes: &'a [u8] },
    Swap { file: u8, other: u8 },
    Gone { file: u8 },
}

type Files = Vec<(String, Vec<u8>)>;

/// The files of a ledger with an index, made once a process.
struct Story {
    files: Files,
    hashes: Vec<Hash>,
}

/// Runs the target.
pub fn run(data: &[u8]) {
    let Ok(damage) = Vec::<Damage<'_>>::arbitrary(&mut Unstructured::new(data)) else { return };
    static STORY: OnceLock<Story> = OnceLock::new();
    let story = STORY.get_or_init(tell);
    let mut files = story.files.clone();
    let places: Vec<usize> = (0..files.len()).filter(|at| is_index(&files[*at].0)).collect();
    assert!(places.len() > 2, "the ledger has no runs");
    for damage in damage.iter().take(8) {
        harm(&mut files, &places, damage);
    }
    for read_only in [true, false] {
        let media = media(&files);
        let index = if read_only { RunIndex::reader } else { RunIndex::writer };
        let index = Box::new(index(media.clone(), TUNING));
        let options = Options { read_only, ..Options::default() };
        let ledger = Ledger::open_on(media, index, options).expect("the log is whole");
        answers(&ledger, story);
        ledger.close().expect("memory closes");
    }
}

fn is_index(path: &str) -> bool {
    path.starts_with("index/")
}

fn tell() -> Story {
    let media = media(&Vec::new());
    let index = Box::new(RunIndex::writer(media.clone(), TUNING));
    let options = Options { create: true, ..Options::default() };
    let ledger = Ledger::open_on(media.clone(), index, options).expect("memory has room");
    let mut hashes: Vec<Hash> = Vec::new();
    for name in 0..EVENTS {
        let few = [usize::from(name) / 2, usize::from(name) / 3];
        let parents = few.iter().filter_map(|at| hashes.get(*at).copied());
        let (hash, block) = dataset(name, parents);
        let batch = Ledger::prepare(&[&block]).expect("a dataset");
        ledger.record(batch, &Control::new()).expect("memory has room");
        hashes.push(hash);
    }
    ledger.close().expect("memory closes");
    let mut files = Vec::new();
    for dir in ["", "segments", "index"] {
        for name in media.list(dir).expect("memory") {
            let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
            if let Some(file) = media.open(&path, Mode::Read).expect("memory") {
                let mut bytes = vec![0; file.size().expect("memory") as usize];
                file.read_at(0, &mut bytes).expect("memory");
                files.push((path, bytes));
            }
        }
    }
    Story { files, hashes }
}

fn media(files: &Files) -> Arc<MemoryMedia> {
    let media = MemoryMedia::new();
    for (path, bytes) in files {
        let file = media.open(path, Mode::Create).expect("memory").expect("it is made");
        file.write_at(0, bytes).expect("memory");
    }
    Arc::new(media)
}

fn harm(files: &mut Files, places: &[usize], damage: &Damage<'_>) {
    let place = |file: u8| places[usize::from(file) % places.len()];
    let within = |at: u16, bytes: &[u8]| usize::from(at) % (bytes.len() + 1);
    match damage {
        Damage::Flip { file, at, mask } => {
            let bytes = &mut files[place(*file)].1;
            let at = within(*at, bytes);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= mask;
            }
        }
        Damage::Write { file, at, bytes: new } => {
            let bytes = &mut files[place(*file)].1;
            let at = within(*at, bytes);
            let end = (at + new.len()).min(bytes.len());
            bytes[at..end].copy_from_slice(&new[..end - at]);
        }
        Damage::Cut { file, to } => {
            let bytes = &mut files[place(*file)].1;
            let to = within(*to, bytes);
            bytes.truncate(to);
        }
        Damage::Append { file, bytes } => files[place(*file)].1.extend_from_slice(bytes),
        Damage::Swap { file, other } => {
            let taken = files[place(*file)].1.clone();
            files[place(*file)].1 = std::mem::replace(&mut files[place(*other)].1, taken);
        }
        // Its path stays, so that later damage has a place.
        Damage::Gone { file } => files[place(*file)].1.clear(),
    }
}

/// Every question has the answer that the log gives.
fn answers(ledger: &Ledger, story: &Story) {
    let snapshot = ledger.snapshot().expect("open");
    assert_eq!(snapshot.len(), story.hashes.len() as u64);
    for (index, hash) in (0..).zip(&story.hashes) {
        let event = snapshot.get(hash).expect("it was recorded");
        assert_eq!((event.index, Hash::of(&event.block)), (index, *hash));
        assert_eq!(snapshot.at(index).expect("it was recorded").hash, *hash);
        let view = check(&event.block, Level::Record).expect("it was recorded");
        for parent in view.distinct_parents() {
            let place = snapshot.get(&parent).expect("it was recorded").index;
            let children = snapshot.children(place, Some(index - 1), 1).expect("open");
            assert_eq!(children, [index], "event {index} is no child of {place}");
        }
        for_each(&view, &mut |kind, text| {
            let found = snapshot.find(kind, text, None, usize::MAX, usize::MAX).expect("open");
            assert!(found.iter().any(|event| event.hash == *hash), "not found by {text:?}");
        });
    }
    let error = snapshot.get(&Hash([9; 32])).expect_err("nobody recorded it");
    assert_eq!(error.code(), Code::EventNotFound);
    let none = snapshot.find(KeyKind::RunId, "none", None, 1, 1 << 20).expect("open");
    assert!(none.is_empty());
}
