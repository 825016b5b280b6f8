//! A block that was read once, as its parts. Borrows the block; copies nothing. May use cbor.

use crate::cbor::{Reader, Token};
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
        Parents(Reader::new(self.parents))
    }

    /// The parents as the graph sees them: each once, in the block's order.
    pub fn distinct_parents(&self) -> impl Iterator<Item = Hash> + use<'a> {
        let mut last = None;
        self.parents().filter(move |&parent| last.replace(parent) != Some(parent))
    }

    /// The roles, one for each of [`View::parents`]; `""` for none.
    pub fn roles(&self) -> Roles<'a> {
        let mut roles = Reader::new(self.roles);
        // The head of the list, if there is one.
        let _ = roles.token();
        Roles { parents: self.parents(), roles }
    }

    /// The payload: the bytes of a map.
    pub fn payload(&self) -> &'a [u8] {
        self.payload
    }
}

/// The parents of an event; see [`View::parents`].
#[derive(Clone, Debug)]
pub struct Parents<'a>(Reader<'a>);

impl Iterator for Parents<'_> {
    type Item = Hash;

    fn next(&mut self) -> Option<Hash> {
        self.0.event_link().copied().map(Hash)
    }
}

/// The roles of the parents of an event; see [`View::roles`].
#[derive(Clone, Debug)]
pub struct Roles<'a> {
    parents: Parents<'a>,
    roles: Reader<'a>,
}

impl<'a> Iterator for Roles<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.parents.next()?;
        match self.roles.token() {
            Ok(Token::Text(role)) => Some(role),
            _ => Some(""),
        }
    }
}
