//! A fixed length of the log, to be asked: events by name, by place, by key, by type and time; the
//! source that trace, impact and verify walk. Stays good while the ledger grows, and after its
//! handle was closed. May use core, event, index, dag::source.

use super::core::{Core, behind};
use super::verify::SegmentLog;
use crate::cid::{Cid, Codec};
use crate::control::Control;
use crate::dag::source::{self, Source};
use crate::error::{Code, Error, Result};
use crate::event::keys::{self, KeyKind};
use crate::event::{Level, View, check, type_name};
use crate::hash::Hash;
use crate::index::Index;
use crate::limits::MIN_PREFIX;
use crate::store::group::Cursor;
use std::sync::Arc;

/// An event as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name, which its bytes have.
    pub hash: Hash,
    /// Its place in the ledger.
    pub index: u64,
    /// Its bytes.
    pub block: Vec<u8>,
    /// When its group was committed by the writer's clock, µs since 1970: a claim, not proven.
    pub recorded_at: i64,
}

/// Which events to list, in log order.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these types; all when empty.
    pub types: Vec<String>,
    /// Not earlier than this: by the event's time, else by `recorded_at`, µs.
    pub since: Option<i64>,
    /// Earlier than this.
    pub until: Option<i64>,
    /// Only behind this index.
    pub after_index: Option<u64>,
    /// At most so many.
    pub limit: Option<usize>,
    /// No more behind so many bytes of blocks.
    pub bytes: Option<usize>,
}

/// A fixed length of a ledger's log.
#[derive(Clone, Debug)]
pub struct Snapshot {
    core: Arc<Core>,
    end: Cursor,
}

impl Snapshot {
    pub(super) fn new(core: Arc<Core>) -> Snapshot {
        let end = core.log.read().cursor.clone();
        Snapshot { core, end }
    }

