//! CAR files: the bytes as they are, and a file made of them whose lengths and names are right.
//! What is given out is verified, comes parents first, and is recorded by any ledger.

use arbitrary::{Arbitrary, Unstructured};
use lineseal_core::car::{Order, Parcel, header, section};
use lineseal_core::cid::Cid;
use lineseal_core::control::Control;
use lineseal_core::event::{Level, check};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Options, Place};
use std::collections::HashMap;
use std::io::Cursor;

/// A block of a file that is made.
#[derive(Arbitrary, Debug)]
enum Block<'a> {
    /// An event with these of the blocks before as its parents.
    Event { name: u8, parents: Vec<u8> },
    /// Anything, named as an event.
    Named(&'a [u8]),
    /// Anything, named as raw.
    Raw(&'a [u8]),
    /// A section as it stands.
    Section(&'a [u8]),
    /// One of the blocks before once more.
    Again(u8),
}

/// Runs the target.
pub fn run(data: &[u8]) {
    read(data);
    if let Ok(blocks) = Vec::<Block<'_>>::arbitrary(&mut Unstructured::new(data)) {
        read(&made(&blocks, data.first().copied().unwrap_or_default()));
    }
}

/// A file of these blocks, its events where `order` puts them.
fn made(blocks: &[Block<'_>], order: u8) -> Vec<u8> {
    let mut events: Vec<(Hash, Vec<u8>)> = Vec::new();
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for block in blocks.iter().take(64) {
        let mut piece = Vec::new();
        match block {
            Block::Event { name, parents } => {
                let known = parents.iter().filter_map(|at| events.get(usize::from(*at)));
                let (hash, block) = crate::segment::dataset(*name, known.map(|event| event.0));
                section(&mut piece, hash, &block);
                events.push((hash, block));
            }
            Block::Named(bytes) => section(&mut piece, Hash::of(bytes), bytes),
            Block::Raw(bytes) => raw(&mut piece, bytes),
            Block::Section(bytes) => piece.extend_from_slice(bytes),
            Block::Again(at) => piece = pieces.get(usize::from(*at)).cloned().unwrap_or_default(),
        }
        pieces.push(piece);
    }
    if order & 1 == 1 {
        pieces.reverse();
    }
    let roots: Vec<Hash> =
        events.iter().map(|event| event.0).take(usize::from(order >> 6)).collect();
    pieces.insert(0, header(&roots));
    pieces.concat()
}

fn raw(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    section(out, Hash::of(bytes), bytes);
    // The codec stands behind the version, at the end of the varint.
    let cid = Cid::raw(Hash::of(bytes)).to_bytes();
    let at = out.len() - bytes.len() - cid.len();
    assert!(at > start);
    out[at..at + cid.len()].copy_from_slice(&cid);
}

fn read(file: &[u8]) {
    let mut parcel = match Parcel::read(Cursor::new(file), &Control::new()) {
        Ok(parcel) => parcel,
        Err(error) => {
            assert!(error.remedy_text().is_some(), "{error}");
            assert!(error.position_number().is_some_and(|at| at <= file.len() as u64), "{error}");
            return;
        }
    };
    let order = parcel.all();
    assert_eq!(order.len() as u64, parcel.counts().events);
    let events = verified(&mut parcel, &order);
    again(&events);
    if let Some((last, _)) = events.last() {
        let of_last = parcel.of(&[last.to_string()]).expect("it is in the file");
        assert!(of_last.len() <= order.len());
        verified(&mut parcel, &of_last);
    }
    if order.outside() == 0 && !events.is_empty() && events.len() <= 1_000 {
        recorded(&events);
    }
}

/// The events of an order: named by their bytes, of the envelope, parents first.
fn verified(parcel: &mut Parcel<Cursor<&[u8]>>, order: &Order) -> Vec<(Hash, Vec<u8>)> {
    let mut events = Vec::new();
    while events.len() < order.len() {
        events.extend(parcel.blocks(order, events.len(), 100, 1 << 20).expect("they were read"));
    }
    let places: HashMap<Hash, usize> =
        (0..).zip(&events).map(|(at, event)| (event.0, at)).collect();
    assert_eq!(places.len(), events.len(), "an event comes twice");
    let mut outside = 0;
    for (at, (hash, block)) in events.iter().enumerate() {
        assert_eq!(Hash::of(block), *hash);
        let view = check(block, Level::Envelope).expect("it was judged");
        for parent in view.distinct_parents() {
            match places.get(&parent) {
                Some(place) => assert!(*place < at, "a child before its parent"),
                None => outside += 1,
            }
        }
    }
    assert!(order.outside() <= outside);
    assert_eq!(order.outside() == 0, outside == 0);
    events
}

/// Written anew, in order, they are read in that order.
fn again(events: &[(Hash, Vec<u8>)]) {
    let mut file = header(&[]);
    events.iter().for_each(|(hash, block)| section(&mut file, *hash, block));
    let mut parcel =
        Parcel::read(Cursor::new(file.as_slice()), &Control::new()).expect("it was just written");
    let order = parcel.all();
    assert_eq!(verified(&mut parcel, &order), events);
}

fn recorded(events: &[(Hash, Vec<u8>)]) {
    let ledger = Ledger::open(Place::Memory, Options::default()).expect("memory is there");
    let blocks: Vec<&[u8]> = events.iter().map(|event| event.1.as_slice()).collect();
    let batch = Ledger::prepare_copies(&blocks).expect("they were judged");
    let receipts = ledger.record(batch, &Control::new()).expect("their parents are there");
    assert!(receipts.iter().zip(events).all(|(receipt, event)| receipt.hash == event.0));
    ledger.close().expect("memory closes");
}
