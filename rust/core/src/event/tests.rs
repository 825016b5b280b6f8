//! What the writer makes, and what the checker says of it.

use crate::cbor::Value;
use crate::error::{Code, Error};
use crate::event::{Fill, Inspection, Level, Writer, check, inspect};
use crate::hash::Hash;

fn make(build: impl FnOnce(&mut Writer) -> crate::error::Result<()>) -> Result<Vec<u8>, Error> {
    let (mut writer, mut block) = (Writer::new(), Vec::new());
    build(&mut writer)?;
    let hash = writer.finish(Fill::Refuse, &mut block)?;
    assert_eq!(hash, Hash::of(&block));
    Ok(block)
}

#[test]
fn a_dataset_is_written_and_read_back() {
    let block = make(|w| {
        w.begin("dataset")?;
        w.field("version")?;
        w.text("1")?;
        w.field("name")?;
        w.text("digits")?;
        w.field("num_rows")?;
        w.int(1797)
    })
    .unwrap();
    let view = check(&block, Level::Record).unwrap();
    assert_eq!((view.version(), view.type_name(), view.time()), (1, "dataset", None));
    assert_eq!(view.parents().count(), 0);
    let payload = Value::decode(view.payload()).unwrap();
    let entry = |k: &str, v| (k.to_owned(), v);
    assert_eq!(
        payload,
        Value::Map(vec![
            entry("name", Value::Text("digits".into())),
            entry("version", Value::Text("1".into())),
            entry("num_rows", Value::Int(1797)),
        ])
    );
    assert!(matches!(inspect(&block), Inspection::Sound(_)));
}

#[test]
fn parents_are_sorted_with_their_roles() {
    let (a, b) = (Hash([1; 32]), Hash([2; 32]));
    let block = make(|w| {
        w.begin("acme/report")?;
        w.time(-5);
        w.parent(b, "")?;
        w.parent(a, "train")?;
        w.parent(a, "t")
    })
    .unwrap();
    let view = check(&block, Level::Record).unwrap();
    assert_eq!(view.parents().collect::<Vec<_>>(), [a, a, b]);
    assert_eq!(view.roles().collect::<Vec<_>>(), ["t", "train", ""]);
    assert_eq!(view.time(), Some(-5));
}

#[test]
fn errors_name_field_and_path() {
    let error = make(|w| {
        w.begin("prediction")?;
        w.field("inputs")?;
        w.begin_map()?;
        w.key("pixels")?;
        w.begin_list()?;
        w.int(1)?;
        w.int(1 << 64)
    })
    .unwrap_err();
    assert_eq!(error.code(), Code::InvalidRecord);
    assert_eq!(error.path_name(), Some("payload.inputs.pixels[1]"));
    assert_eq!(error.field_name(), Some("inputs"));
}
