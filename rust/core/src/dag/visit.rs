//! One event on the way of `verify`: found, read, judged. May use source, judge, hash, error.

use crate::dag::judge::{judge, kind_of};
use crate::dag::report::Finding;
use crate::dag::say::{self, Who};
use crate::dag::source::Source;
use crate::error::{Code, Error, Result};
use crate::event::View;
use crate::hash::Hash;
use smallvec::SmallVec;

/// What was found under one name.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// Its place in the log; none when there is no such event, or none that can be read.
    pub(super) index: Option<u64>,
    /// What is wrong with it, by itself.
    pub(super) finding: Option<Finding>,
    /// Parents that may be followed from it.
    pub(super) parents: SmallVec<[Hash; 2]>,
    /// Whether its bytes were rehashed.
    pub(super) read: bool,
}

/// Looks at the event that was reached under `name`.
pub(super) fn visit(source: &dyn Source, name: &Hash, buffer: &mut Vec<u8>) -> Result<Visit> {
    let mut seen = Visit::default();
    match look(source, name, buffer, &mut seen) {
        Err(error) if error.code() == Code::CorruptLedger => {
            let who = Who { hash: *name, index: seen.index, kind: None };
            Ok(Visit { finding: Some(say::unreadable(&who, &error)), ..seen })
        }
        result => result.map(|()| seen),
    }
}

fn look(source: &dyn Source, name: &Hash, buffer: &mut Vec<u8>, seen: &mut Visit) -> Result<()> {
    let Some(index) = source.find(name)? else { return Ok(()) };
    seen.index = Some(index);
    buffer.clear();
    let stored = source.read(index, buffer)?;
    seen.read = true;
    let judged = judge(name, Some(index), buffer);
    seen.parents = judged.view.iter().flat_map(View::distinct_parents).collect();
    seen.finding = judged.finding;
    if seen.finding.is_none() && stored != *name {
        let who = Who { hash: *name, index: Some(index), kind: kind_of(buffer) };
        seen.finding = Some(say::misfiled(&who, stored));
    }
    Ok(())
}

/// An event's block where a walk passes: it must hold, since a walk reports nothing. Appends the
/// parents that it names to `up`, and returns its name.
pub(super) fn pass(
    source: &dyn Source,
    index: u64,
    buffer: &mut Vec<u8>,
    up: &mut Vec<Hash>,
) -> Result<Hash> {
    buffer.clear();
    let name = source.read(index, buffer)?;
    let judged = judge(&name, Some(index), buffer);
    match (&judged.view, judged.finding) {
        (None, Some(finding)) => Err(corrupt(&name, finding.message)),
        (view, _) => {
            up.extend(view.iter().flat_map(View::distinct_parents));
            Ok(name)
        }
    }
}

/// The refusal of a walk that met damage.
pub(super) fn corrupt(name: &Hash, message: String) -> Error {
    Error::new(Code::CorruptLedger, message)
        .hash(name)
        .remedy("Run verify_all to see what else is damaged, and restore the ledger from a copy")
}

/// The refusal of a name from the caller.
pub(super) fn unknown(source: &dyn Source, name: &Hash) -> Error {
    if !source.is_whole() {
        return corrupt(
            name,
            format!("the ledger is damaged, and {name} is not in what can be read"),
        );
    }
    Error::new(Code::EventNotFound, format!("the ledger holds no event {name}"))
        .hash(name)
        .remedy("Check the hash and the ledger; if it was recorded here once, verify the whole ledger expecting it")
}
