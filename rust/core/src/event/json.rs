//! JSON drafts: `{type, time, actor, parents: [{hash | position, role}], no_parents, record}`,
//! pushed at a [`Writer`]. Numbers without point or exponent are integers, exact; repeated keys are
//! refused; bytes are `{"/": {"bytes": base64}}`, links `{"/": "bafkrei…"}`. May use writer, cid.
//!
//! Values are read one level at a time (`RawValue`), so that numbers are seen as they were written.

use crate::cbor::{join, push_key, short};
use crate::cid::{Cid, Codec};
use crate::error::{Code, Error, Result};
use crate::event::writer::{Fill, Writer};
use crate::hash::Hash;
use crate::limits::MAX_DRAFT;
use data_encoding::BASE64_NOPAD;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Makes the block of a JSON draft: appends it to `out` and gives its hash. `resolve` knows the
/// events that parents name by their position in the request.
pub fn draft(
    json: &[u8],
    writer: &mut Writer,
    resolve: &dyn Fn(u64) -> Option<Hash>,
    fill: Fill,
    out: &mut Vec<u8>,
) -> Result<Hash> {
    if json.len() > MAX_DRAFT {
        let message = format!("the draft has {} bytes, more than {MAX_DRAFT}", json.len());
        return Err(invalid(message).remedy("Keep large values as artifacts and link to them"));
    }
    let text = std::str::from_utf8(json).map_err(|error| {
        invalid("the draft is not UTF-8")
            .position(error.valid_up_to() as u64)
            .remedy("Send JSON in UTF-8")
    })?;
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let parts = Parts::of(&entries(whole, "")?)?;
    parts.push(writer, resolve)?;
    writer.finish(fill, out)
}

/// The members of a draft.
#[derive(Default)]
struct Parts<'a> {
    kind: Option<&'a RawValue>,
    time: Option<&'a RawValue>,
    actor: Option<&'a RawValue>,
    parents: Option<&'a RawValue>,
    no_parents: Option<&'a RawValue>,
    record: Option<&'a RawValue>,
}

impl<'a> Parts<'a> {
    fn of(entries: &Entries<'a>) -> Result<Self> {
        let mut parts = Parts::default();
        for (key, value) in &entries.0 {
            let part = match key.as_ref() {
                "type" => &mut parts.kind,
                "time" => &mut parts.time,
                "actor" => &mut parts.actor,
                "parents" => &mut parts.parents,
                "no_parents" => &mut parts.no_parents,
                "record" => &mut parts.record,
                other => {
                    return Err(invalid(format!("a draft has no key {}", short(other)))
                        .path(at("", other))
                        .remedy("Its keys are type, time, actor, parents, no_parents and record"));
                }
            };
            *part = Some(*value).filter(|value| value.get() != "null");
        }
        Ok(parts)
    }

    fn push(&self, writer: &mut Writer, resolve: &dyn Fn(u64) -> Option<Hash>) -> Result<()> {
        let kind = self.kind.ok_or_else(|| {
            wrong("type", "type is missing; a draft needs it").remedy("Give a type of event")
        })?;
        writer.begin(&text(kind, "type")?)?;
        if let Some(time) = self.time {
            writer.time(time.get().parse().map_err(|_| {
                wrong("time", "time must be an integer: microseconds since 1970-01-01 UTC").remedy(
                    "For 2026-01-01T00:00:00Z it is 1767225600000000; text in ISO 8601 is not read",
                )
            })?);
        }
        if let Some(actor) = self.actor {
            writer.actor(&text(actor, "actor")?);
        }
        if let Some(parents) = self.parents {
            for (index, parent) in items(parents, "parents")?.iter().enumerate() {
                self::parent(parent, index, writer, resolve)?;
            }
        }
        match self.no_parents.map(RawValue::get) {
            Some("true") => writer.no_parents(),
            Some("false") | None => {}
            Some(_) => {
                return Err(wrong("no_parents", "no_parents must be a bool")
                    .remedy("Give true or false, or leave it out"));
            }
        }
        let record = self.record.ok_or_else(|| {
            wrong("record", "record is missing; a draft needs it")
                .remedy("Give {} for an empty one")
        })?;
        for (name, field) in entries(record, "record")?.0 {
            writer.field(&name)?;
            value(field, writer)?;
        }
        Ok(())
    }
}

