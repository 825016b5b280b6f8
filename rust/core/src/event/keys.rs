//! What an event can be found by, besides its name. The index keeps digests of these; whoever
//! looks one up confirms each candidate with [`matches`]. May use cbor, view, hash.

use crate::cbor::{Reader, Token};
use crate::event::view::View;
use sha2::{Digest, Sha256};

/// The ways of finding an event. Their numbers are part of what indexes on disk are keyed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum KeyKind {
    /// `prediction_id` of a prediction.
    PredictionId = 1,
    /// `run_id` of a training.
    RunId = 2,
    /// `name` of a model, and `name@version`.
    Model = 3,
    /// `name` of a dataset, and `name@version`.
    Dataset = 4,
    /// `name` of a deployment.
    Deployment = 5,
    /// `stream` of a prediction or a gap.
    Stream = 6,
    /// Any of the `ids` of any event.
    Id = 7,
}

/// What an index keeps for a key. Two keys may share one.
pub fn digest(kind: KeyKind, text: &str) -> u64 {
    let hash: [u8; 32] =
        Sha256::new().chain_update([kind as u8]).chain_update(text).finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Gives each key of an event. What is not of its form is passed over: this judges nothing.
pub fn for_each(view: &View<'_>, give: &mut dyn FnMut(KeyKind, &str)) {
    let mut reader = Reader::new(view.payload());
    let Ok(Token::Map(mut keys)) = reader.token() else { return };
    let mut named = None;
    while let Ok(Some(key)) = keys.next(&mut reader) {
        let mut value = reader;
        if reader.skip().is_err() {
            return;
        }
        match (view.type_name(), key) {
            (_, "ids") => ids(&mut value, give),
            (kind @ ("dataset" | "model"), "name") => {
                let kind = if kind == "model" { KeyKind::Model } else { KeyKind::Dataset };
                named = text(&mut value).map(|name| (kind, name));
                named.into_iter().for_each(|(kind, name)| give(kind, name));
            }
            ("dataset" | "model", "version") => {
                // Keys come by length: the name was there before.
                if let (Some((kind, name)), Some(version)) = (named, text(&mut value)) {
                    give(kind, &format!("{name}@{version}"));
                }
            }
            (of, key) => {
                if let (Some(kind), Some(text)) = (single(of, key), text(&mut value)) {
                    give(kind, text);
                }
            }
        }
    }
}

/// Whether the event has this key.
pub fn matches(view: &View<'_>, kind: KeyKind, text: &str) -> bool {
    let mut found = false;
    for_each(view, &mut |other, value| found |= other == kind && value == text);
    found
}

/// How a type's events are found by a field of theirs.
pub(crate) fn single(type_name: &str, key: &str) -> Option<KeyKind> {
    Some(match (type_name, key) {
        ("prediction", "prediction_id") => KeyKind::PredictionId,
        ("training", "run_id") => KeyKind::RunId,
        ("deployment", "name") => KeyKind::Deployment,
        ("prediction" | "lineseal/gap", "stream") => KeyKind::Stream,
        _ => return None,
    })
}

fn text<'a>(value: &mut Reader<'a>) -> Option<&'a str> {
    match value.token() {
        Ok(Token::Text(text)) => Some(text),
        _ => None,
    }
}

fn ids(value: &mut Reader<'_>, give: &mut dyn FnMut(KeyKind, &str)) {
    let Ok(Token::List(mut items)) = value.token() else { return };
    while items.next(value) {
        match value.token() {
            Ok(Token::Text(id)) => give(KeyKind::Id, id),
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Fill, Level, Writer, check};

    fn keys_of(type_name: &str, fields: &[(&str, &str)], ids: &[&str]) -> Vec<(KeyKind, String)> {
        let (mut writer, mut block) = (Writer::new(), Vec::new());
        writer.begin(type_name).unwrap();
        writer.no_parents();
        for (name, value) in fields {
            writer.field(name).unwrap();
            writer.text(value).unwrap();
        }
        writer.field("ids").unwrap();
        writer.begin_list().unwrap();
        ids.iter().for_each(|id| writer.text(id).unwrap());
        writer.end_list().unwrap();
        writer.finish(Fill::Draw, &mut block).unwrap();
        let view = check(&block, Level::Record).unwrap();
        let mut keys = Vec::new();
        for_each(&view, &mut |kind, text| keys.push((kind, text.to_owned())));
        assert!(keys.iter().all(|(kind, text)| matches(&view, *kind, text)));
        assert!(!matches(&view, KeyKind::Id, "no:such"));
        keys
    }

    #[test]
    fn a_model_is_found_by_name_and_version_and_identifiers() {
        let keys = keys_of("model", &[("version", "2"), ("name", "m")], &["b:2", "a:1"]);
        let expected = [
            (KeyKind::Id, "a:1"),
            (KeyKind::Id, "b:2"),
            (KeyKind::Model, "m"),
            (KeyKind::Model, "m@2"),
        ];
        assert_eq!(keys, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn keys_belong_to_their_type() {
        let fields = [("run_id", "r"), ("model_name", "m")];
        assert_eq!(keys_of("training", &fields, &[]), [(KeyKind::RunId, "r".to_owned())]);
        let fields = [("prediction_id", "p"), ("stream", "s")];
        let keys = keys_of("prediction", &fields, &[]);
        assert_eq!(keys, [(KeyKind::Stream, "s".into()), (KeyKind::PredictionId, "p".to_owned())]);
        assert_eq!(keys_of("acme/x", &[("name", "m"), ("run_id", "r")], &[]), []);
    }

    #[test]
    fn digests_do_not_change() {
        // printf '\x01p-1' | sha256sum
        assert_eq!(digest(KeyKind::PredictionId, "p-1"), 0xd528_c946_f774_c71a);
        assert_ne!(digest(KeyKind::RunId, "p-1"), digest(KeyKind::PredictionId, "p-1"));
    }
}
