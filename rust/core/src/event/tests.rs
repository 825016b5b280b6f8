//! What the vectors cannot say: what is drawn, what errors tell, that a writer can go on.

use crate::cbor::Value;
use crate::error::{Code, Error, Result};
use crate::event::{Fill, Level, Writer, check, json};
use crate::hash::Hash;

fn from_json(draft: &str, fill: Fill) -> Result<Vec<u8>> {
    let mut block = Vec::new();
    let hash = json::draft(draft.as_bytes(), &mut Writer::new(), &|_| None, fill, &mut block)?;
    assert_eq!(hash, Hash::of(&block));
    Ok(block)
}

fn refusal(draft: &str) -> Error {
    let error = from_json(draft, Fill::Draw).unwrap_err();
    assert_eq!(error.code(), Code::InvalidRecord, "{error}");
    assert!(error.remedy_text().is_some(), "{error}");
    error
}

fn in_payload(block: &[u8], key: &str) -> Option<Value> {
    let view = check(block, Level::Record).unwrap();
    let Value::Map(entries) = Value::decode(view.payload()).unwrap() else { panic!("no map") };
    entries.into_iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

#[test]
fn a_prediction_gets_time_and_identifier_and_so_no_two_are_equal() {
    let draft = r#"{"type": "prediction", "no_parents": true, "record": {"output": 7}}"#;
    let (one, two) = (from_json(draft, Fill::Draw).unwrap(), from_json(draft, Fill::Draw).unwrap());
    assert_ne!(one, two);
    let Some(Value::Text(id)) = in_payload(&one, "prediction_id") else { panic!("no identifier") };
    let id: uuid::Uuid = id.parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    // 2020-01-01 … 2100-01-01
    let time = check(&one, Level::Record).unwrap().time().unwrap();
    assert!((1_577_836_800_000_000..4_102_444_800_000_000).contains(&time));
}

#[test]
fn what_the_user_gave_is_not_drawn() {
    let draft = r#"{"type": "prediction", "time": 5, "no_parents": true,
                    "record": {"prediction_id": "p-1"}}"#;
    let block = from_json(draft, Fill::Draw).unwrap();
    assert_eq!(block, from_json(draft, Fill::Refuse).unwrap());
    assert_eq!(check(&block, Level::Record).unwrap().time(), Some(5));
}

#[test]
fn a_thing_carries_no_time_and_is_the_same_from_anywhere() {
    let draft = r#"{"type": "dataset", "record": {"name": "digits"}}"#;
    let block = from_json(draft, Fill::Draw).unwrap();
    assert_eq!(block, from_json(draft, Fill::Draw).unwrap());
    assert_eq!(check(&block, Level::Record).unwrap().time(), None);
}

#[test]
fn an_empty_identifier_is_a_mistake_not_a_wish_for_one() {
    let draft = r#"{"type": "prediction", "no_parents": true, "record": {"prediction_id": ""}}"#;
    assert_eq!(refusal(draft).path_name(), Some("payload.prediction_id"));
}

#[test]
fn errors_name_the_field_the_place_and_a_remedy() {
    for (record, field, path, says) in [
        (r#"{"nam": "x"}"#, "nam", "payload.nam", "has no field"),
        (r#"{"num_rows": 1}"#, "name", "payload.name", "name is missing"),
        (r#"{"name": ""}"#, "name", "payload.name", "name is empty"),
        (r#"{"name": 7}"#, "name", "payload.name", "not an integer"),
        (r#"{"name": "x", "num_rows": -1}"#, "num_rows", "payload.num_rows", "out of range"),
        (r#"{"name": "x", "num_rows": true}"#, "num_rows", "payload.num_rows", "not a bool"),
        (
            r#"{"name": "x", "properties": {"a": [1, {"b c": 18446744073709551616}]}}"#,
            "properties",
            r#"payload.properties.a[1]["b c"]"#,
            "out of range",
        ),
        (
            r#"{"name": "x", "properties": {"lineseal:x": 1}}"#,
            "properties",
            r#"payload.properties["lineseal:x"]"#,
            "reserved",
        ),
        (r#"{"name": "x", "ids": ["b:1", "a:1", "b:1"]}"#, "ids", "payload.ids[2]", "twice"),
    ] {
        let error = refusal(&format!(r#"{{"type": "dataset", "record": {record}}}"#));
        assert_eq!((error.field_name(), error.path_name()), (Some(field), Some(path)), "{error}");
        assert!(error.message().contains(says), "{error}");
    }
}

#[test]
fn texts_in_messages_are_shortened() {
    let long = "x".repeat(100_000);
    for draft in [
        format!(r#"{{"type": "{long}", "record": {{}}}}"#),
        format!(r#"{{"type": "dataset", "record": {{"name": "x", "checksum": "{long}"}}}}"#),
        format!(r#"{{"type": "dataset", "record": {{"{long}": 1}}}}"#),
        format!(r#"{{"type": "a/b", "record": {{"x": {{"{long}": 1e999}}}}}}"#),
        format!(r#"{{"type": "a/b", "parents": [{{"hash": "{long}"}}], "record": {{}}}}"#),
    ] {
        let error = refusal(&draft);
        assert!(error.to_string().len() < 700, "{error}");
    }
}

#[test]
fn a_writer_goes_on_after_an_error() {
    let (mut writer, mut block) = (Writer::new(), Vec::new());
    writer.begin("prediction").unwrap();
    writer.field("inputs").unwrap();
    writer.begin_map().unwrap();
    writer.key("x").unwrap();
    assert!(writer.int(1 << 70).is_err());
    writer.begin("dataset").unwrap();
    writer.field("name").unwrap();
    writer.text("digits").unwrap();
    writer.finish(Fill::Refuse, &mut block).unwrap();
    assert_eq!(
        block,
        from_json(r#"{"type": "dataset", "record": {"name": "digits"}}"#, Fill::Refuse).unwrap()
    );
}

#[test]
fn a_parent_given_twice_is_named() {
    let mut writer = Writer::new();
    writer.begin("training").unwrap();
    writer.parent(Hash([1; 32]), "train").unwrap();
    writer.parent(Hash([1; 32]), "test").unwrap();
    writer.parent(Hash([1; 32]), "train").unwrap();
    for (field, text) in [("run_id", "r"), ("model_name", "m")] {
        writer.field(field).unwrap();
        writer.text(text).unwrap();
    }
    let error = writer.finish(Fill::Draw, &mut Vec::new()).unwrap_err();
    assert_eq!(error.hash_hex(), Some(Hash([1; 32]).to_string().as_str()));
    assert!(error.message().contains("the role train"));
}

#[test]
fn half_a_surrogate_pair_is_refused_as_what_it_is() {
    for half in [r"\ud800", r"\ud800x", r"\ud800\n", r"\ud800\u0041", r"\udc00"] {
        for draft in [
            format!(r#"{{"type": "dataset", "record": {{"name": "{half}"}}}}"#),
            format!(r#"{{"type": "dataset", "record": {{"properties": {{"{half}": 1}}}}}}"#),
        ] {
            let error = refusal(&draft);
            assert!(error.to_string().contains("lone surrogate"), "{draft}: {error}");
        }
    }
    for broken in [r#"{"type": "\ud8"}"#, r#"{"type": "\ud8zz"}"#, r#"{"type": "\ud800\u12"}"#] {
        assert!(refusal(broken).to_string().contains("not JSON"), "{broken}");
    }
}
