//! A block that was read once, as its parts. Borrows the block; copies nothing. May use cbor.

use crate::cbor::{Items, Reader, Token};
use crate::hash::Hash;

/// What [`crate::event::check`] and [`crate::event::inspect`] found in a block. Where a part broke
/// a rule of the event, it is here as far as it can be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct View<'a> {
    pub(crate) version: u64,
    pub(crate) type_name: &'a str,
    pub(crate) time: Option<i64>,
    pub(crate) actor: Option<&'a str>,
    pub(crate) parents: &'a [u8],
    pub(crate) roles: &'a [u8],
    pub(crate) payload: &'a [u8],
}

impl<'a> View<'a> {
    /// The version of the format, `v`.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The type.
    pub fn type_name(&self) -> &'a str {
        self.type_name
    }

    /// When it happened, in microseconds since 1970 UTC, as its producer states it.
    pub fn time(&self) -> Option<i64> {
        self.time
    }

    /// Who recorded it, as the producer states it.
    pub fn actor(&self) -> Option<&'a str> {
        self.actor
    }

    /// The parents, in the block's order. One with two roles comes twice, one after the other.
    pub fn parents(&self) -> Parents<'a> {
        Parents(List::new(self.parents))
    }

    /// The roles, one for each of [`View::parents`]; `""` for none.
    pub fn roles(&self) -> Roles<'a> {
        Roles { parents: self.parents(), roles: List::new(self.roles) }
    }

    /// The payload: the bytes of a map.
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }
}

/// Items of an encoded list that was read before; nothing for other bytes.
#[derive(Clone, Debug)]
struct List<'a> {
    reader: Reader<'a>,
    items: Option<Items>,
}

impl<'a> List<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Reader::new(bytes);
        match reader.token() {
            Ok(Token::List(items)) => List { reader, items: Some(items) },
            _ => List { reader, items: None },
        }
    }
}

impl List<'_> {
    fn event_link(&mut self) -> Option<Hash> {
        let items = self.items.as_mut().filter(|items| items.left() > 0)?;
        let hash = self.reader.event_link()?;
        items.next(&mut self.reader);
        Some(Hash(*hash))
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if !self.items.as_mut()?.next(&mut self.reader) {
            self.items = None;
            return None;
        }
        let mut whole = self.reader;
        let token = self.reader.token().ok()?;
        if matches!(token, Token::List(_) | Token::Map(_)) {
            whole.skip().ok()?;
            self.reader = whole;
        }
        Some(token)
    }
}

/// The parents of an event; see [`View::parents`].
#[derive(Clone, Debug)]
pub struct Parents<'a>(List<'a>);

impl Iterator for Parents<'_> {
    type Item = Hash;

    fn next(&mut self) -> Option<Hash> {
        loop {
            if let Some(hash) = self.0.event_link() {
                return Some(hash);
            }
            // Malformed: passed over.
            self.0.next()?;
        }
    }
}

/// The roles of the parents of an event; see [`View::roles`].
#[derive(Clone, Debug)]
pub struct Roles<'a> {
    parents: Parents<'a>,
    roles: List<'a>,
}

impl<'a> Iterator for Roles<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.parents.next()?;
        match self.roles.next() {
            Some(Token::Text(role)) => Some(role),
            _ => Some(""),
        }
    }
}
