//! Judges blocks: one pass over the bytes, no allocation when all is well. May use cbor, view,
//! schema, kinds.
//!
//! A rule of the encoding that is broken ends the pass. A rule of the event that is broken is kept
//! aside and the pass goes on: the verdict `canonical` goes before `schema`, and the parents of an
//! event that is merely malformed can still be followed.

use crate::cbor::{Fault, Keys, Read, Reader, Token, short};
use crate::error::{Code, Error, Result};
use crate::event::kinds;
use crate::event::names::{TypeName, is_role, type_name};
use crate::event::reserved::{free, is_reserved};
use crate::event::schema::{IDS, RecordType};
use crate::event::view::View;
use crate::limits::MAX_PARENTS;

/// How much of the format a block is held to; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One whole canonical item within the limits, a map with `v` and `parents`.
    Frame,
    /// `v` is 1, and every key of the event's map is as the format says. Import and verification.
    Envelope,
    /// The payload too is what its type asks for. Recording.
    Record,
}

/// What verification makes of a block; the view is there unless the block cannot be read.
#[derive(Clone, Debug)]
pub enum Inspection<'a> {
    /// Version 1, and sound.
    Sound(View<'a>),
    /// A higher version: canonical, with parents that can be followed, otherwise not judged.
    Unsupported(View<'a>),
    /// Canonical, but the event breaks a rule of the envelope.
    Schema(Error, View<'a>),
    /// Not canonical, or no event at all.
    Canonical(Error),
}

/// Holds a block to `level`.
pub fn check(block: &[u8], level: Level) -> Result<View<'_>> {
    match scan(block, level) {
        Ok((view, None)) => Ok(view),
        Ok((view, Some(_))) if level == Level::Frame => Ok(view),
        Ok((_, Some(fault))) | Err(fault) => Err(fault.explain(block)),
    }
}

/// Judges a stored block: the envelope for version 1, the frame for higher ones.
pub fn inspect(block: &[u8]) -> Inspection<'_> {
    match scan(block, Level::Envelope) {
        Ok((view, _)) if view.version > 1 => Inspection::Unsupported(view),
        Ok((view, None)) => Inspection::Sound(view),
        Ok((view, Some(fault))) => Inspection::Schema(fault.explain(block), view),
        Err(fault) => Inspection::Canonical(fault.explain(block)),
    }
}

/// The first rule of the event that a block broke.
type Aside = Option<Fault>;

fn scan(block: &[u8], level: Level) -> Read<(View<'_>, Aside)> {
    let mut reader = Reader::new(block);
    reader.begin()?;
    let token = reader.token()?;
    let Token::Map(mut keys) = token else {
        let message = format!("an event is a map, not {}", token.describe());
        return Err(Fault::new(Code::Encoding, 0, message).remedy("Give the block of an event"));
    };
    let mut pass = Pass { reader, level, view: View::default(), kind: None, aside: None, seen: 0 };
    loop {
        let at = pass.reader.position();
        let Some(key) = keys.next_raw(&mut pass.reader)? else { break };
        pass.entry(at, key)?;
    }
    pass.reader.end()?;
    pass.close()
}

const V: u8 = 1;
const TYPE: u8 = 2;
const TIME: u8 = 4;
const PARENTS: u8 = 8;
const PAYLOAD: u8 = 16;

struct Pass<'a> {
    reader: Reader<'a>,
    level: Level,
    view: View<'a>,
    kind: Option<TypeName>,
    aside: Aside,
    /// Which of the keys were there.
    seen: u8,
}

