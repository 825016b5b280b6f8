//! Whether an encoded value is of its field's kind: the same pass for blocks and for what the
//! writer was given. May use cbor, schema, names, reserved.

use crate::cbor::{Fault, Keys, Read, Reader, Token, short};
use crate::error::Code;
use crate::event::names::{is_checksum, is_id};
use crate::event::reserved::{FLOAT, free, free_token, is_reserved, wrapped_float};
use crate::event::schema::{Field, Kind};
use crate::limits::MAX_IDS;

/// Reads the value of `field`.
pub(crate) fn value(field: &Field, reader: &mut Reader<'_>) -> Read<()> {
    if field.kind == Kind::Any {
        return free(reader).map_err(|fault| fault.field(field.name));
    }
    let at = reader.position();
    let token = reader.token()?;
    match (field.kind, token) {
        (Kind::Text, Token::Text(text)) if !text.is_empty() => Ok(()),
        (Kind::Checksum, Token::Text(text)) if !text.is_empty() => checksum(at, text),
        (Kind::Bool, Token::Bool(_)) => Ok(()),
        (Kind::Count | Kind::Int | Kind::Time, Token::Uint(n)) if n <= i64::MAX as u64 => Ok(()),
        (Kind::Int | Kind::Time, Token::Nint(_)) => Ok(()),
        (Kind::OpenMap, Token::Map(keys)) if keys.left() == 0 => free_token(reader, at, token),
        (Kind::Map | Kind::OpenMap, Token::Map(keys)) if keys.left() > 0 => plain_map(reader, keys),
        (Kind::Metrics, Token::Map(keys)) if keys.left() > 0 => metrics(reader, keys),
        (Kind::Code, Token::Map(keys)) if keys.left() > 0 => code(reader, keys),
        (Kind::Ids, Token::List(_)) => return ids(reader, at, token),
        _ => Err(wrong(field, at, &token)),
    }
    .map_err(|fault| fault.field(field.name))
}

#[cold]
fn wrong(field: &Field, at: usize, token: &Token<'_>) -> Fault {
    let Field { name, kind, .. } = field;
    let empty = match token {
        Token::Text(text) => text.is_empty(),
        Token::List(items) => items.left() == 0,
        Token::Map(keys) => keys.left() == 0,
        _ => false,
    };
    if empty && kind.drops_empty() {
        return refuse(at, format!("{name} is empty")).remedy("Leave it out, or fill it");
    }
    let out_of_range = matches!(
        (kind, token),
        (Kind::Count, Token::Uint(_) | Token::Nint(_)) | (Kind::Int | Kind::Time, Token::Uint(_))
    );
    let found = if out_of_range { "an integer out of range" } else { token.describe() };
    refuse(at, format!("{name} must be {}, not {found}", kind.describe()))
        .remedy("No value is converted for it; give the right type")
}

fn checksum(at: usize, text: &str) -> Read<()> {
    if is_checksum(text) {
        return Ok(());
    }
    Err(refuse(at, format!("{} is not a checksum", short(text)))
        .remedy("Use method:hex, with an even number of lower-case hex digits"))
}

/// A map that stands where no wrapper may.
fn plain_map<'a>(reader: &mut Reader<'a>, mut keys: Keys<'a>) -> Read<()> {
    loop {
        let at = reader.position();
        match keys.next(reader)? {
            None => return Ok(()),
            Some(key) if is_reserved(key.as_bytes()) => return Err(reserved_here(at, key)),
            Some(_) => free(reader)?,
        }
    }
}

/// The refusal of the reserved key at `at`, in a map that may not be a reserved form.
#[cold]
pub(crate) fn reserved_here(at: usize, key: &str) -> Fault {
    refuse(at, format!("the reserved key {} stands in a map that is no value", short(key)))
        .remedy("Keys that begin with lineseal: are reserved; rename yours")
}

