//! The sentences of findings: which event, what is wrong, what was expected and what is there.
//! May use report, event, hash, error.

use crate::dag::report::{Check, Finding};
use crate::error::Error;
use crate::hash::Hash;
use std::fmt;

/// An event as a sentence names it: `prediction 0123456789ab at index 7`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who<'a> {
    pub(super) hash: Hash,
    pub(super) index: Option<u64>,
    /// Its type, where its bytes can be read.
    pub(super) kind: Option<&'a str>,
}

impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.12}", self.kind.unwrap_or("event"), self.hash.to_string())?;
        self.index.map_or(Ok(()), |index| write!(f, " at index {index}"))
    }
}

fn event(hash: Hash) -> Who<'static> {
    Who { hash, index: None, kind: None }
}

fn finding(who: &Who<'_>, check: Check, expected: String, found: String, what: &str) -> Finding {
    let message = format!("{who} {what}");
    Finding { hash: Some(who.hash), index: who.index, check, expected, found, message }
}

pub(super) fn hash(who: &Who<'_>, computed: Hash) -> Finding {
    let what = format!(
        "is not what its name says: its bytes have the SHA-256 {:.12}…",
        computed.to_string()
    );
    finding(who, Check::Hash, who.hash.to_string(), computed.to_string(), &what)
}

pub(super) fn canonical(who: &Who<'_>, error: &Error) -> Finding {
    let expected = "one canonical DAG-CBOR item with v and parents".into();
    let what = format!("cannot be read as an event: {error}");
    finding(who, Check::Canonical, expected, error.message().into(), &what)
}

pub(super) fn schema(who: &Who<'_>, error: &Error) -> Finding {
    let what = format!("breaks a rule of the event format: {error}");
    finding(who, Check::Schema, "an envelope of version 1".into(), error.message().into(), &what)
}

pub(super) fn newer(who: &Who<'_>, version: u64) -> Finding {
    let what =
        format!("has version {version} of the event format, which only a newer lineseal can judge");
    finding(who, Check::UnsupportedVersion, "version 1".into(), format!("version {version}"), &what)
}

pub(super) fn missing(who: &Who<'_>, parent: Hash) -> Finding {
    let what = format!("names a parent that is not there: {parent}");
    finding(who, Check::ParentMissing, parent.to_string(), "no such event".into(), &what)
}

pub(super) fn order(who: &Who<'_>, parent: Hash, at: u64) -> Finding {
    let what = format!("stands before its parent {:.12} (index {at})", parent.to_string());
    let expected = match who.index {
        Some(index) => format!("parent {parent} below index {index}"),
        None => format!("parent {parent} before its child"),
    };
    finding(who, Check::ParentOrder, expected, format!("index {at}"), &what)
}

pub(super) fn duplicate(who: &Who<'_>, first: u64) -> Finding {
    let what = format!("is there a second time: its first place is {first}");
    finding(who, Check::Duplicate, format!("only at {first}"), "a second copy".into(), &what)
}

pub(super) fn misfiled(who: &Who<'_>, stored: Hash) -> Finding {
    let what = format!("is stored under another name, {:.12}…", stored.to_string());
    finding(who, Check::Index, who.hash.to_string(), stored.to_string(), &what)
}

pub(super) fn unreadable(who: &Who<'_>, error: &Error) -> Finding {
    let what = format!("cannot be read from the segments: {error}");
    finding(who, Check::Segment, "a whole section".into(), error.message().into(), &what)
}

pub(super) fn cycle(who: &Who<'_>, length: usize) -> Finding {
    let what = match length {
        1 => "is its own parent".into(),
        _ => format!("is its own ancestor, in a cycle of {length} events"),
    };
    let expected = "ancestors that do not lead back".into();
    finding(who, Check::Cycle, expected, format!("a cycle of {length}"), &what)
}

pub(super) fn expected_missing(hash: Hash) -> Finding {
    let what = "was expected and is not in the ledger";
    let found = "no such event".into();
    finding(&event(hash), Check::ExpectedMissing, hash.to_string(), found, what)
}

pub(super) fn rests_on(who: &Who<'_>, origin: Hash) -> Finding {
    let what = format!("is sound in itself but rests on {}, which does not hold", event(origin));
    let expected = "ancestors that hold".into();
    finding(who, Check::RestsOn, expected, origin.to_string(), &what)
}

/// A stretch of the log does not stand where the log says.
pub(super) fn place(place: u64, claimed: u64) -> Finding {
    let message = format!("the log goes on at index {claimed} where it should at {place}");
    counted(place, format!("index {place}"), format!("index {claimed}"), message)
}

/// The log does not end where it says.
pub(super) fn length(events: u64, claimed: u64) -> Finding {
    let message = format!("the log should hold {claimed} events and ends after {events}");
    counted(events, format!("{claimed} events"), format!("{events} events"), message)
}

fn counted(place: u64, expected: String, found: String, message: String) -> Finding {
    Finding { hash: None, index: Some(place), check: Check::Index, expected, found, message }
}
