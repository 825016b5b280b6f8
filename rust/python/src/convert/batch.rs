//! Records to the blocks of one batch, all or none. The GIL is held for the conversion alone.

use super::hashes::required;
use super::record::Shape;
use super::refusal::{Convert, Refusal};
use super::value::kind;
use crate::error::{Raise, raise};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{Fill, Writer};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Batch, Ledger, Snapshot};
use lineseal_core::limits::MAX_BATCH_EVENTS;
use pyo3::prelude::*;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

/// Blocks behind one another in one buffer.
#[derive(Default)]
pub struct Blocks {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Blocks {
    /// Stage 1 of the ledger: checked and hashed, ready to submit.
    pub fn prepare(&self) -> Result<Batch> {
        Ledger::prepare(&self.each())
    }

    /// The blocks, in order.
    pub fn each(&self) -> Vec<&[u8]> {
        let mut from = 0;
        let each = self.ends.iter().map(|&end| {
            let range: Range<usize> = from..end;
            from = end;
            self.bytes.get(range).unwrap_or_default()
        });
        each.collect()
    }

    /// Lets `write` append one block, which becomes the next of the batch.
    pub fn push<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> std::result::Result<Hash, E>,
    ) -> std::result::Result<Hash, E> {
        let hash = write(&mut self.bytes)?;
        self.ends.push(self.bytes.len());
        Ok(hash)
    }
}

/// Who knows the events that shortened hashes name.
pub enum Resolver<'py> {
    /// A ledger of this process, as it is when first asked.
    Ledger(&'py Ledger, OnceCell<Snapshot>),
    /// A Python callable, from text to the full hash: a ledger elsewhere.
    Callable(Bound<'py, PyAny>),
    /// Nobody who can be asked: hashes are given in full.
    Nobody,
}

impl Resolver<'_> {
    fn resolve(&self, py: Python<'_>, text: &str) -> Convert<Hash> {
        let (ledger, cell) = match self {
            Resolver::Ledger(ledger, cell) => (*ledger, cell),
            Resolver::Callable(resolve) => {
                let full: String = resolve.call1((text,))?.extract()?;
                return Ok(required(&full)?);
            }
            Resolver::Nobody => return Ok(required(text)?),
        };
        let snapshot = match cell.get() {
            Some(snapshot) => snapshot.clone(),
            None => {
                let snapshot = py.detach(|| ledger.snapshot())?;
                cell.get_or_init(|| snapshot).clone()
            }
        };
        Ok(py.detach(|| snapshot.resolve(text))?)
    }
}

/// What a record's parents may refer to.
pub struct Context<'py> {
    resolver: Resolver<'py>,
    records: Vec<Bound<'py, PyAny>>,
    places: OnceCell<HashMap<usize, Place>>,
    done: RefCell<Vec<Hash>>,
}

#[derive(Clone, Copy)]
enum Place {
    Once(usize),
    Twice(usize, usize),
}

impl<'py> Context<'py> {
    /// Without records: parents are events that are there.
    pub fn alone(resolver: Resolver<'py>) -> Self {
        Context {
            resolver,
            records: Vec::new(),
            places: OnceCell::new(),
            done: RefCell::new(Vec::new()),
        }
    }

    /// The event that a shortened hash names in the ledger.
    pub fn resolve(&self, py: Python<'_>, text: &str) -> Convert<Hash> {
        self.resolver.resolve(py, text)
    }

    /// The hash of a record that stands earlier in the batch.
    pub fn earlier(&self, record: &Bound<'py, PyAny>) -> Convert<Hash> {
        let places = self.places.get_or_init(|| self.find_places());
        let done = self.done.borrow();
        let now = done.len();
        match places.get(&(record.as_ptr() as usize)) {
            Some(Place::Twice(first, second)) => Err(Refusal::value(
                format!(
                    "the same record stands at positions {first} and {second}: which is meant?"
                ),
                "Make two records, or record the parent first and name its receipt",
            )),
            Some(Place::Once(place)) => done.get(*place).copied().ok_or_else(|| {
                Refusal::value(
                    format!("the parent stands at position {place}, its child at {now}"),
                    "Put parents before their children",
                )
            }),
            None => Err(Refusal::value(
                format!("this {} is not in the batch", kind(record)),
                "Put it before its child in the same call, or name its receipt",
            )),
        }
    }

    fn find_places(&self) -> HashMap<usize, Place> {
        let mut places = HashMap::with_capacity(self.records.len());
        for (at, record) in self.records.iter().enumerate() {
            places
                .entry(record.as_ptr() as usize)
                .and_modify(|place| {
                    if let Place::Once(first) = *place {
                        *place = Place::Twice(first, at);
                    }
                })
                .or_insert(Place::Once(at));
        }
        places
    }
}

/// Turns record objects into blocks. What is missing of identity (time, prediction_id) is drawn
/// here, once a record.
pub fn convert<'py>(resolver: Resolver<'py>, records: &Bound<'py, PyAny>) -> PyResult<Blocks> {
    let py = records.py();
    let context = Context { records: collect(records)?, ..Context::alone(resolver) };
    let mut blocks = Blocks::default();
    let mut writer = Writer::new();
    let mut shapes = HashMap::new();
    let many = context.records.len() > 1;
    for (position, record) in context.records.iter().enumerate() {
        let hash = one(record, &context, &mut shapes, &mut writer, &mut blocks)
            .map_err(|refusal| refusal.into_py(py, many.then_some(position as u64)))?;
        context.done.borrow_mut().push(hash);
    }
    Ok(blocks)
}

fn one<'py>(
    record: &Bound<'py, PyAny>,
    context: &Context<'py>,
    shapes: &mut HashMap<usize, Shape<'py>>,
    writer: &mut Writer,
    blocks: &mut Blocks,
) -> Convert<Hash> {
    // The context holds every record and with it its class, so that addresses stay taken.
    let class = record.get_type_ptr() as usize;
    let shape = match shapes.entry(class) {
        std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::hash_map::Entry::Vacant(new) => new.insert(Shape::of(record)?),
    };
    shape.write(record, context, writer)?;
    Ok(blocks.push(|out| writer.finish(Fill::Draw, out))?)
}

fn collect<'py>(records: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut found = Vec::with_capacity(records.len().unwrap_or(0).min(MAX_BATCH_EVENTS));
    let iterator = records.try_iter().map_err(|_| {
        let text = format!("records are {}, not several", kind(records));
        raise(
            records.py(),
            &Error::new(Code::InvalidArgument, text).remedy("Give a list, even of one"),
        )
    })?;
    for record in iterator {
        if found.len() == MAX_BATCH_EVENTS {
            return Err(raise(records.py(), &too_many()));
        }
        found.push(record?);
    }
    if found.is_empty() {
        let error = Error::new(Code::InvalidArgument, "the batch is empty")
            .remedy("Give at least one record");
        return Err(error).or_raise(records.py());
    }
    Ok(found)
}

/// One call is one atomic batch, so it is not split behind the caller's back.
pub fn too_many() -> Error {
    Error::new(Code::InvalidArgument, format!("a batch has more than {MAX_BATCH_EVENTS} events"))
        .remedy(format!("Split it into calls of at most {MAX_BATCH_EVENTS}, parents first"))
}
