//! Blocks: what one level accepts, those below it accept; what is accepted is the only encoding of
//! its content, for other people's decoder too; and a recorded block is what the writer makes of
//! its own JSON draft.

use crate::json;
use ipld_core::ipld::Ipld;
use lineseal_core::cbor::Value;
use lineseal_core::error::{Code, Error};
use lineseal_core::event::json::draft;
use lineseal_core::event::{Fill, Inspection, Level, View, Writer, check, inspect, keys};
use lineseal_core::hash::Hash;

/// Runs the target.
pub fn run(data: &[u8]) {
    let [frame, envelope, record] =
        [Level::Frame, Level::Envelope, Level::Record].map(|level| check(data, level));
    for error in [&frame, &envelope, &record].into_iter().filter_map(|found| found.as_ref().err()) {
        explained(error, data);
    }
    assert!(envelope.is_ok() || record.is_err(), "level 3 takes what level 2 refuses");
    assert!(frame.is_ok() || envelope.is_err(), "level 2 takes what level 1 refuses");
    match inspect(data) {
        Inspection::Sound(_) => assert!(envelope.is_ok()),
        Inspection::Unsupported(view) => assert!(view.version() > 1 && envelope.is_err()),
        Inspection::Schema(..) => assert!(frame.is_ok() && envelope.is_err()),
        Inspection::Canonical(_) => assert!(frame.is_err()),
    }
    if let Ok(view) = frame {
        only_encoding(data);
        links(&view);
    }
    if let Ok(view) = envelope {
        keys::for_each(&view, &mut |kind, text| assert!(keys::matches(&view, kind, text)));
    }
    if let Ok(view) = record {
        redrafted(data, &view);
    }
}

/// An error says what to do, and where: at a byte of the block.
fn explained(error: &Error, data: &[u8]) {
    assert!(matches!(error.code(), Code::InvalidRecord | Code::Encoding), "{error}");
    assert!(error.remedy_text().is_some(), "{error}");
    assert!(error.position_number().is_some_and(|at| at <= data.len() as u64), "{error}");
}

fn only_encoding(data: &[u8]) {
    let value = Value::decode(data).expect("what passes level 1 is DAG-CBOR");
    assert_eq!(value.encode().expect("it was encoded before"), data);
    let theirs: Ipld = serde_ipld_dagcbor::from_slice(data).expect("they take what we take");
    assert_eq!(serde_ipld_dagcbor::to_vec(&theirs).expect("they wrote it"), data);
}

fn links(view: &View<'_>) {
    assert_eq!(view.parents().count(), view.roles().count());
    let all: Vec<Hash> = view.parents().collect();
    let mut distinct = all.clone();
    distinct.dedup();
    assert_eq!(view.distinct_parents().collect::<Vec<_>>(), distinct);
}

/// Nothing that was recorded is lost or changed on the way through JSON.
fn redrafted(data: &[u8], view: &View<'_>) {
    let Some(text) = json::of_event(data, view) else { return };
    let (mut writer, mut made) = (Writer::new(), Vec::new());
    match draft(text.as_bytes(), &mut writer, &|_| None, Fill::Refuse, &mut made) {
        Ok(hash) => {
            assert_eq!(made, data, "{text}");
            assert_eq!(hash, Hash::of(data));
        }
        // Drafts know no fields, keys and types to come, which blocks may hold.
        Err(error) => {
            let told = ["has no field", "has no key", "is not a type of event"];
            assert!(told.iter().any(|told| error.message().contains(told)), "{error}: {text}");
        }
    }
}
