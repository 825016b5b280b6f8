//! The writer's second door, for many events of one type that differ only in their values: what is
//! the same is laid out once and keys are sorted once. Values come as canonical items and are held
//! against the rules that [`Writer`](crate::event::Writer) applies; tests hold the two to the same
//! blocks. May use cbor, schema, kinds, parents, keys, writer's errors.

use crate::cbor::{Reader, Token, join, short, write};
use crate::error::{Code, Error, Result};
use crate::event::keys::{self, KeyKind};
use crate::event::kinds;
use crate::event::parents::ParentList;
use crate::event::schema::{Field, Kind, RecordType, record_type};
use crate::event::writer::{fits, invalid, path_of};
use crate::event::{Level, check, drawn, items};
use crate::hash::Hash;

/// What a row has of something.
pub type Each<'a, T> = Box<dyn Fn(usize) -> Result<T> + Sync + 'a>;

/// The values of one field, one a row.
pub trait Cell: Sync {
    /// Appends the row's value as one canonical item. An error's path begins in the value.
    fn put(&self, row: usize, out: &mut Vec<u8>) -> Result<()>;

    /// Whether its items may hold reserved keys, or be too deep with so many maps around them, so
    /// that each must be looked through.
    fn suspect(&self, around: usize) -> bool;
}

/// When the events happened.
pub enum Time<'a> {
    /// Now: drawn for each.
    Now,
    /// All at once, in microseconds since 1970 UTC.
    At(i64),
    /// Each at its own time.
    Each(Each<'a, i64>),
}

/// Events of one type, ready to be written in any order and by several threads.
pub struct Rows<'a> {
    record: &'static RecordType,
    time: Time<'a>,
    actor: String,
    parents: Vec<(Parent<'a>, String)>,
    orphan: bool,
    slots: Vec<Slot<'a>>,
    /// The prediction_id has no column and is drawn.
    draw: bool,
    /// What stands before the time, and from there to the payload.
    before: Vec<u8>,
    after: Vec<u8>,
    /// The parents, where all rows have the same.
    same: Vec<Hash>,
}

enum Parent<'a> {
    Same(Hash),
    Each(Each<'a, Hash>),
}

/// A field and its values.
struct Slot<'a> {
    field: &'static Field,
    key: Vec<u8>,
    cell: Box<dyn Cell + 'a>,
    suspect: bool,
    found_by: Option<KeyKind>,
}

/// Where rows are written to: blocks behind one another, and what the index is told of them.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) parents: Vec<Hash>,
    pub(crate) keys: Vec<u64>,
    list: ParentList,
    drawn: drawn::Source,
}

impl Written {
    /// Makes room for so many more rows of the size of those that are there.
    pub(crate) fn reserve(&mut self, rows: usize) {
        let rows = rows.min(1 << 20);
        self.bytes.reserve((self.bytes.len() + self.bytes.len() / 8).min(1 << 14) * rows);
        self.parents.reserve(self.parents.len() * rows);
        self.keys.reserve(self.keys.len() * rows);
    }
}

const ID: &str = "prediction_id";

impl<'a> Rows<'a> {
    /// Events of a built-in type, as yet without fields and parents.
    pub fn new(name: &str, time: Time<'a>, actor: &str) -> Result<Self> {
        let record = record_type(name)
            .filter(|record| !record.thing)
            .ok_or_else(|| invalid(format!("{} is not a type of happening", short(name))))?;
        let mut rows = Rows {
            record,
            time,
            actor: actor.to_owned(),
            parents: Vec::new(),
            orphan: false,
            slots: Vec::new(),
            draw: false,
            before: Vec::new(),
            after: Vec::new(),
            same: Vec::new(),
        };
        rows.draw = record.field(ID).is_some();
        Ok(rows)
    }

    /// A parent of all events, and as what.
    pub fn parent(&mut self, hash: Hash, role: &str) {
        self.parents.push((Parent::Same(hash), role.to_owned()));
    }

    /// A parent of each event, and as what.
    pub fn parent_each(&mut self, hashes: Each<'a, Hash>, role: &str) {
        self.parents.push((Parent::Each(hashes), role.to_owned()));
    }

    /// They have no parents on purpose.
    pub fn no_parents(&mut self) {
        self.orphan = true;
    }

    /// A field and its values.
    pub fn field(&mut self, name: &str, cell: Box<dyn Cell + 'a>) -> Result<()> {
        let field = self.record.field(name).map(|(_, field)| field);
        let known = field.filter(|field| !matches!(field.kind, Kind::Metrics | Kind::Code));
        let Some(field) = known else {
            return Err(invalid(format!("{} takes no column {}", self.record.name, short(name))));
        };
        let mut key = Vec::new();
        items::text(&mut key, name);
        self.draw &= name != ID;
        let found_by = keys::single(self.record.name, name);
        let suspect = cell.suspect(0);
        self.slots.push(Slot { field, key, cell, suspect, found_by });
        Ok(())
    }

