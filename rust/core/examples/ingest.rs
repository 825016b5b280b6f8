//! Durable ingest of canonical blocks beside a bare write + fdatasync of as many bytes, and how
//! long opening takes: `cargo run --release --example ingest -- [events] [directory]`.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::control::Control;
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{AckLevel, Ledger, Options, Place};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const BATCH: usize = 1_000;

fn block(writer: &mut Writer, n: usize, parents: &[Hash]) -> Vec<u8> {
    let mut block = Vec::with_capacity(320);
    writer.begin("prediction").unwrap();
    writer.time(1_790_000_000_000_000 + n as i64);
    parents.iter().for_each(|parent| writer.parent(*parent, "").unwrap());
    if parents.is_empty() {
        writer.no_parents();
    }
    writer.field("prediction_id").unwrap();
    writer.text(&format!("prediction-{n:012}")).unwrap();
    writer.field("inputs").unwrap();
    writer.text(&"x".repeat(if parents.is_empty() { 183 } else { 86 })).unwrap();
    writer.field("output").unwrap();
    writer.int(n as i128).unwrap();
    writer.finish(Fill::Refuse, &mut block).unwrap();
    block
}

/// 2 parents (one of 100 hot ones, one of 10,000), 1% duplicates.
fn workload(events: usize) -> Vec<Vec<u8>> {
    let mut writer = Writer::new();
    let mut blocks: Vec<Vec<u8>> = Vec::with_capacity(events);
    let mut pool = Vec::new();
    for n in 0..events {
        if n % 100 == 99 && n > 12 * BATCH {
            blocks.push(blocks[n - 2 * BATCH].clone());
        } else if n < 10_000 {
            blocks.push(block(&mut writer, n, &[]));
            pool.push(Hash::of(&blocks[n]));
        } else {
            let parents = [pool[n % 100 * 7], pool[n * 7919 % pool.len()]];
            let parents = if parents[0] == parents[1] { &parents[..1] } else { &parents[..] };
            blocks.push(block(&mut writer, n, parents));
        }
    }
    blocks
}

fn ingest(path: &Path, blocks: &[Vec<u8>], pipelined: usize) -> Duration {
    let options = Options { create: true, ..Options::default() };
    let ledger = Ledger::open(Place::Directory(path.to_owned()), options).unwrap();
    let start = Instant::now();
    let mut tickets = std::collections::VecDeque::new();
    for batch in blocks.chunks(BATCH) {
        let batch: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
        tickets.push_back(ledger.submit(Ledger::prepare(&batch).unwrap()).unwrap());
        if tickets.len() >= pipelined {
            tickets.pop_front().unwrap().wait(AckLevel::Sequenced, None).unwrap();
        }
    }
    for ticket in tickets {
        ticket.wait(AckLevel::Sequenced, None).unwrap();
    }
    let took = start.elapsed();
    ledger.close().unwrap();
    took
}

fn raw(path: &Path, blocks: &[Vec<u8>]) -> Duration {
    let mut file = File::create(path).unwrap();
    let start = Instant::now();
    for batch in blocks.chunks(BATCH) {
        let bytes = batch.concat();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
    }
    start.elapsed()
}

/// Processor time of all threads so far: what it costs when others want the machine too.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split(' ');
    fields.skip(12).take(2).map(|ticks| ticks.parse::<f64>().unwrap_or(0.0)).sum::<f64>() / 100.0
}

fn rate(name: &str, events: usize, work: impl FnOnce() -> Duration) {
    let before = cpu();
    let took = work();
    let (per_second, cost) = (events as f64 / took.as_secs_f64(), cpu() - before);
    let cost = cost * 1e9 / events as f64;
    println!(
        "{name:<28} {per_second:>10.0} events/s {took:>9.2?} {cost:>6.0} ns of processor each"
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn main() {
    let events = std::env::args().nth(1).map_or(1_000_000, |n| n.parse().unwrap());
    let dir = std::env::args().nth(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("lineseal-ingest-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let blocks = workload(events);
    let bytes: usize = blocks.iter().map(Vec::len).sum();
    println!("{events} events, {} bytes each", bytes / events);
    let (read_only, reader) = (Options { read_only: true, ..Options::default() }, dir.join("one"));
    for _ in 0..3 {
        rate("raw write + fdatasync", events, || raw(&dir.join("raw"), &blocks));
        rate("ledger, four in flight", events, || ingest(&dir.join("four"), &blocks, 4));
        rate("ledger, one batch at a time", events, || ingest(&reader, &blocks, 1));
        let mut ledger = None;
        let place = Place::Directory(reader.clone());
        rate("open", events, || {
            timed(|| ledger = Some(Ledger::open(place, read_only.clone()).unwrap()))
        });
        let mut log = ledger.unwrap().snapshot().unwrap().log().unwrap();
        rate("verify_all", events, || {
            timed(|| {
                let report = lineseal_core::dag::verify_log(&mut *log, &[], &Control::new());
                assert!(report.unwrap().findings.is_empty());
            })
        });
        std::fs::remove_dir_all(&reader).unwrap();
        std::fs::remove_dir_all(dir.join("four")).unwrap();
    }
    rate("prepare alone", events, || {
        timed(|| {
            for batch in blocks.chunks(BATCH) {
                let batch: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
                std::hint::black_box(Ledger::prepare(&batch).unwrap());
            }
        })
    });
    let ledger = Ledger::open(Place::Memory, Options::default()).unwrap();
    rate("memory, one at a time", events, || {
        timed(|| {
            for batch in blocks.chunks(BATCH) {
                let batch: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
                ledger.record(Ledger::prepare(&batch).unwrap(), &Control::new()).unwrap();
            }
        })
    });
    std::fs::remove_dir_all(dir).unwrap();
}
