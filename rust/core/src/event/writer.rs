//! The only producer of blocks. Values are pushed at it in any order; it sorts, converts, drops
//! what counts as absent, and refuses with the path of what is wrong. May use cbor, schema, kinds.
//!
//! `begin`, then `time`, `actor`, `parent` and fields (`field`, then one value) in any order, then
//! `finish`. After an error only `begin` makes sense.

use crate::cbor::{Builder, Reader, Token, join, push_key, short, write};
use crate::cid::{Cid, Codec};
use crate::error::{Code, Error, Result};
use crate::event::drawn::{Source, now_micros};
use crate::event::kinds;
use crate::event::names::{TypeName, type_name};
use crate::event::parents::ParentList;
use crate::event::reserved::{FLOAT, TENSOR, is_reserved};
use crate::event::schema::{Field, IDS, Kind, RecordType};
use crate::hash::Hash;
use crate::limits::{MAX_BLOCK, MAX_EXACT_FLOAT};

/// What becomes of a time or prediction_id that was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The time is now, the identifier a UUIDv7: for whoever makes the event.
    Draw,
    /// It is an error: for a server, which must not decide.
    Refuse,
}

/// Makes one block after another; buffers are kept. A forked child makes its own: identifiers are
/// drawn from bytes fetched ahead.
#[derive(Debug)]
pub struct Writer {
    name: String,
    kind: TypeName,
    time: Option<i64>,
    actor: String,
    parents: ParentList,
    orphan: bool,
    payload: Builder,
    field: Option<&'static Field>,
    field_name: String,
    /// Fields that were named, and those that have a value, by their places in the table.
    named: u32,
    present: u32,
    /// The value holds what must be looked at again when it is whole.
    suspect: bool,
    drawn: Source,
}

/// A key of a custom payload.
const FREE: Field =
    Field { name: "", kind: Kind::Any, required: false, doc: "Whatever the user put there." };

/// Depths of the payload's builder: a field's value, and what is inside it.
const FIELD: usize = 1;
const INNER: usize = 2;

impl Default for Writer {
    fn default() -> Self {
        Writer::new()
    }
}

impl Writer {
    /// A writer without an event.
    pub fn new() -> Self {
        Writer {
            name: String::new(),
            kind: TypeName::Foreign,
            time: None,
            actor: String::new(),
            parents: ParentList::default(),
            orphan: false,
            payload: Builder::inside(1, Code::InvalidRecord),
            field: None,
            field_name: String::new(),
            named: 0,
            present: 0,
            suspect: false,
            drawn: Source::default(),
        }
    }

    /// Begins an event of a built-in or custom type; forgets what was before.
    pub fn begin(&mut self, name: &str) -> Result<()> {
        let kind = type_name(name).filter(|kind| *kind != TypeName::Foreign);
        let Some(kind) = kind else {
            return Err(invalid(format!("{} is not a type of event", short(name)))
                .field("type")
                .path("type")
                .remedy("Use a built-in type, or your own namespace/name in [a-z0-9._-]"));
        };
        self.kind = kind;
        self.name.clear();
        self.name.push_str(name);
        self.time = None;
        self.actor.clear();
        self.parents.clear();
        self.orphan = false;
        self.field = None;
        (self.named, self.present) = (0, 0);
        self.payload.reset();
        self.payload.begin_map()
    }

    /// When it happened, in microseconds since 1970 UTC.
    pub fn time(&mut self, micros: i64) {
        self.time = Some(micros);
    }

    /// Who records it; empty is nobody.
    pub fn actor(&mut self, actor: &str) {
        self.actor.clear();
        self.actor.push_str(actor);
    }

    /// An event that this one is made from, and as what (`""` for no role).
    pub fn parent(&mut self, hash: Hash, role: &str) -> Result<()> {
        self.parents.push(hash, role)
    }

    /// It has no parents on purpose.
    pub fn no_parents(&mut self) {
        self.orphan = true;
    }

    /// A field of the record, or a key of a custom payload. Exactly one value comes next.
    pub fn field(&mut self, name: &str) -> Result<()> {
        let field = match self.kind {
            TypeName::Known(record) => self.known(record, name)?,
            _ if name == IDS.name => &IDS,
            _ if is_reserved(name.as_bytes()) => {
                return Err(self.at_field(name, kinds::reserved_here(0, name)));
            }
            _ => &FREE,
        };
        self.field_name.clear();
        self.field_name.push_str(name);
        self.field = Some(field);
        self.suspect = false;
        self.payload.key(name).map_err(|error| self.in_field(error))
    }

