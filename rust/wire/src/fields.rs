//! A record's message, field by field, pushed at the writer. Which number is which field is said by
//! the core's schema: a field's number is its place there plus one. May use scan, value, and the
//! core's schema and writer.

use crate::scan::{Fault, Scan, Wire, once, unknown};
use crate::value::{entry, keyed, value};
use lineseal_core::error::Result;
use lineseal_core::event::Writer;
use lineseal_core::event::schema::{Field, Kind, RecordType, record_type};
use lineseal_core::limits::MAX_BLOCK;

/// The fields that stand on the wire; the room is kept from one record to the next.
pub(crate) type Found<'a> = Vec<(u32, Wire<'a>)>;

/// An entry takes two bytes of a block at least.
const MOST: usize = MAX_BLOCK / 2;

const NOTHING: Wire<'static> = Wire::Bytes(&[]);

/// Pushes the fields of a record of the table.
pub(crate) fn record<'a>(
    kind: &RecordType,
    message: &'a [u8],
    found: &mut Found<'a>,
    writer: &mut Writer,
) -> Result<()> {
    found.clear();
    for field in Scan::new(message) {
        let kept = field.and_then(|field| keep(found, field));
        kept.map_err(|fault| fault.at("payload"))?;
    }
    let known = 1..=kind.fields.len() as u32;
    if let Some((other, _)) = found.iter().find(|(number, _)| !known.contains(number)) {
        return Err(unknown(*other, kind.name).at("payload"));
    }
    for (number, field) in known.zip(kind.fields) {
        let given = found.iter().filter(|(other, _)| *other == number).map(|(_, wire)| *wire);
        push(field, given, writer)?;
    }
    Ok(())
}

/// Keeps a field; more than a block has room for are refused before they take much memory.
fn keep<'a>(found: &mut Found<'a>, field: (u32, Wire<'a>)) -> std::result::Result<(), Fault> {
    if found.len() == MOST {
        return Err(Fault::new(format!("the record has over {MOST} fields and entries")));
    }
    found.push(field);
    Ok(())
}

fn push<'a>(
    field: &Field,
    given: impl Iterator<Item = Wire<'a>>,
    writer: &mut Writer,
) -> Result<()> {
    let mut given = given.peekable();
    // Absent and empty are one on the wire: a map that may be empty is there in any case.
    let Some(first) = given.peek().copied().or((field.kind == Kind::OpenMap).then_some(NOTHING))
    else {
        return Ok(());
    };
    writer.field(field.name)?;
    match field.kind {
        Kind::Map | Kind::OpenMap => return map(given, writer),
        Kind::Metrics => return metrics(given, writer),
        Kind::Ids => return ids(given, writer),
        _ => {}
    }
    let here = |fault: Fault| fault.at(&format!("payload.{}", field.name)).field(field.name);
    if given.nth(1).is_some() {
        return Err(here(Fault::new(format!("{} is given twice", field.name))));
    }
    match field.kind {
        Kind::Text | Kind::Checksum => writer.text(first.text().map_err(here)?),
        Kind::Bool => writer.bool(first.bool().map_err(here)?),
        Kind::Count | Kind::Int | Kind::Time => writer.int(first.int().map_err(here)?.into()),
        Kind::Code => code(first.bytes().map_err(here)?, writer),
        _ => value(first.bytes().map_err(here)?, writer),
    }
}

fn map<'a>(entries: impl Iterator<Item = Wire<'a>>, writer: &mut Writer) -> Result<()> {
    writer.begin_map()?;
    for wire in entries {
        let (key, item) = entry(wire).map_err(|fault| fault.at(&writer.path()))?;
        writer.key(key)?;
        keyed(item, writer)?;
    }
    writer.end_map()
}

fn metrics<'a>(entries: impl Iterator<Item = Wire<'a>>, writer: &mut Writer) -> Result<()> {
    writer.begin_map()?;
    for wire in entries {
        let (key, item) = entry(wire).map_err(|fault| fault.at(&writer.path()))?;
        writer.key(key)?;
        let metric = item.map_or(Ok(0.0), Wire::double);
        writer.float(metric.map_err(|fault| fault.at(&writer.path()))?)?;
    }
    writer.end_map()
}

fn ids<'a>(texts: impl Iterator<Item = Wire<'a>>, writer: &mut Writer) -> Result<()> {
    writer.begin_list()?;
    for wire in texts {
        let text = wire.text().map_err(|fault| fault.at(&writer.path()))?;
        writer.text(text)?;
    }
    writer.end_list()
}

/// A `SourceCode` message.
fn code(message: &[u8], writer: &mut Writer) -> Result<()> {
    let (mut uri, mut revision, mut dirty) = (None, None, None);
    let mut read = || {
        for field in Scan::new(message) {
            match field? {
                (1, wire) => once(&mut uri, wire.text()?, "uri")?,
                (2, wire) => once(&mut revision, wire.text()?, "revision")?,
                (3, wire) => once(&mut dirty, wire.bool()?, "dirty")?,
                (other, _) => return Err(unknown(other, "SourceCode")),
            }
        }
        Ok(())
    };
    read().map_err(|fault: Fault| fault.at(&writer.path()))?;
    writer.begin_map()?;
    for (key, text) in [("uri", uri), ("revision", revision)] {
        if let Some(text) = text {
            writer.key(key)?;
            writer.text(text)?;
        }
    }
    if let Some(dirty) = dirty {
        writer.key("dirty")?;
        writer.bool(dirty)?;
    }
    writer.end_map()
}

/// A `CustomRecord` message: begins the event, since its type is inside.
pub(crate) fn custom<'a>(
    message: &'a [u8],
    found: &mut Found<'a>,
    writer: &mut Writer,
) -> Result<()> {
    found.clear();
    let mut kind = None;
    let mut read = || {
        for field in Scan::new(message) {
            match field? {
                (1, wire) => once(&mut kind, wire.text()?, "the type")?,
                (2, wire) => keep(found, (2, wire))?,
                (other, _) => return Err(unknown(other, "CustomRecord")),
            }
        }
        Ok(())
    };
    read().map_err(|fault: Fault| fault.at("payload"))?;
    let kind = kind.unwrap_or_default();
    if record_type(kind).is_some() {
        let fault = Fault::new(format!("{kind} is a built-in type and has a message of its own"));
        return Err(fault.at("type").field("type"));
    }
    writer.begin(kind)?;
    for (_, wire) in found.iter() {
        let (key, item) = entry(*wire).map_err(|fault| fault.at("payload"))?;
        writer.field(key)?;
        keyed(item, writer)?;
    }
    Ok(())
}