impl<'a> Pass<'a> {
    fn entry(&mut self, at: usize, key: &'a [u8]) -> Read<()> {
        let start = self.reader;
        let result = match key {
            b"v" => return self.version(),
            b"parents" => return self.parents(),
            b"type" => self.type_name(),
            b"time" => self.time(),
            b"actor" => self.actor(),
            b"roles" => self.roles(),
            b"payload" => self.payload(),
            _ => Err(refuse(
                at,
                format!("an event has no key {}", short(&String::from_utf8_lossy(key))),
            )
            .remedy("Put your own content into the payload")),
        };
        match result {
            Err(fault) if fault.code() == Code::InvalidRecord => {
                self.keep(fault);
                self.reader = start;
                self.reader.skip()?;
            }
            other => other?,
        }
        let item = start.until(&self.reader);
        match key {
            b"roles" => self.view.roles = item,
            b"payload" => self.view.payload = item,
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, fault: Fault) {
        self.aside.get_or_insert(fault);
    }

    fn version(&mut self) -> Read<()> {
        self.seen |= V;
        let at = self.reader.position();
        let version = match self.reader.token()? {
            Token::Uint(version) if version > 0 => version,
            _ => {
                return Err(refuse(at, "v must be an integer from 1")
                    .field("v")
                    .remedy("Events of this format have v 1"));
            }
        };
        self.view.version = version;
        if version > 1 {
            // This explains whatever else is strange.
            let message = format!("v is {version}; this lineseal reads 1");
            self.aside = Some(refuse(at, message).field("v").remedy("Upgrade lineseal"));
        }
        Ok(())
    }

    fn type_name(&mut self) -> Read<()> {
        self.seen |= TYPE;
        let at = self.reader.position();
        let token = self.reader.token()?;
        let Token::Text(name) = token else { return Err(wrong(at, "type", "text", &token)) };
        self.view.type_name = name;
        self.kind = type_name(name);
        match self.kind {
            Some(_) => Ok(()),
            None => Err(unknown_type(at, name)),
        }
    }

    fn time(&mut self) -> Read<()> {
        self.seen |= TIME;
        let at = self.reader.position();
        let time = match self.reader.token()? {
            Token::Uint(n) => i64::try_from(n).ok(),
            Token::Nint(n) => Some(n),
            _ => None,
        };
        self.view.time = time;
        time.map(drop).ok_or_else(|| {
            refuse(at, "time must be an integer from -2^63 to 2^63-1")
                .field("time")
                .remedy("Give microseconds since 1970 UTC")
        })
    }

    fn actor(&mut self) -> Read<()> {
        let at = self.reader.position();
        match self.reader.token()? {
            Token::Text("") => {
                Err(refuse(at, "actor is empty").field("actor").remedy("Leave it out, or fill it"))
            }
            Token::Text(actor) => {
                self.view.actor = Some(actor);
                Ok(())
            }
            token => Err(wrong(at, "actor", "text", &token)),
        }
    }

    /// Only that they are roles; `parents`, which comes later, holds them against itself.
    fn roles(&mut self) -> Read<()> {
        let at = self.reader.position();
        let token = self.reader.token()?;
        let Token::List(mut items) = token else {
            return Err(wrong(at, "roles", "a list", &token));
        };
        let mut any = false;
        while items.next(&mut self.reader) {
            let at = self.reader.position();
            match self.reader.token()? {
                Token::Text(role) if is_role(role) => any |= !role.is_empty(),
                Token::Text(role) => return Err(bad_role(at, role)),
                token => return Err(wrong(at, "roles", "a list of texts", &token)),
            }
        }
        if any {
            return Ok(());
        }
        Err(refuse(at, "roles are all empty").field("roles").remedy("Leave roles out"))
    }

    /// Links to events in every version: else nobody could follow them.
    fn parents(&mut self) -> Read<()> {
        self.seen |= PARENTS;
        let at = self.reader.position();
        let token = self.reader.token()?;
        let Token::List(mut items) = token else {
            return Err(wrong(at, "parents", "a list of links", &token));
        };
        if items.left() > MAX_PARENTS {
            let message = format!("{} parents, more than {MAX_PARENTS}", items.left());
            self.keep(
                refuse(at, message)
                    .field("parents")
                    .remedy("Record an event that stands for a group of them, and name that"),
            );
        }
        let mut roles = self.listed_roles(at, items.left());
        let start = self.reader;
        let mut last = None;
        while items.next(&mut self.reader) {
            let at = self.reader.position();
            let Some(hash) = self.reader.event_link() else {
                let token = self.reader.token()?;
                return Err(wrong(at, "parents", "a list of links to events", &token));
            };
            let pair = (hash, roles.next());
            if last.is_some_and(|last| last >= pair) {
                self.keep(parents_order(at, last == Some(pair)));
            }
            last = Some(pair);
        }
        self.view.parents = start.until(&self.reader);
        Ok(())
    }

    /// The roles in step with as many parents; none where the event has no roles.
    fn listed_roles(&mut self, at: usize, parents: usize) -> InStep<'a> {
        if self.view.roles.is_empty() {
            // Reading on would make an error for each parent.
            return InStep(None);
        }
        let mut reader = Reader::new(self.view.roles);
        if let Ok(Token::List(items)) = reader.token()
            && items.left() != parents
        {
            let message = format!("{} roles for {parents} parents", items.left());
            let remedy = "Give one for each, \"\" for none";
            self.keep(refuse(at, message).field("roles").remedy(remedy));
        }
        InStep(Some(reader))
    }