fn parent(
    raw: &RawValue,
    index: usize,
    writer: &mut Writer,
    resolve: &dyn Fn(u64) -> Option<Hash>,
) -> Result<()> {
    let path = format!("parents[{index}]");
    let (mut hash, mut role) = (None, Cow::Borrowed(""));
    for (key, value) in entries(raw, &path)?.0.iter().filter(|(_, value)| value.get() != "null") {
        let path = at(&path, key);
        let found = match key.as_ref() {
            "role" => {
                role = text(value, &path)?;
                continue;
            }
            "hash" => name(&text(value, &path)?, &path)?,
            "position" => position(value, &path, resolve)?,
            other => {
                return Err(wrong(&path, format!("a parent has no key {}", short(other)))
                    .remedy("Its keys are hash or position, and role"));
            }
        };
        if hash.replace(found).is_some() {
            return Err(wrong(&path, "a parent is named by hash and by position")
                .remedy("Leave one of the two out"));
        }
    }
    let Some(hash) = hash else {
        return Err(wrong(&path, "a parent has neither hash nor position").remedy("Name the event"));
    };
    writer.parent(hash, &role).map_err(|error| {
        let role_at_fault = error.hash_hex().is_none() && !role.is_empty();
        if role_at_fault { error.path(format!("{path}.role")) } else { error }
    })
}

/// The hash that a parent is named by: hex digits, or the CID of an event.
fn name(text: &str, path: &str) -> Result<Hash> {
    let cid = || text.parse().ok().filter(|cid: &Cid| cid.codec == Codec::DagCbor);
    text.parse().ok().or_else(|| cid().map(|cid| cid.hash)).ok_or_else(|| {
        wrong(path, format!("{} is not the name of an event", short(text)))
            .remedy("Give its hash (64 hex digits) or its CID (bafyrei…)")
    })
}

fn position(raw: &RawValue, path: &str, resolve: &dyn Fn(u64) -> Option<Hash>) -> Result<Hash> {
    let number = raw.get().parse().map_err(|_| {
        wrong(path, "position must be an integer from 0").remedy("Count the events of the request")
    })?;
    resolve(number).ok_or_else(|| {
        wrong(path, format!("no event at position {number} stands before this one"))
            .remedy("Parents stand earlier in the request, counted from 0")
    })
}

/// Pushes one value. Recursion ends where the writer refuses to go deeper.
fn value(raw: &RawValue, writer: &mut Writer) -> Result<()> {
    match raw.get().as_bytes().first() {
        Some(b'n') => writer.null(),
        Some(b't') => writer.bool(true),
        Some(b'f') => writer.bool(false),
        Some(b'"') => {
            let text = text(raw, &writer.path())?;
            writer.text(&text)
        }
        Some(b'[') => {
            let path = writer.path();
            writer.begin_list()?;
            items(raw, &path)?.iter().try_for_each(|item| value(item, writer))?;
            writer.end_list()
        }
        Some(b'{') => {
            let entries = entries(raw, &writer.path())?;
            match entries.0.as_slice() {
                [(key, special)] if key == "/" => reference(special, writer),
                members => map(members, writer),
            }
        }
        _ => number(raw.get(), writer),
    }
}

