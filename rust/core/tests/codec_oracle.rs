//! Our codec beside serde_ipld_dagcbor: equal bytes out, and on the way in agreement on what is
//! canonical, but for the rules that only we have (kinds of CIDs, depth, size, range).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "event/oracle.rs"]
mod oracle;

use ipld_core::cid::Cid as OtherCid;
use ipld_core::ipld::Ipld;
use lineseal_core::cbor::{Reader, Value};
use lineseal_core::cid::Cid;
use lineseal_core::limits::{MAX_BLOCK, MAX_DEPTH};
use oracle::{canonical, spoils, values};
use proptest::prelude::*;

/// The other codec's value for ours.
fn other(value: &Value) -> Ipld {
    match value {
        Value::Null => Ipld::Null,
        Value::Bool(value) => Ipld::Bool(*value),
        Value::Int(value) => Ipld::Integer(*value),
        Value::Float(value) => Ipld::Float(*value),
        Value::Text(value) => Ipld::String(value.clone()),
        Value::Bytes(value) => Ipld::Bytes(value.clone()),
        Value::List(items) => Ipld::List(items.iter().map(other).collect()),
        Value::Map(entries) => {
            Ipld::Map(entries.iter().map(|(key, value)| (key.clone(), other(value))).collect())
        }
        Value::Link(cid) => Ipld::Link(OtherCid::try_from(cid.to_bytes().as_slice()).unwrap()),
    }
}

/// Whether a value that the other codec takes breaks one of the rules that only we have.
fn refused_by_rule(value: &Ipld, depth: usize) -> bool {
    match value {
        Ipld::Integer(int) => *int < i64::MIN.into(),
        Ipld::Link(cid) => Cid::from_bytes(&cid.to_bytes()).is_none(),
        Ipld::List(items) => {
            depth == MAX_DEPTH || items.iter().any(|item| refused_by_rule(item, depth + 1))
        }
        Ipld::Map(map) => {
            depth == MAX_DEPTH || map.values().any(|item| refused_by_rule(item, depth + 1))
        }
        _ => false,
    }
}

/// Whether both codecs say the same of a block, but for the rules that only we have.
fn agree(block: &[u8]) -> Result<(), TestCaseError> {
    match (Value::decode(block), canonical(block)) {
        (Ok(ours), Some(theirs)) => prop_assert_eq!(other(&ours), theirs),
        (Ok(ours), None) => prop_assert!(false, "only we take {block:02x?} as {ours:?}"),
        (Err(error), Some(theirs)) => prop_assert!(
            block.len() > MAX_BLOCK || refused_by_rule(&theirs, 0),
            "only we refuse {block:02x?}: {error}"
        ),
        (Err(_), None) => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(oracle::cases(400))]

    #[test]
    fn both_write_the_same_bytes_and_read_them_back(value in values()) {
        let block = value.encode().unwrap();
        prop_assert_eq!(&block, &serde_ipld_dagcbor::to_vec(&other(&value)).unwrap());
        let back = Value::decode(&block).unwrap();
        prop_assert_eq!(other(&back), other(&value));
        prop_assert_eq!(back.encode().unwrap(), block);
    }

    #[test]
    fn both_judge_spoiled_blocks_alike(
        value in values(),
        spoils in prop::collection::vec(spoils(), 1..4),
    ) {
        let mut block = value.encode().unwrap();
        for spoil in spoils {
            if !block.is_empty() {
                block = spoil.apply(block);
            }
        }
        agree(&block)?;
    }

    #[test]
    fn both_judge_random_bytes_alike(block in prop::collection::vec(any::<u8>(), 0..40)) {
        agree(&block)?;
    }

    /// `skip` is a second reading of the same rules, made for speed.
    #[test]
    fn passing_over_a_block_is_as_strict_as_reading_it(value in values(), spoil in spoils()) {
        let block = spoil.apply(value.encode().unwrap());
        let mut reader = Reader::new(&block);
        let passed = reader.skip().and_then(|_| reader.end());
        let passed = passed.map_err(|fault| fault.explain(&block));
        prop_assert_eq!(passed, Value::decode(&block).map(drop));
    }
}

#[test]
fn every_short_block_is_judged_alike() {
    for first in 0..=255_u8 {
        agree(&[first]).unwrap();
        for second in 0..=255_u8 {
            agree(&[first, second]).unwrap();
        }
    }
}

#[test]
fn the_rules_that_only_we_have_are_these() {
    let deep = [vec![0x81; MAX_DEPTH], vec![0x80]].concat();
    let least = vec![0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let mut blake = vec![0xd8, 42, 0x58, 37, 0, 1, 0x71, 0x1e, 0x20];
    blake.extend([7; 32]);
    for block in [deep, least, blake] {
        let theirs = serde_ipld_dagcbor::from_slice(&block).unwrap();
        assert!(refused_by_rule(&theirs, 0), "{block:02x?}");
        assert!(Value::decode(&block).is_err(), "{block:02x?}");
    }
}