    /// Lays out what all rows share; rows are written after it.
    pub fn lay_out(&mut self) -> Result<()> {
        self.slots.sort_by(|a, b| a.key.cmp(&b.key));
        self.complete()?;
        let with_actor = !self.actor.is_empty();
        let with_roles = self.with_roles();
        let keys = 5 + u64::from(with_actor) + u64::from(with_roles);
        write::head(&mut self.before, write::MAP, keys);
        items::text(&mut self.before, "v");
        items::int(&mut self.before, 1);
        items::text(&mut self.before, "time");
        items::text(&mut self.after, "type");
        items::text(&mut self.after, self.record.name);
        if with_actor {
            items::text(&mut self.after, "actor");
            items::text(&mut self.after, &self.actor);
        }
        if !self.varies() {
            let (mut written, mut parents) = (Written::default(), Vec::new());
            self.put_parents(0, &mut written)?;
            self.after.append(&mut written.bytes);
            parents.append(&mut written.parents);
            self.same = parents;
        }
        Ok(())
    }

    fn complete(&self) -> Result<()> {
        let given = |name| self.slots.iter().any(|slot| slot.field.name == name);
        let drawn = |name| self.draw && name == ID;
        let needed = self.record.fields.iter().filter(|field| field.required);
        if let Some(field) = needed.into_iter().find(|f| !given(f.name) && !drawn(f.name)) {
            return Err(missing(field, self.record));
        }
        if self.orphan && !self.parents.is_empty() {
            return Err(invalid("parents are given, and also that there are none on purpose")
                .field("parents")
                .path("parents")
                .remedy("Leave one of the two out"));
        }
        if self.record.needs_parent && self.parents.is_empty() && !self.orphan {
            return Err(invalid(format!("{} needs a parent", self.record.name))
                .field("parents")
                .path("parents")
                .remedy(
                    "Name the event it is about, or say that it has none: parents=(), no_parents: true",
                ));
        }
        Ok(())
    }

    fn with_roles(&self) -> bool {
        !self.parents.is_empty()
            && (!self.record.default_role.is_empty()
                || self.parents.iter().any(|(_, role)| !role.is_empty()))
    }

    /// Whether rows may have parents of their own.
    fn varies(&self) -> bool {
        self.parents.iter().any(|(parent, _)| matches!(parent, Parent::Each(_)))
    }

    /// Whether rows may make the same event: all that identifies them is given.
    pub(crate) fn may_repeat(&self) -> bool {
        !self.draw && !matches!(self.time, Time::Now)
    }

    /// Appends a row's block, and what the index is told of it. After an error the row is not there.
    pub(crate) fn write(&self, row: usize, out: &mut Written) -> Result<()> {
        let (start, parents, keys) = (out.bytes.len(), out.parents.len(), out.keys.len());
        self.try_write(row, start, out).map_err(|error| {
            out.bytes.truncate(start);
            out.parents.truncate(parents);
            out.keys.truncate(keys);
            error.in_row(row)
        })
    }

    fn try_write(&self, row: usize, start: usize, out: &mut Written) -> Result<()> {
        let now = || drawn::now_micros();
        let time = match &self.time {
            Time::Now => now(),
            Time::At(time) => *time,
            Time::Each(times) => times(row).map_err(|error| within("time", error))?,
        };
        out.bytes.extend_from_slice(&self.before);
        items::int(&mut out.bytes, time);
        out.bytes.extend_from_slice(&self.after);
        if self.varies() {
            self.put_parents(row, out)?;
        } else {
            out.parents.extend_from_slice(&self.same);
        }
        items::text(&mut out.bytes, "payload");
        self.put_payload(row, out)?;
        fits(out.bytes.len() - start)?;
        debug_assert_eq!(
            check(out.bytes.get(start..).unwrap_or_default(), Level::Record).err(),
            None,
            "what is written here is held against the rules by nobody else"
        );
        Ok(())
    }

    fn put_payload(&self, row: usize, out: &mut Written) -> Result<()> {
        // A type has fewer than 24 fields, so the head is one byte.
        let head = out.bytes.len();
        out.bytes.push(write::MAP << 5);
        let mut count = 0;
        for slot in &self.slots {
            let before = out.bytes.len();
            out.bytes.extend_from_slice(&slot.key);
            if slot.put(row, &mut out.bytes, &mut out.keys)? {
                count += 1;
            } else if slot.field.required {
                return Err(missing(slot.field, self.record));
            } else {
                out.bytes.truncate(before);
            }
        }
        if self.draw {
            // The longest key of the type stands last.
            items::text(&mut out.bytes, ID);
            let at = out.bytes.len() + 1;
            out.drawn.uuid(&mut out.bytes);
            note(Some(KeyKind::PredictionId), out.bytes.get(at + 1..), &mut out.keys);
            count += 1;
        }
        if let Some(head) = out.bytes.get_mut(head) {
            *head |= count;
        }
        Ok(())
    }

