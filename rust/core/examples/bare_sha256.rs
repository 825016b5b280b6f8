//! The blocks of segments, in memory, hashed one after the other by one thread and nothing else:
//! `cargo run --release --example bare_sha256 -- FILE...` prints how many, and in how many seconds.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use lineseal_core::store::section::{EVENT, Parsed, parse};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;

/// Where the blocks of the events are; a segment's header and its commit frames are none.
fn blocks(file: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), file[0] as usize + 1);
    while let Parsed::Section { head, block, .. } = parse(&file[at..]) {
        let block = at + block.start..at + block.end;
        at = block.end;
        if head == EVENT {
            found.push(block);
        }
    }
    assert_eq!(at, file.len(), "only closed segments can be read");
    found
}

fn main() {
    let (mut hashed, mut seconds) = (0, 0.0);
    for path in std::env::args().skip(1) {
        let file = std::fs::read(path).unwrap();
        let blocks = blocks(&file);
        let start = Instant::now();
        for block in &blocks {
            black_box(Sha256::digest(&file[block.clone()]));
        }
        seconds += start.elapsed().as_secs_f64();
        hashed += blocks.len();
    }
    println!("{hashed} {seconds}");
}
