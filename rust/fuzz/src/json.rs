//! An event as a JSON draft that says the same.

use data_encoding::BASE64_NOPAD;
use lineseal_core::cbor::Value;
use lineseal_core::event::View;
use std::fmt::Write;

/// The draft; none where JSON drafts cannot say it: a map with the key `/` means something else
/// there, and the parents of feedback get a role.
pub(crate) fn of_event(block: &[u8], view: &View<'_>) -> Option<String> {
    let mut text = String::from("{\"type\":");
    string(&mut text, view.type_name());
    if let Some(time) = view.time() {
        write!(text, ",\"time\":{time}").ok()?;
    }
    if let Some(actor) = view.actor() {
        text.push_str(",\"actor\":");
        string(&mut text, actor);
    }
    if view.type_name() == "feedback" && view.roles().any(str::is_empty) {
        return None;
    }
    let parents: Vec<String> = view
        .parents()
        .zip(view.roles())
        .map(|(hash, role)| format!("{{\"hash\":\"{hash}\",\"role\":\"{role}\"}}"))
        .collect();
    match parents.is_empty() {
        true => text.push_str(",\"no_parents\":true"),
        false => write!(text, ",\"parents\":[{}]", parents.join(",")).ok()?,
    }
    let Value::Map(entries) = Value::decode(block).ok()? else { return None };
    let (_, payload) = entries.iter().find(|(key, _)| key == "payload")?;
    text.push_str(",\"record\":");
    value(&mut text, payload)?;
    text.push('}');
    Some(text)
}

fn value(text: &mut String, item: &Value) -> Option<()> {
    match item {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => write!(text, "{value}").ok()?,
        Value::Float(value) => write!(text, "{value:?}").ok()?,
        Value::Text(value) => string(text, value),
        Value::Bytes(bytes) => {
            write!(text, "{{\"/\":{{\"bytes\":\"{}\"}}}}", BASE64_NOPAD.encode(bytes)).ok()?;
        }
        Value::Link(cid) => write!(text, "{{\"/\":\"{cid}\"}}").ok()?,
        Value::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                value(text, item)?;
            }
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                if key == "/" {
                    return None;
                }
                text.push_str(if at > 0 { "," } else { "" });
                string(text, key);
                text.push(':');
                value(text, item)?;
            }
            text.push('}');
        }
    }
    Some(())
}

fn string(text: &mut String, value: &str) {
    text.push_str(&serde_json::Value::from(value).to_string());
}