    fn known(&mut self, record: &'static RecordType, name: &str) -> Result<&'static Field> {
        let Some((place, field)) = record.field(name) else {
            let names: Vec<_> = record.fields.iter().map(|field| field.name).collect();
            return Err(invalid(format!("{} has no field {}", record.name, short(name)))
                .field(name)
                .path(path_of(name))
                .remedy(format!(
                    "Its fields are {}; put others into properties",
                    names.join(", ")
                )));
        };
        if self.named & 1 << place != 0 {
            return Err(invalid(format!("{name} is given twice"))
                .field(name)
                .path(path_of(name))
                .remedy("Give it once"));
        }
        self.named |= 1 << place;
        self.present |= 1 << place;
        Ok(field)
    }

    /// null: absent, but kept where any value may stand.
    pub fn null(&mut self) -> Result<()> {
        match (self.kind_here(), self.payload.depth()) {
            (Kind::Any, _) => self.put(Builder::null),
            (_, FIELD) => {
                self.drop_field();
                Ok(())
            }
            (Kind::Code, INNER) => {
                self.payload.drop_entry();
                Ok(())
            }
            _ => self.put(Builder::null),
        }
    }

    /// true or false
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.put(|payload| payload.bool(value))
    }

    /// An integer from −2^63 to 2^64−1; a metric becomes a float.
    pub fn int(&mut self, value: i128) -> Result<()> {
        if self.kind_here() == Kind::Metrics && self.payload.depth() == INNER {
            if value.unsigned_abs() <= u128::from(MAX_EXACT_FLOAT) {
                return self.float(value as f64);
            }
            let error = self.payload.refuse(format!("the integer {value} is no exact float"));
            return Err(self.in_field(
                error.remedy("Metrics are floats; give integers up to 2^53, or a float"),
            ));
        }
        self.put(|payload| payload.int(value))
    }

    /// A float; NaN and infinities become `lineseal:float`, −0.0 becomes 0.0.
    pub fn float(&mut self, value: f64) -> Result<()> {
        if value.is_finite() {
            return self.put(|payload| payload.float(value));
        }
        self.suspect |= self.kind_here() != Kind::Any;
        let text = match value {
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            _ => "NaN",
        };
        self.put(|payload| {
            payload.begin_map()?;
            payload.key(FLOAT)?;
            payload.text(text)?;
            payload.end_map()
        })
    }

    /// Text; empty is absent where the field is one of text.
    pub fn text(&mut self, value: &str) -> Result<()> {
        if value.is_empty() {
            match (self.kind_here(), self.payload.depth()) {
                (Kind::Text | Kind::Checksum, FIELD) => return self.drop_empty(),
                (Kind::Code, INNER) => {
                    self.payload.drop_entry();
                    return Ok(());
                }
                _ => {}
            }
        }
        self.put(|payload| payload.text(value))
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.put(|payload| payload.bytes_value(value))
    }

    /// A link to an artifact (raw); to a dag-cbor block only in `lineseal:sealed`.
    pub fn link(&mut self, cid: Cid) -> Result<()> {
        self.suspect |= cid.codec != Codec::Raw;
        self.put(|payload| payload.link(cid))
    }

    /// A list begins.
    pub fn begin_list(&mut self) -> Result<()> {
        self.open(Builder::begin_list)
    }

    /// The innermost list ends.
    pub fn end_list(&mut self) -> Result<()> {
        if self.payload.depth() == INNER && self.payload.count() == 0 {
            if self.kind_here() == Kind::Ids {
                self.payload.abandon();
                return self.drop_empty();
            }
        } else if self.payload.depth() == INNER && self.kind_here() == Kind::Ids {
            self.sort_ids()?;
        }
        self.put(Builder::end_list)
    }

    /// A map begins.
    pub fn begin_map(&mut self) -> Result<()> {
        self.open(Builder::begin_map)
    }

    /// A key of the innermost map; its value comes next.
    pub fn key(&mut self, key: &str) -> Result<()> {
        self.suspect |= is_reserved(key.as_bytes());
        self.open(|payload| payload.key(key))?;
        let unknown = self.kind_here() == Kind::Code
            && self.payload.depth() == INNER
            && !kinds::is_code_key(key);
        if unknown {
            return Err(self
                .refuse(format!("{} has no key {}", self.field_name, short(key)))
                .remedy("Its keys are uri, revision and dirty; put others into properties"));
        }
        Ok(())
    }