fn map(members: &[(Cow<'_, str>, &RawValue)], writer: &mut Writer) -> Result<()> {
    writer.begin_map()?;
    for (key, member) in members {
        writer.key(key)?;
        value(member, writer)?;
    }
    writer.end_map()
}

/// What stands under the key `/`: a CID, or bytes.
fn reference(raw: &RawValue, writer: &mut Writer) -> Result<()> {
    const FORMS: &str =
        "Use {\"/\": \"bafkrei…\"} or {\"/\": {\"bytes\": \"…\"}}, in base64 without padding";
    let path = writer.path();
    if raw.get().starts_with('"') {
        let text = text(raw, &path)?;
        let cid = text.parse().map_err(|_| {
            writer.refuse(format!("{} is not a CID of lineseal", short(&text))).remedy(FORMS)
        })?;
        return writer.link(cid);
    }
    let entries = if raw.get().starts_with('{') { entries(raw, &path)? } else { Entries(vec![]) };
    let [(key, bytes)] = entries.0.as_slice() else {
        return Err(writer.refuse("the key \"/\" holds neither a CID nor bytes").remedy(FORMS));
    };
    if key != "bytes" {
        return Err(writer.refuse("the key \"/\" holds neither a CID nor bytes").remedy(FORMS));
    }
    let text = text(bytes, &path)?;
    match BASE64_NOPAD.decode(text.as_bytes()) {
        Ok(bytes) => writer.bytes(&bytes),
        Err(_) => Err(writer.refuse("bytes are not base64 without padding").remedy(FORMS)),
    }
}

fn number(digits: &str, writer: &mut Writer) -> Result<()> {
    if !digits.contains(['.', 'e', 'E']) {
        return match digits.parse() {
            Ok(int) => writer.int(int),
            Err(_) => Err(writer
                .refuse(format!("an integer of {} digits is out of range", digits.len()))
                .remedy("Integers go from -2^63 to 2^64-1; give larger ones as text")),
        };
    }
    match digits.parse::<f64>() {
        Ok(float) if float.is_finite() => writer.float(float),
        _ => Err(writer
            .refuse(format!("the number {} is too great for a float", short(digits)))
            .remedy("Give it as text, or {\"lineseal:float\": \"Infinity\"}")),
    }
}

/// A text that may be borrowed from the draft.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object, as they come.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((Text(key), value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Members)
    }
}

/// The members of the object at `path`; a repeated key is refused.
fn entries<'a>(raw: &'a RawValue, path: &str) -> Result<Entries<'a>> {
    if !raw.get().starts_with('{') {
        let what = if path.is_empty() { "a draft" } else { path };
        return Err(wrong(path, format!("{what} must be an object")).remedy("Give {…}"));
    }
    let entries: Entries<'a> =
        serde_json::from_str(raw.get()).map_err(|error| broken(&error).path(path))?;
    let mut keys: Vec<_> = entries.0.iter().map(|(key, _)| key.as_ref()).collect();
    keys.sort_unstable();
    match keys.iter().zip(keys.iter().skip(1)).find(|(a, b)| a == b) {
        None => Ok(entries),
        Some((key, _)) => {
            Err(wrong(&at(path, key), format!("the key {} is given twice", short(key)))
                .remedy("Keep one of them"))
        }
    }
}

fn items<'a>(raw: &'a RawValue, path: &str) -> Result<Vec<&'a RawValue>> {
    if !raw.get().starts_with('[') {
        return Err(wrong(path, format!("{path} must be a list")).remedy("Give […]"));
    }
    serde_json::from_str(raw.get()).map_err(|error| broken(&error).path(path))
}

fn text<'a>(raw: &'a RawValue, path: &str) -> Result<Cow<'a, str>> {
    if !raw.get().starts_with('"') {
        return Err(wrong(path, format!("{path} must be text")).remedy("Give a JSON string"));
    }
    let text: Text<'a> =
        serde_json::from_str(raw.get()).map_err(|error| broken(&error).path(path))?;
    Ok(text.0)
}

fn at(path: &str, key: &str) -> String {
    let mut step = String::new();
    push_key(&mut step, key);
    if path.is_empty() { step } else { join(path, &step) }
}

#[cold]
fn broken(error: &serde_json::Error) -> Error {
    let message = error.to_string();
    // The two ways in which serde_json refuses an escape of half a pair; other bad escapes differ.
    let halves = ["lone leading surrogate", "unexpected end of hex escape"];
    if halves.iter().any(|half| message.contains(half)) {
        return invalid("a text of the draft holds a lone surrogate, which UTF-8 cannot encode")
            .remedy("Escape both halves of the pair, or send the character itself");
    }
    let remedy = if message.starts_with("trailing characters") {
        "Send one JSON object; with `lineseal record --batch`, one on each line"
    } else {
        "Send one JSON object"
    };
    invalid(format!("the draft is not JSON: {message}")).remedy(remedy)
}

#[cold]
fn wrong(path: &str, message: impl Into<String>) -> Error {
    let field: String = path
        .strip_prefix("payload.")
        .unwrap_or(path)
        .chars()
        .take_while(|c| !matches!(c, '.' | '['))
        .collect();
    if path.is_empty() { invalid(message) } else { invalid(message).path(path).field(field) }
}

#[cold]
fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidRecord, message)
}