    /// Writes the keys `roles` and `parents`.
    fn put_parents(&self, row: usize, out: &mut Written) -> Result<()> {
        let Written { bytes, parents, list, .. } = out;
        list.clear();
        for (parent, role) in &self.parents {
            let hash = match parent {
                Parent::Same(hash) => *hash,
                Parent::Each(hashes) => hashes(row).map_err(|error| within("parents", error))?,
            };
            list.push(hash, role)?;
        }
        list.sort(self.record.default_role)?;
        if list.with_roles() {
            items::text(bytes, "roles");
            list.write_roles(bytes);
        }
        items::text(bytes, "parents");
        list.write_links(bytes);
        parents.extend(list.distinct());
        Ok(())
    }
}

impl Slot<'_> {
    /// Appends the value; false when it counts as absent, and then it is to be taken back.
    fn put(&self, row: usize, out: &mut Vec<u8>, keys: &mut Vec<u64>) -> Result<bool> {
        let at = out.len();
        self.cell.put(row, out).map_err(|error| self.within(error))?;
        let item = out.get(at..).unwrap_or_default();
        let free = self.field.kind == Kind::Any;
        if free && !self.suspect {
            return Ok(true);
        }
        match item {
            [0xf6] if !free => return Ok(false),
            [0x60 | 0x80 | 0xa0] if self.field.kind.drops_empty() => {
                return if self.field.required { Err(self.empty()) } else { Ok(false) };
            }
            _ => {}
        }
        if self.field.kind == Kind::Ids {
            sort_ids(at, out);
        }
        let item = out.get(at..).unwrap_or_default();
        if !(self.field.kind == Kind::Text && item.first().is_some_and(|b| b >> 5 == write::TEXT)) {
            // Maps and lists around the value are the event and its payload.
            kinds::value(self.field, &mut Reader::new(item).inside(2)).map_err(|fault| {
                let error = fault.field(self.field.name).within(item, &path_of(self.field.name));
                // Whoever gives columns never saw the encoding.
                error.recoded(Code::InvalidRecord)
            })?;
        }
        self.note(item, keys);
        Ok(true)
    }

    /// Tells the index what the event can be found by.
    fn note(&self, item: &[u8], keys: &mut Vec<u64>) {
        let mut reader = Reader::new(item);
        match reader.token() {
            Ok(Token::Text(text)) if self.found_by.is_some() => {
                note(self.found_by, Some(text.as_bytes()), keys);
            }
            Ok(Token::List(mut list)) if self.field.kind == Kind::Ids => {
                while list.next(&mut reader) {
                    if let Ok(Token::Text(text)) = reader.token() {
                        note(Some(KeyKind::Id), Some(text.as_bytes()), keys);
                    }
                }
            }
            _ => {}
        }
    }

    #[cold]
    fn within(&self, error: Error) -> Error {
        let path = join(&path_of(self.field.name), error.path_name().unwrap_or_default());
        error.path(path).field(self.field.name)
    }

    #[cold]
    fn empty(&self) -> Error {
        let Field { name, .. } = self.field;
        invalid(format!("{name} is empty")).field(*name).path(path_of(name)).remedy("Fill it")
    }
}

fn note(kind: Option<KeyKind>, text: Option<&[u8]>, keys: &mut Vec<u64>) {
    if let (Some(kind), Some(Ok(text))) = (kind, text.map(std::str::from_utf8)) {
        keys.push(keys::digest(kind, text));
    }
}

/// Puts the texts of the list at `at` in the order of their bytes. What is no such list is left for
/// the check that follows.
fn sort_ids(at: usize, out: &mut Vec<u8>) {
    let item = out.get(at..).unwrap_or_default();
    let Some(mut ids) = kinds::texts(item) else { return };
    ids.sort_unstable();
    let mut sorted = Vec::with_capacity(item.len());
    items::list(&mut sorted, ids.len());
    ids.iter().for_each(|id| items::text(&mut sorted, id));
    out.truncate(at);
    out.append(&mut sorted);
}

#[cold]
fn within(place: &str, error: Error) -> Error {
    error.field(place).path(place)
}

#[cold]
fn missing(field: &Field, record: &RecordType) -> Error {
    invalid(format!("{} is missing; {} needs it", field.name, record.name))
        .field(field.name)
        .path(path_of(field.name))
        .remedy(format!("Give {}", field.kind.describe()))
}
