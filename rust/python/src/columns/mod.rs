//! `record_predictions`: columns into events, without an object a row. What was given is taken hold
//! of once (`held`); rows are written, hashed and recorded without the interpreter.

mod arrow;
mod ffi;
mod held;
mod parents;

use crate::batch::Batch;
use crate::convert::batch::{Context, Resolver};
use crate::convert::refusal::Convert;
use crate::convert::{known, time, value};
use crate::error::{Raise, raise};
use crate::open::Ledger;
use crate::receipts::Receipts;
use crate::run::{Process, long, quick};
use held::{Held, lengths};
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{Rows, Time};
use lineseal_core::ledger::{Ledger as Core, Seen};
use lineseal_core::limits::{MAX_BATCH_EVENTS, MAX_REQUEST};
use parents::Parents;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt};
use std::sync::{Mutex, PoisonError};

/// What one call was given.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Columns {
    len: usize,
    fields: Vec<(String, Held)>,
    time: When,
    actor: String,
    parents: Parents,
    /// Rows of the batches made so far.
    seen: Mutex<Seen>,
}

enum When {
    Now,
    At(i64),
    Each(Held),
}

/// Takes hold of the fields' columns; `resolve` gives the full hash of a shortened one.
#[pyfunction]
pub fn make_columns<'py>(
    fields: &Bound<'py, PyDict>,
    moment: &Bound<'py, PyAny>,
    given_parents: &Bound<'py, PyAny>,
    named: Vec<(String, String)>,
    actor: Option<String>,
    resolve: Bound<'py, PyAny>,
) -> PyResult<Columns> {
    let py = fields.py();
    let made = take(fields, moment, given_parents, named, actor, resolve);
    let columns = made.map_err(|refusal| refusal.into_py(py, None))?;
    // What is wrong with the whole is said before anything is recorded.
    columns.rows().or_raise(py)?;
    Ok(columns)
}

fn take<'py>(
    fields: &Bound<'py, PyDict>,
    moment: &Bound<'py, PyAny>,
    given_parents: &Bound<'py, PyAny>,
    named: Vec<(String, String)>,
    actor: Option<String>,
    resolve: Bound<'py, PyAny>,
) -> Convert<Columns> {
    let mut columns = Vec::with_capacity(fields.len());
    for (name, given) in value::pairs(fields) {
        let name = value::utf8(value::text_key(&name)?)?.to_owned();
        let held = Held::of(&given, &[&name])
            .map_err(|refusal| refusal.placed(&name, &held::said(&[&name])))?;
        columns.push((name, held));
    }
    let mut time = when(moment).map_err(|refusal| refusal.placed("time", "time"))?;
    for (field, name) in named {
        let inputs = columns.iter_mut().find(|(name, _)| name == "inputs");
        let Some((_, inputs)) = inputs else { return Err(no_inputs(&name).into()) };
        let column = inputs.take(&name).map_err(|error| error.field(&field))?;
        match field.as_str() {
            "time" => time = When::Each(column),
            _ => columns.push((field, column)),
        }
    }
    let mut parents = Parents::default();
    parents.take(given_parents, &Context::alone(Resolver::Callable(resolve)))?;
    let len = rows_of(&columns, &time, &parents)?;
    let (actor, seen) = (actor.unwrap_or_default(), Mutex::default());
    Ok(Columns { len, fields: columns, time, actor, parents, seen })
}

fn when(moment: &Bound<'_, PyAny>) -> Convert<When> {
    if moment.is_none() {
        return Ok(When::Now);
    }
    let one = moment.is_instance_of::<PyInt>() || known::DATETIME.has(moment)?;
    if one { time::fitting(moment).map(When::At) } else { Held::of_moments(moment).map(When::Each) }
}

#[cold]
fn no_inputs(name: &str) -> Error {
    let message = format!("the column {name:?} is named, and there are no inputs to have it");
    Error::new(Code::InvalidArgument, message)
        .remedy("Give inputs as a table, or the column itself")
}

/// The one length of all columns.
fn rows_of(columns: &[(String, Held)], time: &When, parents: &Parents) -> Result<usize> {
    let mut first: Option<(&str, usize)> = None;
    let mut see = |name, len| match (first, len) {
        (_, None) => Ok(()),
        (None, Some(len)) => {
            first = Some((name, len));
            Ok(())
        }
        (Some((before, other)), Some(len)) if other != len => {
            Err(lengths(before, other, name, len))
        }
        _ => Ok(()),
    };
    for (name, column) in columns {
        see(name.as_str(), column.len()?)?;
    }
    if let When::Each(times) = time {
        see("time", times.len()?)?;
    }
    for (column, _) in &parents.each {
        see("parents", column.len()?)?;
    }
    match first {
        Some((_, len)) if len > 0 => Ok(len),
        Some(_) => {
            Err(Error::new(Code::InvalidArgument, "there are no rows").remedy("Give at least one"))
        }
        None => Err(Error::new(Code::InvalidArgument, "no column says how many rows there are")
            .remedy("Give inputs or output as a table or a column")),
    }
}

impl Columns {
    /// Laid out for writing.
    fn rows(&self) -> Result<Rows<'_>> {
        let time = match &self.time {
            When::Now => Time::Now,
            When::At(micros) => Time::At(*micros),
            When::Each(held) => {
                Time::Each(held.moments().map_err(|error| error.field("time").path("time"))?)
            }
        };
        let mut rows = Rows::new("prediction", time, &self.actor)?;
        self.parents.lay_out(&mut rows)?;
        for (name, held) in &self.fields {
            let cell = held.cell().map_err(|error| {
                let path = error.path_name().unwrap_or_default().to_owned();
                error.field(name).path(lineseal_core::cbor::join(&held::said(&[name]), &path))
            })?;
            rows.field(name, cell)?;
        }
        rows.lay_out()?;
        Ok(rows)
    }
}

#[pymethods]
impl Columns {
    fn __len__(&self) -> usize {
        self.len
    }

    /// The events of the first rows from `start` on, as many as a request takes.
    fn batch(&self, py: Python<'_>, start: usize) -> PyResult<Batch> {
        let made = quick(py, Process::current(), || {
            let most = (MAX_BATCH_EVENTS, MAX_REQUEST);
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if start == 0 {
                *seen = Seen::default();
            }
            Core::prepare_rows(&self.rows()?, start..self.len, most, &mut seen)
        })?;
        Ok(Batch::prepared(made))
    }
}

/// Records all rows in batches, in order; returns when all are durable. An error's `recorded` says
/// how many rows are recorded all the same, and its `receipts` are theirs.
#[pyfunction]
pub fn record_columns(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    columns: &Bound<'_, Columns>,
) -> PyResult<Receipts> {
    let Ledger { core, process } = ledger.get();
    let columns = columns.get();
    let run = |control: &Control| {
        let rows = columns.rows()?;
        Ok(core.record_rows(&rows, 0..columns.len, control))
    };
    let (receipts, failed) = long(py, *process, None, None, run)?;
    let Some(error) = failed else { return Ok(Receipts(receipts)) };
    let raised = raise(py, &error);
    raised.value(py).setattr("recorded", receipts.len())?;
    raised.value(py).setattr("receipts", Receipts(receipts))?;
    Err(raised)
}
