//! The `parents` of a record: one, a sequence, or a mapping from role to one or a sequence.

use super::batch::Context;
use super::hashes;
use super::known;
use super::refusal::{Convert, Refusal};
use super::value::{kind, shown, utf8};
use crate::receipt::Receipt;
use lineseal_core::error::Result;
use lineseal_core::event::Writer;
use lineseal_core::hash::Hash;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

const FIELD: &str = "parents";

const WHAT: &str = "A parent is a Receipt, an Event, a hash or CID as text, or a record that \
                    stands earlier in the same call";

/// What takes parents.
pub trait Child {
    /// One, and as what.
    fn parent(&mut self, hash: Hash, role: &str) -> Result<()>;
    /// None on purpose.
    fn no_parents(&mut self);
}

impl Child for Writer {
    fn parent(&mut self, hash: Hash, role: &str) -> Result<()> {
        Writer::parent(self, hash, role)
    }

    fn no_parents(&mut self) {
        Writer::no_parents(self);
    }
}

/// Hands every parent to the child with its role. None was given: nothing; an empty one: none on
/// purpose.
pub fn write(
    given: &Bound<'_, PyAny>,
    context: &Context<'_>,
    child: &mut impl Child,
) -> Convert<()> {
    if given.is_none() {
        return Ok(());
    }
    let mut count = 0;
    if let Ok(roles) = given.cast::<PyDict>() {
        for (role, parents) in super::value::pairs(roles) {
            let text = role.cast::<PyString>().map_err(|_| {
                let text = format!("the role {} is {}, not text", shown(&role), kind(&role));
                Refusal::value(text, "Roles are text, like {'train': data}")
            });
            let role = text.and_then(|text| utf8(text)).map_err(|r| r.placed(FIELD, FIELD))?;
            count += under(&parents, role, context, child)?;
        }
    } else {
        count = under(given, "", context, child)?;
    }
    if count == 0 {
        child.no_parents();
    }
    Ok(())
}

/// One parent or a sequence of them, all in one role; returns how many.
fn under(
    given: &Bound<'_, PyAny>,
    role: &str,
    context: &Context<'_>,
    child: &mut impl Child,
) -> Convert<usize> {
    let place = || if role.is_empty() { FIELD.to_owned() } else { format!("{FIELD}.{role}") };
    let first = single(given, context).map_err(|refusal| refusal.placed(FIELD, &place()))?;
    if let Some(hash) = first {
        child.parent(hash, role)?;
        return Ok(1);
    }
    if !is_sequence(given)? {
        return Err(unusable(given).placed(FIELD, &place()));
    }
    let mut count = 0;
    for item in given.try_iter()? {
        let item = item?;
        let hash = single(&item, context)
            .and_then(|hash| hash.ok_or_else(|| unusable(&item)))
            .map_err(|refusal| refusal.placed(FIELD, &format!("{}[{count}]", place())))?;
        child.parent(hash, role)?;
        count += 1;
    }
    Ok(count)
}

/// The hash of one parent; `None` when `given` is nothing that names an event.
fn single(given: &Bound<'_, PyAny>, context: &Context<'_>) -> Convert<Option<Hash>> {
    if let Ok(receipt) = given.cast::<Receipt>() {
        return Ok(Some(receipt.get().hash));
    }
    if let Ok(text) = given.cast::<PyString>() {
        let text = utf8(text)?;
        return match hashes::full(text) {
            Some(hash) => Ok(Some(hash)),
            None => context.resolve(given.py(), text).map(Some),
        };
    }
    if known::RECORD.has(given)? {
        return context.earlier(given).map(Some);
    }
    if known::EVENT.has(given)? {
        let hash: String = given.getattr("hash")?.extract()?;
        return Ok(Some(hash.parse::<Hash>()?));
    }
    Ok(None)
}

/// Sequences only: a generator would be empty when the record is recorded again, and say "none on
/// purpose".
fn is_sequence(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(given.is_instance_of::<PyList>()
        || given.is_instance_of::<PyTuple>()
        || (known::ABC_SEQUENCE.has(given)? && given.getattr_opt("decode")?.is_none()))
}

fn unusable(given: &Bound<'_, PyAny>) -> Refusal {
    Refusal::value(format!("{} is no parent (type {})", shown(given), kind(given)), WHAT)
}
