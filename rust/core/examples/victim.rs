//! The victim of the fault tests on real files: sends the batches of a script in order, each until
//! it is acknowledged, into a ledger with small segments and a small index, so that a short run
//! seals, rolls, flushes and merges: `victim LEDGER SCRIPT [background]`. With `background` the index
//! works in a thread of its own, as it does for everyone else.
//!
//! A script holds batches: a count, then each block with its length before it (u32, little-endian);
//! a count of 0 closes the ledger and opens it again. Stdout tells what was acknowledged
//! (`told BATCH`) and what was refused (`open CODE`, `record CODE`).
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::control::Control;
use lineseal_core::error::Error;
use lineseal_core::index::runs::{RunIndex, Tuning};
use lineseal_core::ledger::{Ledger, Options};
use lineseal_core::media::file::FileMedia;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// A failing disk that has failed so often will not be asked again.
const TRIES: usize = 20;

/// So small that a few batches fill one.
const SEGMENT_BYTES: u64 = 4 << 10;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (path, script) = (Path::new(&arguments[1]), std::fs::read(&arguments[2]).unwrap());
    let mut ledger = None;
    for (number, batch) in batches(&script).iter().enumerate() {
        match batch.is_empty() {
            true => reopen(path, &mut ledger),
            false => insist(path, &mut ledger, number, batch),
        }
    }
    close(&mut ledger);
}

fn batches(mut script: &[u8]) -> Vec<Vec<&[u8]>> {
    let mut found = Vec::new();
    while !script.is_empty() {
        let count = number(&mut script);
        found.push((0..count).map(|_| take(&mut script)).collect());
    }
    found
}

fn number(script: &mut &[u8]) -> usize {
    let (bytes, rest) = script.split_at(4);
    *script = rest;
    u32::from_le_bytes(bytes.try_into().unwrap()) as usize
}

fn take<'a>(script: &mut &'a [u8]) -> &'a [u8] {
    let length = number(script);
    let (block, rest) = script.split_at(length);
    *script = rest;
    block
}

fn open(path: &Path) -> Result<Ledger, Error> {
    let media = Arc::new(FileMedia::create(path)?);
    let options =
        Options { create: true, segment_bytes: Some(SEGMENT_BYTES), ..Options::default() };
    let inline = std::env::args().nth(3).is_none();
    let tuning = Tuning { events: 3, keep: 2, inline, ..Tuning::default() };
    let index = Box::new(RunIndex::writer(media.clone(), tuning));
    Ledger::open_on(media, index, options)
}

fn reopen(path: &Path, ledger: &mut Option<Ledger>) {
    close(ledger);
    match open(path) {
        Ok(opened) => *ledger = Some(opened),
        Err(error) => tell(&format!("open {}", error.code().name())),
    }
}

fn close(ledger: &mut Option<Ledger>) {
    if let Some(Err(error)) = ledger.take().map(|ledger| ledger.close()) {
        tell(&format!("close {}", error.code().name()));
    }
}

fn insist(path: &Path, ledger: &mut Option<Ledger>, number: usize, batch: &[&[u8]]) {
    for _ in 0..TRIES {
        if ledger.is_none() {
            reopen(path, ledger);
        }
        let Some(open) = ledger else { continue };
        let sent = Ledger::prepare(batch).and_then(|batch| open.record(batch, &Control::new()));
        match sent {
            Ok(_) => return tell(&format!("told {number}")),
            Err(error) => tell(&format!("record {}", error.code().name())),
        }
        close(ledger);
    }
    tell(&format!("gave up {number}"));
    std::process::exit(3);
}

/// One write: a line is there whole or not at all.
fn tell(what: &str) {
    std::io::stdout().write_all(format!("{what}\n").as_bytes()).unwrap();
}
