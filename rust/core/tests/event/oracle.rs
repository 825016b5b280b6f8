//! serde_ipld_dagcbor, which we did not write, as a judge; and random values to judge.

use ipld_core::ipld::Ipld;
use lineseal_core::cbor::Value;
use lineseal_core::cid::Cid;
use lineseal_core::hash::Hash;
use proptest::prelude::*;

/// How many cases; failures are printed, not kept in files.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// What the other codec makes of a block, if it takes it and would write it so again.
pub fn canonical(block: &[u8]) -> Option<Ipld> {
    let value: Ipld = serde_ipld_dagcbor::from_slice(block).ok()?;
    (serde_ipld_dagcbor::to_vec(&value).ok()? == block).then_some(value)
}

fn leaf() -> impl Strategy<Value = Value> {
    let int = prop_oneof![
        any::<i64>().prop_map(i128::from),
        any::<u64>().prop_map(i128::from),
        (0..64_u32, -2..=2_i128).prop_map(|(power, near)| (1 << power) + near),
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        int.prop_map(Value::Int),
        any::<f64>()
            .prop_filter("finite", |float| float.is_finite())
            .prop_map(|float| Value::Float(float + 0.0)),
        ".{0,30}".prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        (any::<[u8; 32]>(), any::<bool>()).prop_map(|(hash, raw)| {
            Value::Link(if raw { Cid::raw(Hash(hash)) } else { Cid::event(Hash(hash)) })
        }),
    ]
}

/// Any item; maps come in the order that they were drawn in.
pub fn values() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 120, 30, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..30).prop_map(Value::List),
            prop::collection::hash_map("[a-c]{0,3}|.{0,30}", inner, 0..30)
                .prop_map(|map| Value::Map(map.into_iter().collect())),
        ]
    })
}

/// A way of spoiling bytes.
#[derive(Clone, Debug)]
pub enum Spoil {
    Set(usize, u8),
    Flip(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Cut(usize),
}

impl Spoil {
    pub fn apply(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let length = bytes.len();
        match *self {
            Spoil::Set(at, byte) => bytes[at % length] = byte,
            Spoil::Flip(at, bit) => bytes[at % length] ^= 1 << (bit % 8),
            Spoil::Insert(at, byte) => bytes.insert(at % (length + 1), byte),
            Spoil::Remove(at) => drop(bytes.remove(at % length)),
            Spoil::Cut(at) => bytes.truncate(at % length),
        }
        bytes
    }
}

pub fn spoils() -> impl Strategy<Value = Spoil> {
    let (at, byte) = (any::<usize>, any::<u8>);
    prop_oneof![
        (at(), byte()).prop_map(|(at, byte)| Spoil::Set(at, byte)),
        (at(), byte()).prop_map(|(at, bit)| Spoil::Flip(at, bit)),
        (at(), byte()).prop_map(|(at, byte)| Spoil::Insert(at, byte)),
        at().prop_map(Spoil::Remove),
        at().prop_map(Spoil::Cut),
    ]
}