    fn payload(&mut self) -> Read<()> {
        self.seen |= PAYLOAD;
        let at = self.reader.position();
        let token = self.reader.token()?;
        let Token::Map(keys) = token else { return Err(wrong(at, "payload", "a map", &token)) };
        match self.kind.filter(|_| self.level == Level::Record) {
            Some(TypeName::Known(record)) => self.record(at, record, keys),
            Some(TypeName::Custom) => self.custom(keys),
            Some(TypeName::Foreign) | None => self.unjudged(keys),
        }
    }

    fn record(&mut self, at: usize, record: &RecordType, mut keys: Keys<'a>) -> Read<()> {
        let mut given = 0_u32;
        loop {
            let key_at = self.reader.position();
            let Some(key) = keys.next_raw(&mut self.reader)? else { break };
            match record.field_raw(key) {
                Some((place, field)) => {
                    given |= 1 << place;
                    kinds::value(field, &mut self.reader)?;
                }
                None => self.free_entry(key_at, key)?,
            }
        }
        let mut fields = record.fields.iter().enumerate();
        match fields.find(|(place, field)| field.required && given & 1 << place == 0) {
            None => Ok(()),
            Some((_, field)) => Err(missing(at, record.name, field.name)),
        }
    }

    fn custom(&mut self, mut keys: Keys<'a>) -> Read<()> {
        loop {
            let key_at = self.reader.position();
            match keys.next_raw(&mut self.reader)? {
                None => return Ok(()),
                Some(key) if key == IDS.name.as_bytes() => kinds::value(&IDS, &mut self.reader)?,
                Some(key) => self.free_entry(key_at, key)?,
            }
        }
    }

    /// A key of the payload that the table does not know: kept, whatever it holds.
    fn free_entry(&mut self, key_at: usize, key: &[u8]) -> Read<()> {
        let name = || String::from_utf8_lossy(key);
        if is_reserved(key) {
            return Err(kinds::reserved_here(key_at, &name()));
        }
        free(&mut self.reader).map_err(|fault| fault.field(name()))
    }

    fn unjudged(&mut self, mut keys: Keys<'a>) -> Read<()> {
        while keys.next_raw(&mut self.reader)?.is_some() {
            self.reader.skip()?;
        }
        Ok(())
    }

    fn close(mut self) -> Read<(View<'a>, Aside)> {
        for (bit, name) in [(V, "v"), (PARENTS, "parents")] {
            if self.seen & bit == 0 {
                return Err(missing(0, "an event", name));
            }
        }
        for (bit, name) in [(TYPE, "type"), (PAYLOAD, "payload")] {
            if self.seen & bit == 0 {
                self.keep(missing(0, "an event", name));
            }
        }
        let timeless = self.level == Level::Record && self.seen & TIME == 0;
        if timeless && self.kind.is_some_and(|name| !name.is_thing()) {
            self.keep(missing(0, self.view.type_name, "time"));
        }
        Ok((self.view, self.aside))
    }
}

/// The roles of an event in step with its parents.
struct InStep<'a>(Option<Reader<'a>>);

impl<'a> InStep<'a> {
    fn next(&mut self) -> &'a str {
        match self.0.as_mut().map(Reader::token) {
            Some(Ok(Token::Text(role))) => role,
            _ => "",
        }
    }
}

#[cold]
fn unknown_type(at: usize, name: &str) -> Fault {
    refuse(at, format!("{} is not a type of event", short(name)))
        .field("type")
        .remedy("Use a built-in type, or your own namespace/name in [a-z0-9._-]")
}

#[cold]
fn bad_role(at: usize, role: &str) -> Fault {
    refuse(at, format!("{} is not a role", short(role)))
        .field("roles")
        .remedy("Use at most 63 of [a-z0-9._-], a letter or digit first")
}

#[cold]
fn parents_order(at: usize, same: bool) -> Fault {
    let (message, remedy) = if same {
        ("a parent stands twice with one role", "Keep one of them")
    } else {
        ("parents are not sorted", "Sort them by their bytes, then by role")
    };
    refuse(at, message).field("parents").remedy(remedy)
}

#[cold]
fn missing(at: usize, whose: &str, name: &str) -> Fault {
    refuse(at, format!("{name} is missing; {whose} needs it")).field(name).remedy("Give it")
}

#[cold]
fn wrong(at: usize, field: &str, wanted: &str, found: &Token<'_>) -> Fault {
    refuse(at, format!("{field} must be {wanted}, not {}", found.describe()))
        .field(field)
        .remedy("Give the right type")
}

#[cold]
fn refuse(at: usize, message: impl Into<String>) -> Fault {
    Fault::new(Code::InvalidRecord, at, message)
}
