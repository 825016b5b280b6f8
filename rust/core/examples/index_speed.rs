//! The index alone, without a log: what appending, the duplicate check, random questions and
//! opening cost as it grows: `cargo run --release --example index_speed -- [events] [directory]`.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::hash::Hash;
use lineseal_core::index::runs::{RunIndex, Tuning};
use lineseal_core::index::{Entry, GroupNote, Index, Location};
use lineseal_core::media::file::FileMedia;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Processor time of this thread: a busy machine changes it little.
fn own() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// Processor time of the whole process.
fn all() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split(' ');
    fields.skip(12).take(2).map(|ticks| ticks.parse::<f64>().unwrap_or(0.0)).sum::<f64>() / 100.0
}

const GROUP: u64 = 1_000;

const NOTE: &[u8] = b"up to here";

/// Spread as a digest is, and quicker to make.
fn spread(n: u64) -> u64 {
    let mixed = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

fn hash(n: u64) -> Hash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&spread(n).to_be_bytes());
    Hash(hash)
}

fn append(index: &RunIndex, first: u64) {
    let events = first..first + GROUP;
    let parents: Vec<[u64; 2]> =
        events.clone().map(|n| [n % 100 % n.max(1), n * 7_919 % 10_000 % n.max(1)]).collect();
    let keys: Vec<[u64; 1]> = events.clone().map(|n| [spread(!n)]).collect();
    let entries: Vec<_> = (events.zip(&parents).zip(&keys))
        .map(|((n, parents), keys)| Entry {
            hash: hash(n),
            location: Location { segment: n / 600_000 * 600_000, offset: n % 600_000 * 400 + 60 },
            parents: if n == 0 { &[] } else { parents },
            keys,
        })
        .collect();
    index.append(&GroupNote { clock: first as i64, note: NOTE }, &entries).unwrap();
}

/// The duplicate check: events that are not there.
fn check(index: &RunIndex, first: u64) {
    let new = index.rule_out(&mut (first..first + GROUP).map(spread), first).unwrap();
    for (n, _) in (first..).zip(new).filter(|(_, new)| !new) {
        assert!(index.candidates(spread(n), first).unwrap().is_empty());
    }
}

/// Memory that is the process's own, in MiB.
fn anonymous() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn size(dir: &std::path::Path) -> u64 {
    let files = std::fs::read_dir(dir.join("index")).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

fn each(took: Duration, events: u64) -> f64 {
    took.as_nanos() as f64 / events as f64
}

fn main() {
    let events: u64 = std::env::args().nth(1).map_or(5_000_000, |n| n.parse().unwrap());
    let dir = std::env::args().nth(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("lineseal-index-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let media = Arc::new(FileMedia::new(&dir));
    let index = RunIndex::writer(media.clone(), Tuning::default());
    assert!(index.own() && index.resume().unwrap().is_none());
    let (start, mut most) = (Instant::now(), 0);
    let [mut checks, mut appends, mut worst] = [Duration::ZERO; 3];
    for first in (0..events).step_by(GROUP as usize) {
        let (at, begun) = (Instant::now(), own());
        check(&index, first);
        let checked = own() - begun;
        append(&index, first);
        (checks, appends) = (checks + checked, appends + own() - begun - checked);
        worst = worst.max(at.elapsed());
        if (first + GROUP).is_multiple_of(1_000_000) || first + GROUP == events {
            most = most.max(anonymous());
            let n = (first + GROUP - 1) % 1_000_000 + 1;
            println!(
                "at {:>9}: check {:>4.0} ns, append {:>4.0} ns an event, worst group {worst:.1?}, {most} MiB",
                first + GROUP,
                each(checks, n),
                each(appends, n)
            );
            [checks, appends, worst] = [Duration::ZERO; 3];
        }
    }
    let took = start.elapsed();
    index.settle().unwrap();
    let settled = start.elapsed();
    println!(
        "{:.0} ns of processor an event in all threads; {:.2} M/s, settled {:.2} M/s",
        all() * 1e9 / events as f64,
        events as f64 / took.as_secs_f64() / 1e6,
        events as f64 / settled.as_secs_f64() / 1e6
    );
    index.close(true);
    println!("{:.1} bytes an event on disk", size(&dir) as f64 / events as f64);
    drop(index);
    let at = Instant::now();
    let index = RunIndex::writer(media, Tuning::default());
    index.own();
    let covered = index.resume().unwrap().unwrap();
    println!("opened in {:.1?}, covers {} events", at.elapsed(), covered.events);
    let bound = index.len();
    for round in 0..2 {
        let at = own();
        for n in 0..200_000 {
            let n = spread(n) % bound;
            let found = index.candidates(spread(n), bound).unwrap();
            assert!(found.contains(&n));
            index.location(n).unwrap();
        }
        println!("round {round}: {:.0} ns a hash and its place", each(own() - at, 200_000));
    }
    let at = own();
    (bound..bound + 1_000_000).step_by(GROUP as usize).for_each(|first| {
        let new = index.rule_out(&mut (first..first + GROUP).map(spread), bound).unwrap();
        assert!(new.iter().filter(|new| **new).count() > 900);
    });
    println!("{:.0} ns a hash that is not there", each(own() - at, 1_000_000));
    let (at, mut after, mut pages) = (Instant::now(), None, 0);
    while let Some(&last) = index.children(7, after, bound, 1_000).unwrap().last() {
        (after, pages) = (Some(last), pages + 1);
    }
    println!("{pages} pages of 1,000 children in {:.1?}", at.elapsed());
    std::fs::remove_dir_all(dir).unwrap();
}
