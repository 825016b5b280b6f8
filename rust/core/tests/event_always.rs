//! What holds of every event: what the writer makes is valid and depends on nothing but the
//! content, and no spoiled block passes as another encoding of something.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "event/oracle.rs"]
mod oracle;

use lineseal_core::cbor::Value;
use lineseal_core::error::Result;
use lineseal_core::event::schema::{Kind, RecordType, TYPES};
use lineseal_core::event::{Fill, Inspection, Level, Writer, check, inspect};
use lineseal_core::hash::Hash;
use oracle::{canonical, spoils, values};
use proptest::prelude::*;
use proptest::sample::select;

/// A draft: what is pushed at a writer.
#[derive(Clone, Debug)]
struct Draft {
    kind: RecordType,
    time: i64,
    actor: String,
    parents: Vec<(u8, &'static str)>,
    fields: Vec<(&'static str, Value)>,
}

impl Draft {
    fn write(&self) -> Result<Vec<u8>> {
        let (mut writer, mut block) = (Writer::new(), Vec::new());
        writer.begin(self.kind.name)?;
        writer.time(self.time);
        writer.actor(&self.actor);
        for (parent, role) in &self.parents {
            writer.parent(Hash([*parent; 32]), role)?;
        }
        if self.parents.is_empty() {
            writer.no_parents();
        }
        for (name, value) in &self.fields {
            writer.field(name)?;
            push(&mut writer, value)?;
        }
        let hash = writer.finish(Fill::Refuse, &mut block)?;
        assert_eq!(hash, Hash::of(&block));
        Ok(block)
    }
}

fn push(writer: &mut Writer, value: &Value) -> Result<()> {
    match value {
        Value::Null => writer.null(),
        Value::Bool(value) => writer.bool(*value),
        Value::Int(value) => writer.int(*value),
        Value::Float(value) => writer.float(*value),
        Value::Text(value) => writer.text(value),
        Value::Bytes(value) => writer.bytes(value),
        Value::Link(cid) => writer.link(*cid),
        Value::List(items) => {
            writer.begin_list()?;
            items.iter().try_for_each(|item| push(writer, item))?;
            writer.end_list()
        }
        Value::Map(entries) => {
            writer.begin_map()?;
            for (key, value) in entries {
                writer.key(key)?;
                push(writer, value)?;
            }
            writer.end_map()
        }
    }
}

/// Links in values are to artifacts.
fn artifacts(value: Value) -> Value {
    match value {
        Value::Link(cid) => Value::Link(lineseal_core::cid::Cid::raw(cid.hash)),
        Value::List(items) => Value::List(items.into_iter().map(artifacts).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, artifacts(value))).collect())
        }
        other => other,
    }
}

fn maps() -> impl Strategy<Value = Value> {
    prop::collection::hash_map("[a-z]{1,9}", values().prop_map(artifacts), 1..6)
        .prop_map(|map| Value::Map(map.into_iter().collect()))
}

fn metric() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_map(Value::Float),
        (-(1 << 53)..=1_i64 << 53).prop_map(|int| Value::Int(int.into())),
    ]
}

fn content(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Text => ".{1,20}".prop_map(Value::Text).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Count => (0..=i64::MAX).prop_map(|n| Value::Int(n.into())).boxed(),
        Kind::Int | Kind::Time => any::<i64>().prop_map(|n| Value::Int(n.into())).boxed(),
        Kind::Map => maps().boxed(),
        Kind::OpenMap => prop_oneof![maps(), Just(Value::Map(vec![]))].boxed(),
        Kind::Metrics => prop::collection::hash_map("[a-z]{1,9}", metric(), 1..6)
            .prop_map(|map| Value::Map(map.into_iter().collect()))
            .boxed(),
        Kind::Code => ("[a-z]{0,4}", any::<bool>())
            .prop_map(|(uri, dirty)| {
                let dirty = ("dirty".into(), Value::Bool(dirty));
                Value::Map(vec![("uri".into(), Value::Text(uri)), dirty])
            })
            .boxed(),
        Kind::Any => values().prop_map(artifacts).boxed(),
        Kind::Checksum => "[a-z0-9-]{1,9}:([0-9a-f]{2}){1,32}".prop_map(Value::Text).boxed(),
        Kind::Ids => prop::collection::hash_set("[a-z]{1,3}:.{1,9}", 1..6)
            .prop_map(|ids| Value::List(ids.into_iter().map(Value::Text).collect()))
            .boxed(),
    }
}

fn drafts() -> impl Strategy<Value = Draft> {
    let parents = prop::collection::hash_set((any::<u8>(), select(vec!["", "a", "ab", "b"])), 0..8);
    select(TYPES).prop_flat_map(move |kind| {
        let fields: Vec<_> = kind
            .fields
            .iter()
            .map(|field| {
                (prop::bool::weighted(0.4), content(field.kind)).prop_map(|(chosen, value)| {
                    (chosen || field.required).then_some((field.name, value))
                })
            })
            .collect();
        let fields = fields.prop_map(|fields| fields.into_iter().flatten().collect::<Vec<_>>());
        (any::<i64>(), ".{0,9}", parents.clone(), fields.prop_shuffle()).prop_map(
            move |(time, actor, parents, fields)| {
                let parents = parents.into_iter().collect();
                Draft { kind, time, actor, parents, fields }
            },
        )
    })
}

proptest! {
    #![proptest_config(oracle::cases(300))]

    #[test]
    fn what_the_writer_makes_passes_every_check(draft in drafts()) {
        let block = draft.write().unwrap();
        prop_assert!(canonical(&block).is_some());
        let view = check(&block, Level::Record).unwrap();
        prop_assert_eq!(view.type_name(), draft.kind.name);
        prop_assert_eq!(view.time(), Some(draft.time));
        prop_assert_eq!(view.parents().count(), draft.parents.len());
        prop_assert_eq!(view.roles().count(), draft.parents.len());
        prop_assert!(matches!(inspect(&block), Inspection::Sound(_)));
    }

    #[test]
    fn the_order_of_pushing_does_not_matter(draft in drafts()) {
        let mut turned = draft.clone();
        turned.fields.reverse();
        turned.parents.reverse();
        prop_assert_eq!(draft.write().unwrap(), turned.write().unwrap());
    }

    #[test]
    fn a_spoiled_block_is_refused_or_another_canonical_one(draft in drafts(), spoil in spoils()) {
        let block = spoil.apply(draft.write().unwrap());
        let passed = check(&block, Level::Frame).is_ok();
        prop_assert!(!passed || canonical(&block).is_some());
        if let Inspection::Canonical(error) | Inspection::Schema(error, _) = inspect(&block) {
            prop_assert!(error.position_number().is_some() && error.remedy_text().is_some());
        }
        for (lower, higher) in [(Level::Frame, Level::Envelope), (Level::Envelope, Level::Record)] {
            prop_assert!(check(&block, lower).is_ok() || check(&block, higher).is_err());
        }
    }
}