    /// The innermost map ends.
    pub fn end_map(&mut self) -> Result<()> {
        if self.payload.count() == 0
            && self.payload.depth() == INNER
            && matches!(self.kind_here(), Kind::Map | Kind::Metrics | Kind::Code)
        {
            self.payload.abandon();
            return self.drop_empty();
        }
        self.put(Builder::end_map)
    }

    /// A tensor: `data` in C order, little-endian, of product(shape) elements of `dtype`.
    pub fn tensor(&mut self, dtype: &str, shape: &[u64], data: &[u8]) -> Result<()> {
        self.suspect = true;
        self.put(|payload| {
            payload.begin_map()?;
            payload.key(TENSOR)?;
            payload.begin_map()?;
            payload.key("data")?;
            payload.bytes_value(data)?;
            payload.key("dtype")?;
            payload.text(dtype)?;
            payload.key("shape")?;
            payload.begin_list()?;
            shape.iter().try_for_each(|&n| payload.int(n.into()))?;
            payload.end_list()?;
            payload.end_map()?;
            payload.end_map()
        })
    }

    /// The place of the value that comes next, for the errors of whoever pushes.
    pub fn path(&self) -> String {
        join("payload", &self.payload.path())
    }

    /// The item of the last field's value; none when it counts as absent.
    pub fn value(&self) -> Option<&[u8]> {
        (self.payload.depth() == FIELD && self.payload.count() > 0)
            .then(|| self.payload.last_value())
    }

    /// A refusal of the value that would come next.
    pub fn refuse(&self, message: impl Into<String>) -> Error {
        self.in_field(self.payload.refuse(message))
    }

    /// Ends the event: appends its block to `out` and gives its hash.
    pub fn finish(&mut self, fill: Fill, out: &mut Vec<u8>) -> Result<Hash> {
        if let TypeName::Known(record) = self.kind {
            self.identify(record, fill)?;
            self.complete(record)?;
        }
        self.date(fill)?;
        self.payload.end_map().map_err(|error| self.in_payload(error))?;
        self.parents.sort(match self.kind {
            TypeName::Known(record) => record.default_role,
            _ => "",
        })?;
        let start = out.len();
        self.envelope(out)?;
        if let Err(error) = fits(out.len() - start) {
            out.truncate(start);
            return Err(error);
        }
        Ok(Hash::of(out.get(start..).unwrap_or_default()))
    }

    /// Draws the identifier of a prediction.
    fn identify(&mut self, record: &RecordType, fill: Fill) -> Result<()> {
        const ID: &str = "prediction_id";
        let Some((place, _)) = record.field(ID) else { return Ok(()) };
        if self.present & 1 << place != 0 || fill == Fill::Refuse {
            return Ok(());
        }
        self.present |= 1 << place;
        self.payload.key(ID)?;
        self.payload.text(self.drawn.text(&mut uuid::Uuid::encode_buffer()))
    }

    fn complete(&self, record: &RecordType) -> Result<()> {
        let mut fields = record.fields.iter().enumerate();
        let missing = fields.find(|(place, f)| f.required && self.present & 1 << place == 0);
        if let Some((_, field)) = missing {
            return Err(invalid(format!("{} is missing; {} needs it", field.name, record.name))
                .field(field.name)
                .path(path_of(field.name))
                .remedy(format!("Fill in {}: {}", field.name, field.kind.describe())));
        }
        if self.orphan && !self.parents.is_empty() {
            return Err(invalid("parents are given, and also that there are none on purpose")
                .field("parents")
                .path("parents")
                .remedy("Leave one of the two out"));
        }
        if record.needs_parent && self.parents.is_empty() && !self.orphan {
            return Err(invalid(format!("{} needs a parent", record.name))
                .field("parents")
                .path("parents")
                .remedy("Name the event it is about, or say that there is none: no_parents: true, in Python parents=()"));
        }
        Ok(())
    }

    fn date(&mut self, fill: Fill) -> Result<()> {
        if self.time.is_some() || self.kind.is_thing() {
            return Ok(());
        }
        if fill == Fill::Refuse {
            return Err(invalid(format!("time is missing; {} needs it", self.name))
                .field("time")
                .path("time")
                .remedy("Give microseconds since 1970 UTC"));
        }
        self.time = Some(now_micros());
        Ok(())
    }