fn metrics<'a>(reader: &mut Reader<'a>, mut keys: Keys<'a>) -> Read<()> {
    loop {
        let key_at = reader.position();
        let Some(key) = keys.next(reader)? else { return Ok(()) };
        if is_reserved(key.as_bytes()) {
            return Err(reserved_here(key_at, key));
        }
        let at = reader.position();
        match reader.token()? {
            Token::Float(_) => {}
            Token::Map(mut wrapper) if wrapper.left() == 1 => {
                if wrapper.next(reader)? != Some(FLOAT) {
                    return Err(no_float(at, "a map"));
                }
                wrapped_float(reader)?;
                wrapper.next(reader)?;
            }
            other => return Err(no_float(at, other.describe())),
        }
    }
}

#[cold]
fn no_float(at: usize, found: &str) -> Fault {
    refuse(at, format!("a metric must be a float, not {found}"))
        .remedy("Keep what is not a number in properties")
}

/// The keys of a field of kind code that drafts may hold. Blocks of a later writer may hold more.
pub(crate) fn is_code_key(key: &str) -> bool {
    matches!(key, "uri" | "revision" | "dirty")
}

fn code<'a>(reader: &mut Reader<'a>, mut keys: Keys<'a>) -> Read<()> {
    loop {
        let key_at = reader.position();
        let Some(key) = keys.next(reader)? else { return Ok(()) };
        let at = reader.position();
        let token = reader.token()?;
        match (key, &token) {
            ("uri" | "revision", Token::Text(text)) if !text.is_empty() => {}
            ("dirty", Token::Bool(_)) => {}
            ("uri" | "revision", Token::Text(_)) => {
                return Err(
                    refuse(at, format!("{key} is empty")).remedy("Leave it out, or fill it")
                );
            }
            ("uri" | "revision" | "dirty", _) => {
                let wanted = if key == "dirty" { "a bool" } else { "text" };
                return Err(refuse(
                    at,
                    format!("{key} must be {wanted}, not {}", token.describe()),
                )
                .remedy("Give the right type"));
            }
            _ if is_reserved(key.as_bytes()) => return Err(reserved_here(key_at, key)),
            _ => free_token(reader, at, token)?,
        }
    }
}

/// Goes on with `ids`, whose first token, at `at`, is read.
pub(crate) fn ids<'a>(reader: &mut Reader<'a>, at: usize, token: Token<'a>) -> Read<()> {
    let fail = |fault: Fault| fault.field("ids");
    let Token::List(mut items) = token else {
        let message = format!("ids must be a list of texts, not {}", token.describe());
        return Err(fail(refuse(at, message).remedy("Give texts such as mlflow-run:4711")));
    };
    if !(1..=MAX_IDS).contains(&items.left()) {
        let message = format!("ids has {} entries; it takes 1 to {MAX_IDS}", items.left());
        return Err(fail(refuse(at, message).remedy("Leave ids out when there are none")));
    }
    let mut last = None;
    while items.next(reader) {
        let at = reader.position();
        let id = match reader.token()? {
            Token::Text(id) if is_id(id) => id,
            Token::Text(id) => {
                return Err(fail(
                    refuse(at, format!("{} is not an identifier", short(id)))
                        .remedy("Use scheme:value, such as mlflow-run:4711"),
                ));
            }
            other => {
                let message = format!("ids lists texts, not {}", other.describe());
                return Err(fail(refuse(at, message).remedy("Give texts such as mlflow-run:4711")));
            }
        };
        if last == Some(id) {
            return Err(fail(
                refuse(at, format!("the identifier {} stands twice", short(id)))
                    .remedy("Keep one of them"),
            ));
        }
        if last.is_some_and(|last| last > id) {
            return Err(fail(refuse(at, "ids are not sorted by their bytes").remedy("Sort them")));
        }
        last = Some(id);
    }
    Ok(())
}

#[cold]
fn refuse(at: usize, message: impl Into<String>) -> Fault {
    Fault::new(Code::InvalidRecord, at, message)
}

/// The texts of an encoded list of nothing else.
pub(crate) fn texts(item: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader::new(item);
    let Ok(Token::List(mut items)) = reader.token() else { return None };
    let mut texts = Vec::new();
    while items.next(&mut reader) {
        let Ok(Token::Text(text)) = reader.token() else { return None };
        texts.push(text.to_owned());
    }
    Some(texts)
}