    /// How many events it has.
    pub fn len(&self) -> u64 {
        self.end.next
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash that a text stands for: 64 hex digits, a CID of an event, or the beginning of
    /// exactly one hash, 8 digits or more. Full names are given back whether they are there or
    /// not.
    pub fn resolve(&self, text: &str) -> Result<Hash> {
        self.core.process.check()?;
        if let Ok(hash) = text.parse() {
            return Ok(hash);
        }
        if text.starts_with('b')
            && let Ok(cid) = text.parse::<Cid>()
        {
            return if cid.codec == Codec::DagCbor { Ok(cid.hash) } else { Err(artifact(text)) };
        }
        self.expand(text)
    }

    fn expand(&self, text: &str) -> Result<Hash> {
        let digits = text.len();
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex || !(MIN_PREFIX..64).contains(&digits) {
            let message = if hex && !text.is_empty() && digits < MIN_PREFIX {
                format!("{text:?} is too short for a hash: it takes {MIN_PREFIX} digits or more")
            } else {
                format!("{text:?} names no event")
            };
            return Err(Error::new(Code::InvalidArgument, message).remedy(
                "Give 64 hex digits, a CID (bafyrei…), or the first 8 digits or more of a hash",
            ));
        }
        let text = text.to_ascii_lowercase();
        let (low, high) = prefixes(&text);
        let mut found: Option<Hash> = None;
        let events = self.len();
        let perhaps = |index: &dyn Index| index.candidates_between(low, high, events, usize::MAX);
        for index in self.core.ask(perhaps)? {
            let location = self.core.location(index)?;
            let Some(hash) = self.core.name(location)? else { continue };
            if !hash.to_string().starts_with(&text) {
                self.core.exclude(location, Some(hash))?;
                continue;
            }
            if found == Some(hash) {
                continue;
            }
            if found.replace(hash).is_some() {
                let message = format!("{text} fits several events");
                return Err(Error::new(Code::AmbiguousHash, message)
                    .hash(&text)
                    .remedy("Give more digits"));
            }
        }
        found.ok_or_else(|| self.not_found(&text))
    }

    /// The event of this name.
    pub fn get(&self, hash: &Hash) -> Result<Stored> {
        self.core.process.check()?;
        let Some((index, block)) = self.core.get(hash, self.len())? else {
            return Err(self.not_found(&hash.to_string()));
        };
        self.stored(index, *hash, block)
    }

    /// Whether the event of this name is there.
    pub fn contains(&self, hash: &Hash) -> Result<bool> {
        self.core.process.check()?;
        Ok(self.core.find(hash, self.len())?.is_some())
    }

    /// The event at this place.
    pub fn at(&self, index: u64) -> Result<Stored> {
        self.core.process.check()?;
        if index >= self.len() {
            let message = format!("{} has no event {index}", self.core.label);
            return Err(Error::new(Code::EventNotFound, message)
                .position(index)
                .remedy(format!("It has {} events", self.len())));
        }
        let mut block = Vec::new();
        let read = self.core.location(index).and_then(|at| self.core.read(at, &mut block));
        let hash = read.map_err(|error| behind(error, index))?;
        self.stored(index, hash, block)
    }

    /// Events in log order.
    pub fn events(&self, filter: &Filter, control: &Control) -> Result<Vec<Stored>> {
        self.core.process.check()?;
        filter.check()?;
        let (limit, most) =
            (filter.limit.unwrap_or(usize::MAX), filter.bytes.unwrap_or(usize::MAX));
        let (mut found, mut bytes) = (Vec::new(), 0);
        let first = filter.after_index.map_or(0, |after| after.saturating_add(1));
        for index in first..self.len() {
            if found.len() >= limit || bytes >= most {
                break;
            }
            control.advance(1)?;
            let stored = self.at(index)?;
            if filter.takes(&stored) {
                bytes += stored.block.len();
                found.push(stored);
            }
        }
        Ok(found)
    }

    /// Events that have this key, newest first; no more behind `most` bytes of blocks.
    pub fn find(
        &self,
        kind: KeyKind,
        text: &str,
        before: Option<u64>,
        limit: usize,
        most: usize,
    ) -> Result<Vec<Stored>> {
        self.core.process.check()?;
        let key = keys::digest(kind, text);
        let (whole, mut found, mut before) = (before.is_none() && limit > 0, Vec::new(), before);
        let mut bytes = 0;
        while found.len() < limit && bytes < most {
            let (events, more) = (self.len(), limit - found.len());
            let page = self.core.ask(|index| index.lookup(key, before, events, more))?;
            let Some(last) = page.last() else { break };
            before = Some(*last);
            for index in page {
                if bytes >= most {
                    break;
                }
                let stored = self.at(index)?;
                // Other keys may share the digest.
                if view(&stored.block).is_some_and(|view| keys::matches(&view, kind, text)) {
                    bytes += stored.block.len();
                    found.push(stored);
                }
            }
        }
        self.known(found, whole, text)
    }

    /// An empty answer, `whole` when it is not the end of a longer one: in a damaged ledger it
    /// would say more than is known.
    pub fn known<T>(&self, found: Vec<T>, whole: bool, what: &str) -> Result<Vec<T>> {
        if found.is_empty() && whole && !self.is_whole() {
            let label = &self.core.label;
            return Err(corrupt(format!(
                "the ledger {label} is damaged, and nothing of {what} is in what can be read"
            )));
        }
        Ok(found)
    }

    /// The log from its first byte, from the segments alone.
    pub fn log(&self) -> Result<Box<dyn source::Log>> {
        self.core.process.check()?;
        Ok(Box::new(SegmentLog::new(&self.core, &self.end)?))
    }

    /// An event as it was read, which must be what its name says.
    fn stored(&self, index: u64, hash: Hash, block: Vec<u8>) -> Result<Stored> {
        if Hash::of(&block) != hash {
            let message =
                format!("{}: event {index} is not what its name {hash} says", self.core.label);
            return Err(behind(corrupt(message).hash(hash), index));
        }
        let recorded_at = self.core.ask(|events| events.recorded_at(index))?;
        Ok(Stored { hash, index, block, recorded_at })
    }

    /// In a damaged ledger "not found" would say more than is known.
    fn not_found(&self, text: &str) -> Error {
        let label = &self.core.label;
        if !self.is_whole() {
            return corrupt(format!(
                "the ledger {label} is damaged, and {text} is not in what can be read"
            ))
            .hash(text);
        }
        Error::new(Code::EventNotFound, format!("the ledger {label} holds no event {text}"))
            .hash(text)
            .remedy("Check the hash, and that this is the ledger it was recorded in")
    }
}

/// The error of an open ledger that turns out to be damaged.
fn corrupt(message: impl Into<String>) -> Error {
    Error::new(Code::CorruptLedger, message).remedy(
        "Run verify_all to see what is damaged, and restore the ledger from a copy; what is sound \
         in it is still read",
    )
}

/// The least and greatest [`Hash::prefix`] of hashes that begin with these hex digits.
fn prefixes(digits: &str) -> (u64, u64) {
    let head = digits.get(..digits.len().min(16)).unwrap_or_default();
    let free = 4 * (16 - head.len()) as u32;
    let low = u64::from_str_radix(head, 16).unwrap_or(0).checked_shl(free).unwrap_or(0);
    (low, low | u64::MAX.checked_shr(64 - free).unwrap_or(0))
}

fn artifact(text: &str) -> Error {
    Error::new(Code::InvalidArgument, format!("{text} names an artifact, not an event"))
        .remedy("CIDs of events begin with bafyrei")
}

fn view(block: &[u8]) -> Option<View<'_>> {
    check(block, Level::Frame).ok()
}

impl Filter {
    /// A mistyped type would match nothing, and look like an answer.
    fn check(&self) -> Result<()> {
        let Some(name) = self.types.iter().find(|name| type_name(name).is_none()) else {
            return Ok(());
        };
        Err(Error::new(Code::InvalidArgument, format!("{name:?} is not a type of event"))
            .field("types")
            .remedy("Use a built-in type, or your own namespace/name in [a-z0-9._-]"))
    }

    fn takes(&self, stored: &Stored) -> bool {
        if self.types.is_empty() && self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(view) = view(&stored.block) else { return false };
        let time = view.time().unwrap_or(stored.recorded_at);
        (self.types.is_empty() || self.types.iter().any(|name| name == view.type_name()))
            && self.since.is_none_or(|since| since <= time)
            && self.until.is_none_or(|until| time < until)
    }
}

impl Source for Snapshot {
    fn len(&self) -> u64 {
        Snapshot::len(self)
    }

    fn is_whole(&self) -> bool {
        self.core.log.read().damage.is_empty()
    }

    fn find(&self, hash: &Hash) -> Result<Option<u64>> {
        self.core.process.check()?;
        self.core.find(hash, self.end.next)
    }

    fn read(&self, index: u64, buffer: &mut Vec<u8>) -> Result<Hash> {
        self.core.process.check()?;
        self.core.read(self.core.location(index)?, buffer)
    }

    fn children(&self, index: u64, after: Option<u64>, limit: usize) -> Result<Vec<u64>> {
        self.core.process.check()?;
        self.core.ask(|events| events.children(index, after, self.end.next, limit))
    }
}
