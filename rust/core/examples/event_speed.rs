//! What one event of about 300 bytes costs, in nanoseconds: `cargo run --release --example event_speed`.
//! The least of several rounds is printed; a bare SHA-256 of the same block stands beside it.

use lineseal_core::event::{Fill, Level, Writer, check, inspect, keys};
use lineseal_core::hash::Hash;
use std::hint::black_box;
use std::time::Instant;

const EVENTS: usize = 20_000;
const ROUNDS: usize = 9;

fn write(writer: &mut Writer, n: usize, out: &mut Vec<u8>) -> lineseal_core::error::Result<Hash> {
    writer.begin("prediction")?;
    writer.time(1_700_000_000_000_000 + n as i64);
    writer.parent(Hash([n as u8; 32]), "model")?;
    writer.parent(Hash([7; 32]), "features")?;
    writer.field("prediction_id")?;
    writer.text("0190a5f0-7c1e-7000-8000-0123456789ab")?;
    writer.field("inputs")?;
    writer.begin_map()?;
    for (key, value) in [("amount", 17.25), ("age", 41.0), ("balance", 1203.5), ("rate", 0.031)] {
        writer.key(key)?;
        writer.float(value)?;
    }
    writer.end_map()?;
    writer.field("output")?;
    writer.int(7)?;
    writer.field("latency_us")?;
    writer.int(812)?;
    writer.finish(Fill::Refuse, out)
}

fn measure(name: &str, mut step: impl FnMut(usize)) {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        (0..EVENTS).for_each(&mut step);
        best = best.min(start.elapsed().as_nanos() as f64 / EVENTS as f64);
    }
    println!("{name:<16}{best:8.0} ns");
}

fn main() -> lineseal_core::error::Result<()> {
    let mut writer = Writer::new();
    let mut blocks = Vec::new();
    for n in 0..EVENTS {
        let mut block = Vec::new();
        write(&mut writer, n, &mut block)?;
        blocks.push(block);
    }
    println!("{} bytes a block", blocks.first().map_or(0, Vec::len));
    let block = |n: usize| blocks.get(n).map(Vec::as_slice).unwrap_or_default();
    measure("sha256", |n| {
        black_box(Hash::of(block(n)));
    });
    measure("inspect", |n| {
        black_box(inspect(block(n)));
    });
    for level in [Level::Frame, Level::Envelope, Level::Record] {
        measure(&format!("check {level:?}"), |n| {
            black_box(check(block(n), level).is_ok());
        });
    }
    measure("parents", |n| {
        let view = check(block(n), Level::Frame);
        black_box(view.map(|view| view.parents().count()).unwrap_or_default());
    });
    measure("keys", |n| {
        if let Ok(view) = check(block(n), Level::Frame) {
            keys::for_each(&view, &mut |kind, text| {
                black_box(keys::digest(kind, text));
            });
        }
    });
    let mut out = Vec::new();
    measure("write and hash", |n| {
        out.clear();
        black_box(write(&mut writer, n, &mut out).is_ok());
    });
    Ok(())
}
