//! `Value` messages, pushed at the writer. Recursion ends where the writer refuses to go deeper.
//! May use scan, and the core's writer.

use crate::scan::{Fault, Scan, Wire, once, unknown};
use lineseal_core::cid::Cid;
use lineseal_core::error::Result;
use lineseal_core::event::Writer;

/// Pushes one value.
pub(crate) fn value(message: &[u8], writer: &mut Writer) -> Result<()> {
    let kind = kind(message).map_err(|fault| fault.at(&writer.path()))?;
    let (number, wire) = kind;
    macro_rules! read {
        ($method:ident) => {
            wire.$method().map_err(|fault| fault.at(&writer.path()))?
        };
    }
    match number {
        1 => match read!(uint) {
            0 => writer.null(),
            other => Err(Fault::new(format!("{other} is no null")).at(&writer.path())),
        },
        2 => {
            let value = read!(bool);
            writer.bool(value)
        }
        3 => {
            let value = read!(int);
            writer.int(value.into())
        }
        4 => {
            let value = read!(uint);
            writer.int(value.into())
        }
        5 => {
            let value = read!(double);
            writer.float(value)
        }
        6 => {
            let value = read!(text);
            writer.text(value)
        }
        7 => {
            let value = read!(bytes);
            writer.bytes(value)
        }
        8 => list(read!(bytes), writer),
        9 => map(read!(bytes), writer),
        10 => {
            let bytes = read!(bytes);
            match Cid::from_bytes(bytes) {
                Some(cid) => writer.link(cid),
                None => Err(writer
                    .refuse("the link is not a CID of an artifact")
                    .remedy("Give the 36 bytes of a CIDv1, raw, sha2-256")),
            }
        }
        other => Err(unknown(other, "Value").at(&writer.path())),
    }
}

/// The one field of a value.
fn kind(message: &[u8]) -> std::result::Result<(u32, Wire<'_>), Fault> {
    let mut kind = None;
    for field in Scan::new(message) {
        once(&mut kind, field?, "the kind of a value")?;
    }
    kind.ok_or_else(|| Fault::new("a value has no kind"))
}

fn list(message: &[u8], writer: &mut Writer) -> Result<()> {
    writer.begin_list()?;
    for field in Scan::new(message) {
        match field.map_err(|fault| fault.at(&writer.path()))? {
            (1, wire) => {
                let item = wire.bytes().map_err(|fault| fault.at(&writer.path()))?;
                value(item, writer)?;
            }
            (other, _) => return Err(unknown(other, "ListValue").at(&writer.path())),
        }
    }
    writer.end_list()
}

fn map(message: &[u8], writer: &mut Writer) -> Result<()> {
    writer.begin_map()?;
    for field in Scan::new(message) {
        match field.map_err(|fault| fault.at(&writer.path()))? {
            (1, wire) => {
                let (key, item) = entry(wire).map_err(|fault| fault.at(&writer.path()))?;
                writer.key(key)?;
                keyed(item, writer)?;
            }
            (other, _) => return Err(unknown(other, "MapValue").at(&writer.path())),
        }
    }
    writer.end_map()
}

/// The value of a map's entry; protobuf leaves an empty message out.
pub(crate) fn keyed(item: Option<Wire<'_>>, writer: &mut Writer) -> Result<()> {
    let message =
        item.map_or(Ok(&[][..]), Wire::bytes).map_err(|fault| fault.at(&writer.path()))?;
    value(message, writer)
}

/// Key and value of a map's entry.
pub(crate) fn entry(wire: Wire<'_>) -> std::result::Result<(&str, Option<Wire<'_>>), Fault> {
    let (mut key, mut value) = (None, None);
    for field in Scan::new(wire.bytes()?) {
        match field? {
            (1, wire) => once(&mut key, wire.text()?, "the key of an entry")?,
            (2, wire) => once(&mut value, wire, "the value of an entry")?,
            (other, _) => return Err(unknown(other, "the entry of a map")),
        }
    }
    Ok((key.unwrap_or_default(), value))
}
