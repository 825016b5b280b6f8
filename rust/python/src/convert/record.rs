//! One record object into one block. Which attributes a class has is read from the core's table
//! once a call; attributes are fetched by interned name.

use super::batch::Context;
use super::refusal::{Convert, Refusal};
use super::unset::unset;
use super::value::{kind, shown, text_key, utf8};
use super::{known, parents, time, value};
use lineseal_core::event::schema::{self, Field, Kind};
use lineseal_core::event::writer::Writer;
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
        let name: Option<String> = record.get_type().getattr(intern!(py, "type_name"))?.extract()?;
        let fields = match name.as_deref().map(schema::record_type) {
            None => Vec::new(),
            Some(Some(of)) => of.fields.iter().map(|f| (PyString::intern(py, f.name), f)).collect(),
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
            return custom(record, writer).map_err(|refusal| refusal.under("payload"));
        }
        for (name, field) in &self.fields {
            let given = record.getattr(name)?;
            if !absent(&given, field)? {
                writer.field(field.name)?;
                one(&given, field, writer)
                    .map_err(|refusal| refusal.under(field.name).under("payload"))?;
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
        let micros = time::micros(&moment).map_err(|refusal| refusal.under("time"))?;
        let micros = i64::try_from(micros).map_err(|_| {
            let text = format!("{micros} lies outside -2^63 … 2^63-1");
            Refusal::value(text, "Give microseconds since 1970-01-01 UTC").under("time")
        })?;
        writer.time(micros);
    }
    let actor = record.getattr(intern!(py, "actor"))?;
    if !actor.is_none() {
        let name = actor.cast::<PyString>().map_err(|_| {
            let text = format!("{} is {}, not text", shown(&actor), kind(&actor));
            Refusal::value(text, "Give a str that says who recorded it").under("actor")
        })?;
        writer.actor(utf8(name).map_err(|refusal| refusal.under("actor"))?);
    }
    parents::write(&record.getattr(intern!(py, "parents"))?, context, writer)
        .map_err(|refusal| refusal.under("parents"))
}

fn begin_custom(record: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let name = record.getattr(intern!(record.py(), "type"))?;
    let text = name.cast::<PyString>().map_err(|_| {
        let text = format!("{} is {}, not text", shown(&name), kind(&name));
        Refusal::value(text, "Give a type like 'acme/labelling'").under("type")
    })?;
    writer.begin(utf8(text).map_err(|refusal| refusal.under("type"))?)?;
    Ok(())
}

/// Every key of a custom record's payload is a field.
fn custom(record: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let payload = record.getattr(intern!(record.py(), "payload"))?;
    let map = payload.cast::<PyDict>().map_err(|_| {
        Refusal::value(
            format!("{} is {}, not a map", shown(&payload), kind(&payload)),
            "Give a dict",
        )
    })?;
    for (key, given) in value::pairs(map) {
        let key = text_key(&key)?;
        let name = utf8(key)?;
        writer.field(name)?;
        value::write(&given, writer).map_err(|refusal| refusal.under(name))?;
    }
    Ok(())
}
