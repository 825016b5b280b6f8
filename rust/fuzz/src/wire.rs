//! Requests: one that is recorded says the same when its events are sent as blocks; one that is
//! refused leaves nothing; answers are read with as little trust.

use lineseal_core::control::Control;
use lineseal_core::error::{Code, Result};
use lineseal_core::event::{Level, check};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Options, Place};

/// Most bytes of an answer.
const LIMIT: usize = 4 << 20;

/// Runs the target.
pub fn run(data: &[u8]) {
    request(data);
    answer(data);
}

fn memory() -> Ledger {
    Ledger::open(Place::Memory, Options::default()).expect("memory is there")
}

fn record(ledger: &Ledger, request: &[u8]) -> Result<Vec<u8>> {
    let name = lineseal_wire::ledger(request)?;
    lineseal_wire::record(ledger, name, request, LIMIT, &Control::new())
}

fn request(data: &[u8]) {
    let ledger = memory();
    match record(&ledger, data) {
        Err(error) => {
            assert!(error.remedy_text().is_some(), "{error}");
            assert!(!matches!(error.code(), Code::Internal | Code::CorruptLedger), "{error}");
            assert_eq!(ledger.snapshot().expect("open").len(), 0, "a refusal left something");
        }
        Ok(response) => recorded(&ledger, data, &response),
    }
    ledger.close().expect("memory closes");
}

fn recorded(ledger: &Ledger, request: &[u8], response: &[u8]) {
    let snapshot = ledger.snapshot().expect("open");
    let events: Vec<_> =
        (0..snapshot.len()).map(|index| snapshot.at(index).expect("it was recorded")).collect();
    let hashes: Vec<Hash> = events.iter().map(|event| event.hash).collect();
    let receipts = lineseal_wire::receipts(response, &hashes).expect("the answer fits the request");
    assert!(receipts.iter().all(|receipt| receipt.created));
    let blocks: Vec<&[u8]> = events.iter().map(|event| event.block.as_slice()).collect();
    let recordable = blocks.iter().all(|block| check(block, Level::Record).is_ok());
    for copies in [false, true] {
        let name = lineseal_wire::ledger(request).expect("it was read");
        let again = lineseal_wire::encode(name, &blocks, copies);
        let other = memory();
        match record(&other, &again) {
            Ok(answer) => {
                lineseal_wire::receipts(&answer, &hashes).expect("the same events");
            }
            // Only copies may hold less than their type asks for.
            Err(error) => assert!(!copies && !recordable, "{error}"),
        }
        other.close().expect("memory closes");
    }
    // Sent again, the same bytes add nothing.
    record(ledger, request).expect("it was taken before");
    assert_eq!(ledger.snapshot().expect("open").len(), hashes.len() as u64);
}

fn answer(data: &[u8]) {
    let hashes = [Hash([1; 32]), Hash([2; 32])];
    for count in 0..=hashes.len() {
        if let Ok(receipts) = lineseal_wire::receipts(data, &hashes[..count]) {
            assert_eq!(receipts.len(), count);
            assert!(receipts.iter().zip(&hashes).all(|(receipt, hash)| receipt.hash == *hash));
        }
    }
}