    fn envelope(&self, out: &mut Vec<u8>) -> Result<()> {
        let with_roles = self.parents.with_roles();
        let optional = [self.time.is_some(), !self.actor.is_empty(), with_roles];
        let keys = 4 + optional.iter().filter(|&&there| there).count() as u64;
        let payload = self.payload.finish()?;
        out.reserve(payload.len() + 128 + 64 * self.parents.len());
        write::head(out, write::MAP, keys);
        write::text(out, "v");
        write::int(out, 1);
        if let Some(time) = self.time {
            write::text(out, "time");
            write::int(out, time);
        }
        write::text(out, "type");
        write::text(out, &self.name);
        if !self.actor.is_empty() {
            write::text(out, "actor");
            write::text(out, &self.actor);
        }
        if with_roles {
            write::text(out, "roles");
            self.parents.write_roles(out);
        }
        write::text(out, "parents");
        self.parents.write_links(out);
        write::text(out, "payload");
        out.extend_from_slice(payload);
        Ok(())
    }

    fn kind_here(&self) -> Kind {
        self.field.map_or(Kind::Any, |field| field.kind)
    }

    /// A step that does not complete a value.
    fn open(&mut self, step: impl FnOnce(&mut Builder) -> Result<()>) -> Result<()> {
        step(&mut self.payload).map_err(|error| self.in_field(error))
    }

    /// A step that completes a value, maybe that of the field.
    fn put(&mut self, step: impl FnOnce(&mut Builder) -> Result<()>) -> Result<()> {
        step(&mut self.payload).map_err(|error| self.in_field(error))?;
        if self.payload.depth() > FIELD {
            return Ok(());
        }
        let Some(field) = self.field.take() else { return Ok(()) };
        let item = self.payload.last_value();
        let free = match field.kind {
            Kind::Any => true,
            Kind::Map | Kind::OpenMap => item.first().is_some_and(|head| head >> 5 == write::MAP),
            _ => false,
        };
        if free && !self.suspect {
            return Ok(());
        }
        // Maps and lists around the value are the event and its payload.
        let mut reader = Reader::new(item).inside(2);
        kinds::value(field, &mut reader)
            .map_err(|fault| fault.field(&self.field_name).within(item, &path_of(&self.field_name)))
    }

    fn drop_field(&mut self) {
        self.payload.drop_entry();
        if let (Some(field), TypeName::Known(record)) = (self.field.take(), self.kind)
            && let Some((place, _)) = record.field(field.name)
        {
            self.present &= !(1 << place);
        }
    }

    /// Drops a field that was given empty, unless it is required.
    fn drop_empty(&mut self) -> Result<()> {
        let required = self.field.is_some_and(|field| field.required);
        self.drop_field();
        if !required {
            return Ok(());
        }
        Err(invalid(format!("{} is empty; {} needs it", self.field_name, self.name))
            .field(&self.field_name)
            .path(path_of(&self.field_name))
            .remedy("Fill it"))
    }

    /// Puts the texts of the open list in the order of their bytes. What is no text is left for
    /// the check that follows.
    fn sort_ids(&mut self) -> Result<()> {
        let items = self.payload.last_value().get(1..).unwrap_or_default();
        let mut reader = Reader::new(items);
        let mut ids = Vec::new();
        while reader.position() < items.len() {
            match reader.token() {
                Ok(Token::Text(id)) => ids.push(id.to_owned()),
                _ => return Ok(()),
            }
        }
        ids.sort_unstable();
        self.payload.abandon();
        self.payload.begin_list()?;
        ids.iter().try_for_each(|id| self.payload.text(id))
    }

    fn in_payload(&self, error: Error) -> Error {
        let path = join("payload", error.path_name().unwrap_or_default());
        error.path(path)
    }

    #[cold]
    fn in_field(&self, error: Error) -> Error {
        self.in_payload(error).field(&self.field_name)
    }

    #[cold]
    fn at_field(&self, name: &str, fault: crate::cbor::Fault) -> Error {
        fault.field(name).within(&[], &path_of(name))
    }
}

pub(super) fn path_of(field: &str) -> String {
    let mut path = String::from("payload");
    push_key(&mut path, field);
    path
}

#[cold]
/// Refuses an event of more bytes than a block may have.
pub fn fits(size: usize) -> Result<()> {
    if size <= MAX_BLOCK {
        return Ok(());
    }
    Err(invalid(format!("the event has {size} bytes, more than {MAX_BLOCK}"))
        .path("payload")
        .remedy("Keep large values as artifacts and link to them"))
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidRecord, message)
}
