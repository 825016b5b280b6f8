//! An `EventDraft` message, pushed at the writer. May use scan, fields, and the core's writer.

use crate::fields::{self, Found};
use crate::scan::{Fault, Scan, Wire, once, unknown};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::schema::{RecordType, TYPES};
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use lineseal_core::limits::MAX_PARENTS;

/// Numbers of the records in a draft: the user's own, and the first of the table.
const CUSTOM: u32 = 10;
const FIRST: u32 = 11;

/// Makes blocks of drafts; the room is kept from one to the next.
#[derive(Default)]
pub(crate) struct Drafts<'a> {
    pub(crate) writer: Writer,
    found: Found<'a>,
    parents: Vec<&'a [u8]>,
}

/// The parts of one draft.
#[derive(Default)]
struct Parts<'a> {
    time: Option<i64>,
    actor: Option<&'a str>,
    no_parents: Option<bool>,
    record: Option<(u32, &'a [u8])>,
}

impl<'a> Drafts<'a> {
    /// Appends the draft's block to `out` and gives its hash. `resolve` knows the events that
    /// parents name by their position.
    pub(crate) fn write(
        &mut self,
        message: &'a [u8],
        resolve: &dyn Fn(u64) -> Option<Hash>,
        out: &mut Vec<u8>,
    ) -> Result<Hash> {
        self.parents.clear();
        let parts = Parts::of(message, &mut self.parents)?;
        let Some((number, record)) = parts.record else {
            return Err(Error::new(Code::InvalidRecord, "the draft has no record")
                .path("record")
                .remedy("Set one of the records, such as dataset or prediction"));
        };
        let writer = &mut self.writer;
        match of_number(number) {
            Some(kind) => {
                writer.begin(kind.name)?;
                fields::record(kind, record, &mut self.found, writer)?;
            }
            None => fields::custom(record, &mut self.found, writer)?,
        }
        if let Some(time) = parts.time {
            writer.time(time);
        }
        writer.actor(parts.actor.unwrap_or_default());
        for (at, parent) in self.parents.iter().enumerate() {
            self::parent(parent, at, resolve, writer)?;
        }
        if parts.no_parents == Some(true) {
            writer.no_parents();
        }
        writer.finish(Fill::Refuse, out)
    }
}

impl<'a> Parts<'a> {
    fn of(message: &'a [u8], parents: &mut Vec<&'a [u8]>) -> Result<Self> {
        let mut parts = Parts::default();
        for field in Scan::new(message) {
            let (number, wire) = field.map_err(|fault| fault.at(""))?;
            let taken = parts.take(number, wire, parents);
            taken.map_err(|fault| fault.at(path_of(number)))?;
        }
        Ok(parts)
    }

    fn take(
        &mut self,
        number: u32,
        wire: Wire<'a>,
        parents: &mut Vec<&'a [u8]>,
    ) -> std::result::Result<(), Fault> {
        match number {
            1 => once(&mut self.time, wire.int()?, "time"),
            2 => once(&mut self.actor, wire.text()?, "actor"),
            3 => {
                if parents.len() == MAX_PARENTS {
                    return Err(Fault::new(format!("more than {MAX_PARENTS} parents")));
                }
                parents.push(wire.bytes()?);
                Ok(())
            }
            4 => once(&mut self.no_parents, wire.bool()?, "no_parents"),
            _ if number == CUSTOM || of_number(number).is_some() => {
                once(&mut self.record, (number, wire.bytes()?), "the record")
            }
            _ => Err(unknown(number, "EventDraft")),
        }
    }
}

/// The place in a draft that a field of this number fills.
fn path_of(number: u32) -> &'static str {
    match number {
        1 => "time",
        2 => "actor",
        3 => "parents",
        4 => "no_parents",
        _ if number == CUSTOM || of_number(number).is_some() => "record",
        _ => "",
    }
}

fn of_number(number: u32) -> Option<&'static RecordType> {
    TYPES.get(usize::try_from(number.checked_sub(FIRST)?).ok()?)
}

fn parent(
    message: &[u8],
    at: usize,
    resolve: &dyn Fn(u64) -> Option<Hash>,
    writer: &mut Writer,
) -> Result<()> {
    let path = format!("parents[{at}]");
    let (named, role) = named(message).map_err(|fault| fault.at(&path).field("parents"))?;
    let wrong = |name: &str, text: String, remedy| {
        let error = Error::new(Code::InvalidRecord, text).remedy(remedy);
        Err(error.path(format!("{path}{name}")).field("parents"))
    };
    let hash = match named {
        Some((1, Wire::Bytes(bytes))) => match <[u8; 32]>::try_from(bytes) {
            Ok(bytes) => Hash(bytes),
            Err(_) => {
                let text = format!("a hash has 32 bytes, not {}", bytes.len());
                return wrong(".hash", text, "Give the bytes, not the hex digits");
            }
        },
        Some((_, Wire::Varint(position))) => match resolve(position) {
            Some(hash) => hash,
            None => {
                let text = format!("no event at position {position} stands before this one");
                let remedy = "Parents stand earlier in the request, counted from 0";
                return wrong(".position", text, remedy);
            }
        },
        _ => {
            let text = "a parent has neither hash nor position".to_owned();
            return wrong("", text, "Name the event");
        }
    };
    writer.parent(hash, role).map_err(|error| {
        let role_at_fault = error.hash_hex().is_none() && !role.is_empty();
        if role_at_fault { error.path(format!("{path}.role")) } else { error }
    })
}

/// How a `Parent` names its event, and the role.
#[allow(clippy::type_complexity)]
fn named(message: &[u8]) -> std::result::Result<(Option<(u32, Wire<'_>)>, &str), Fault> {
    let (mut event, mut role) = (None, None);
    for field in Scan::new(message) {
        match field? {
            (1, wire) => once(&mut event, (1, Wire::Bytes(wire.bytes()?)), "the event")?,
            (2, wire) => once(&mut event, (2, Wire::Varint(wire.uint()?)), "the event")?,
            (3, wire) => once(&mut role, wire.text()?, "role")?,
            (other, _) => return Err(unknown(other, "Parent")),
        }
    }
    Ok((event, role.unwrap_or_default()))
}
