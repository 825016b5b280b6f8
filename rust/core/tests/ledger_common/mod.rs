//! What the tests of the ledger share: events, and ledgers to put them into.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::control::Control;
use lineseal_core::error::Result;
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Options, Place, Receipt};
use std::path::Path;

/// A dataset of this name.
pub fn dataset(name: &str) -> Vec<u8> {
    let (mut writer, mut block) = (Writer::new(), Vec::new());
    writer.begin("dataset").unwrap();
    writer.field("name").unwrap();
    writer.text(name).unwrap();
    writer.finish(Fill::Refuse, &mut block).unwrap();
    block
}

/// A prediction of this id, at this time, with these parents.
pub fn prediction(id: &str, time: i64, parents: &[Hash]) -> Vec<u8> {
    let (mut writer, mut block) = (Writer::new(), Vec::new());
    writer.begin("prediction").unwrap();
    writer.time(time);
    for parent in parents {
        writer.parent(*parent, "").unwrap();
    }
    if parents.is_empty() {
        writer.no_parents();
    }
    writer.field("prediction_id").unwrap();
    writer.text(id).unwrap();
    writer.field("inputs").unwrap();
    writer.begin_map().unwrap();
    writer.key("x").unwrap();
    writer.float(0.5).unwrap();
    writer.end_map().unwrap();
    writer.finish(Fill::Refuse, &mut block).unwrap();
    block
}

pub fn record(ledger: &Ledger, blocks: &[Vec<u8>]) -> Result<Vec<Receipt>> {
    let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
    ledger.record(Ledger::prepare(&blocks)?, &Control::new())
}

pub fn create() -> Options {
    Options { create: true, ..Options::default() }
}

pub fn read_only() -> Options {
    Options { read_only: true, ..Options::default() }
}

pub fn open(path: &Path, options: Options) -> Result<Ledger> {
    Ledger::open(Place::Directory(path.to_owned()), options)
}

pub fn memory() -> Ledger {
    Ledger::open(Place::Memory, Options::default()).unwrap()
}

/// A chain in a ledger: a dataset, then predictions each with the one before as parent.
pub fn chain(ledger: &Ledger, events: usize) -> Vec<Hash> {
    let mut hashes = vec![record(ledger, &[dataset("digits")]).unwrap()[0].hash];
    for at in 1..events {
        let block = prediction(&format!("p-{at}"), at as i64, &hashes[at - 1..]);
        hashes.push(record(ledger, &[block]).unwrap()[0].hash);
    }
    hashes
}

/// The one segment of a small ledger.
pub fn segment(path: &Path) -> std::path::PathBuf {
    path.join("segments/000000000000.car")
}
