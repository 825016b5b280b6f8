//! One record object into one block. Which attributes a class has is read from the core's table
//! once a call; attributes are fetched by interned name.

use super::batch::Context;
use super::refusal::{Convert, Refusal};
use super::unset::unset;
use super::value::{kind, shown, text_key, utf8};
use super::{known, parents, time, value};
use lineseal_core::event::Writer;
use lineseal_core::event::schema::{self, Field, Kind};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// How objects of one record class are read.
pub struct Shape<'py> {
    /// The type's name; custom records carry their own.
    type_name: Option<String>,
    fields: Vec<(Bound<'py, PyString>, &'static Field)>,
}

impl<'py> Shape<'py> {
    /// The shape of `record`'s class.
    pub fn of(record: &Bound<'py, PyAny>) -> Convert<Self> {
        if !known::RECORD.has(record)? {
            return Err(Refusal::value(
                format!("{} is no record (type {})", shown(record), kind(record)),
                "Build one, for example lineseal.DatasetRecord(name=…)",
            ));
        }
        let py = record.py();
        let name: Option<String> =
            record.get_type().getattr(intern!(py, "type_name"))?.extract()?;
        let fields = match name.as_deref().map(schema::record_type) {
            None => Vec::new(),
            Some(Some(of)) => {
                let mut fields: Vec<_> = of.fields.iter().collect();
                // The order of the block, so that the writer need not sort.
                fields.sort_by_key(|field| (field.name.len(), field.name));
                fields.into_iter().map(|f| (PyString::intern(py, f.name), f)).collect()
            }
            Some(None) => {
                return Err(Refusal::value(
                    format!("{} has an unknown type_name", kind(record)),
                    "Use CustomRecord for types of your own",
                ));
            }
        };
        Ok(Shape { type_name: name, fields })
    }

    /// Drives the writer through `record`, up to but without `finish`.
    pub fn write(
        &self,
        record: &Bound<'py, PyAny>,
        context: &Context<'py>,
        writer: &mut Writer,
    ) -> Convert<()> {
        match &self.type_name {
            Some(name) => writer.begin(name)?,
            None => begin_custom(record, writer)?,
        }
        envelope(record, context, writer)?;
        if self.type_name.is_none() {
            return custom(record, writer);
        }
        for (name, field) in &self.fields {
            let given = record.getattr(name)?;
            if !absent(&given, field)? {
                writer.field(field.name)?;
                one(&given, field, writer)
                    .map_err(|refusal| refusal.placed(field.name, &writer.path()))?;
            }
        }
        Ok(())
    }
}

/// None is content in `any` fields, whose default is UNSET; elsewhere it means "not given".
fn absent(given: &Bound<'_, PyAny>, field: &Field) -> PyResult<bool> {
    Ok(match field.kind {
        Kind::Any => given.is(unset(given.py())?),
        _ => given.is_none(),
    })
}

fn one(given: &Bound<'_, PyAny>, field: &Field, writer: &mut Writer) -> Convert<()> {
    match field.kind {
        Kind::Time => writer.int(time::micros(given)?)?,
        _ => value::write(given, writer)?,
    }
    Ok(())
}

fn envelope<'py>(
    record: &Bound<'py, PyAny>,
    context: &Context<'py>,
    writer: &mut Writer,
) -> Convert<()> {
    let py = record.py();
    let moment = record.getattr(intern!(py, "time"))?;
    if !moment.is_none() {
        writer.time(time::fitting(&moment).map_err(|refusal| refusal.placed("time", "time"))?);
    }
    let actor = record.getattr(intern!(py, "actor"))?;
    if !actor.is_none() {
        let name = text_of(&actor, "Give a str that says who recorded it")
            .map_err(|refusal| refusal.placed("actor", "actor"))?;
        writer.actor(name);
    }
    parents::write(&record.getattr(intern!(py, "parents"))?, context, writer)
}

fn begin_custom(record: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let name = record.getattr(intern!(record.py(), "type"))?;
    let text = text_of(&name, "Give a type like 'acme/labelling'")
        .map_err(|refusal| refusal.placed("type", "type"))?;
    Ok(writer.begin(text)?)
}

fn text_of<'a>(value: &'a Bound<'_, PyAny>, remedy: &'static str) -> Convert<&'a str> {
    let text = value.cast::<PyString>().map_err(|_| {
        Refusal::value(format!("{} is {}, not text", shown(value), kind(value)), remedy)
    })?;
    utf8(text)
}

/// Every key of a custom record's payload is a field.
fn custom(record: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let payload = record.getattr(intern!(record.py(), "payload"))?;
    if payload.is_none() {
        return Ok(());
    }
    let map = payload.cast::<PyDict>().map_err(|_| {
        let text = format!("{} is {}, not a map", shown(&payload), kind(&payload));
        Refusal::value(text, "Give a dict").placed("payload", "payload")
    })?;
    for (key, given) in value::pairs(map) {
        let name = text_key(&key)
            .and_then(|key| utf8(key))
            .map_err(|refusal| refusal.placed("payload", "payload"))?;
        writer.field(name)?;
        value::write(&given, writer).map_err(|refusal| refusal.placed(name, &writer.path()))?;
    }
    Ok(())
}
