//! What a call was given for a field, kept until its rows are written: Arrow's arrays as they lie,
//! copies of NumPy's, Python objects as finished items. May use arrow, ffi, convert.

use super::arrow;
use super::ffi::Imported;
use crate::convert::refusal::{Convert, Refusal};
use crate::convert::value::{self, kind, shown, text_key, utf8};
use crate::convert::{hashes, known, time};
use lineseal_columns::{
    Chunks, Column, Level, Member, Number, Same, Table, Tensor, Values, refusal,
};
use lineseal_core::cbor::short;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{Cell, Each, Writer, items};
use lineseal_core::hash::Hash;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use std::sync::Arc;

/// A field's values.
pub enum Held {
    Arrow(Arc<Imported>),
    /// One column of a table.
    Part(Arc<Imported>, usize),
    Array {
        dtype: String,
        shape: Vec<usize>,
        data: PyBackedBytes,
    },
    /// Finished items, and where each ends.
    Items(Vec<u64>, Vec<u8>),
    /// Points in time, in microseconds since 1970 UTC.
    Moments(Vec<i64>),
    /// The one item of all rows.
    Same(Vec<u8>),
    Table(Vec<(String, Held)>),
}

impl Held {
    /// Takes hold of `given` for the field at `path`: the field, then keys of maps.
    pub fn of(given: &Bound<'_, PyAny>, path: &[&str]) -> Convert<Held> {
        if let Ok(map) = given.cast::<PyDict>() {
            return table(map, path);
        }
        if known::NP_ARRAY.has(given)? {
            return array(given, path);
        }
        if let Some(imported) = Imported::of(given)? {
            return Ok(Held::Arrow(Arc::new(imported)));
        }
        if given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>() {
            return objects(given, path);
        }
        let plain = given.is_none()
            || given.is_instance_of::<PyString>()
            || given.is_instance_of::<PyBool>()
            || given.is_instance_of::<PyInt>()
            || given.is_instance_of::<PyFloat>();
        if plain {
            return Ok(Held::Same(item(given, path)?));
        }
        Err(Refusal::value(
            format!("{} is no column (type {})", shown(given), kind(given)),
            "Give an Arrow, Polars or pandas table or column, a NumPy array, a list, or a dict of them",
        ))
    }

    /// Takes hold of points in time.
    pub fn of_moments(given: &Bound<'_, PyAny>) -> Convert<Held> {
        let listed = given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>();
        let objects = known::NP_ARRAY.has(given)?
            && given.getattr("dtype")?.getattr("kind")?.extract::<char>()? == 'O';
        if !listed && !objects {
            return Held::of(given, &["time"]);
        }
        let one = |(row, moment): (usize, PyResult<Bound<'_, PyAny>>)| {
            time::fitting(&moment?).map_err(|refusal| at_row(refusal.placed("time", "time"), row))
        };
        given.try_iter()?.enumerate().map(one).collect::<Convert<_>>().map(Held::Moments)
    }

    /// How many rows it has; none where any number will do.
    pub fn len(&self) -> Result<Option<usize>> {
        Ok(match self {
            Held::Arrow(imported) | Held::Part(imported, _) => {
                let mut len = 0;
                for array in imported.arrays() {
                    len += array.len()?;
                }
                Some(len)
            }
            Held::Array { shape, .. } => shape.first().copied(),
            Held::Items(ends, _) => Some(ends.len()),
            Held::Moments(micros) => Some(micros.len()),
            Held::Same(_) => None,
            Held::Table(columns) => {
                let mut first = None;
                for (name, column) in columns {
                    let Some(len) = column.len()? else { continue };
                    match first {
                        None => first = Some((name, len)),
                        Some((_, other)) if other == len => {}
                        Some((before, other)) => {
                            return Err(lengths(before, other, name, len));
                        }
                    }
                }
                first.map(|(_, len)| len)
            }
        })
    }

    /// Its values, a row at a time.
    pub fn cell(&self) -> Result<Box<dyn Cell + '_>> {
        Ok(match self {
            Held::Arrow(_) | Held::Part(..) | Held::Array { .. } | Held::Items(..) => {
                Box::new(self.chunks()?)
            }
            Held::Moments(_) => Box::new(self.chunks()?),
            Held::Same(item) => Box::new(Same(item)),
            Held::Table(columns) => {
                let members = columns.iter().map(|(name, column)| {
                    column.cell().map(|cell| Member::new(name.clone(), cell))
                });
                Box::new(Table::new(members.collect::<Result<_>>()?)?)
            }
        })
    }

    /// Its values as points in time.
    pub fn moments(&self) -> Result<Each<'_, i64>> {
        if let Held::Moments(micros) = self {
            return Ok(Box::new(|row| {
                micros.get(row).copied().ok_or_else(|| refusal("the row has no time", "Give it"))
            }));
        }
        let chunks = self.chunks()?;
        Ok(Box::new(move |row| chunks.micros(row)))
    }

    /// Takes the column of that name out of a table.
    pub fn take(&mut self, name: &str) -> Result<Held> {
        if let Held::Arrow(imported) = self
            && let Some(names) = arrow::names(imported)
        {
            let part = |(place, name)| (name, Held::Part(imported.clone(), place));
            *self = Held::Table(names.into_iter().enumerate().map(part).collect());
        }
        let Held::Table(columns) = self else {
            return Err(unknown(name, "inputs is a single column"));
        };
        match columns.iter().position(|(other, _)| other == name) {
            Some(place) if columns.iter().filter(|(other, _)| other == name).count() == 1 => {
                Ok(columns.remove(place).1)
            }
            Some(_) => Err(unknown(name, "two are called so")),
            None => {
                let names: Vec<_> = columns.iter().map(|(name, _)| short(name)).take(20).collect();
                Err(unknown(name, &format!("there are {}", names.join(", "))))
            }
        }
    }

    /// Its values as names of events: 32 bytes, 64 hex digits or CIDs.
    pub fn hashes(&self) -> Result<Each<'_, Hash>> {
        let chunks = self.chunks()?;
        Ok(Box::new(move |row| match chunks.piece(row) {
            Some((bytes, false)) => bytes.try_into().map(Hash).map_err(|_| no_name()),
            Some((text, true)) => {
                std::str::from_utf8(text).ok().and_then(hashes::full).ok_or_else(no_name)
            }
            None => Err(no_name()),
        }))
    }

    fn chunks(&self) -> Result<Chunks<'_>> {
        match self {
            Held::Arrow(imported) => arrow::chunks(imported),
            Held::Part(imported, place) => arrow::part(imported, *place),
            Held::Array { dtype, shape, data } => Ok(Chunks::new([numpy(dtype, shape, data)?])),
            Held::Items(ends, bytes) => Ok(Chunks::new([Column {
                len: ends.len(),
                offset: 0,
                validity: None,
                values: Values::Items(ends, bytes),
            }])),
            Held::Same(_) | Held::Table(_) | Held::Moments(_) => {
                Err(Error::new(Code::InvalidArgument, "a single column is wanted here")
                    .remedy("Give one column"))
            }
        }
    }
}

#[cold]
fn unknown(name: &str, why: &str) -> Error {
    let message = format!("inputs has no column {} to name: {why}", short(name));
    Error::new(Code::InvalidArgument, message)
        .remedy("Name a column of inputs, each once, or give the column itself")
}

fn no_name() -> Error {
    refusal(
        "the row names no parent",
        "A column of parents holds full hashes as 64 hex digits or 32 bytes, or CIDs, in every row",
    )
}

/// Columns of different lengths.
pub fn lengths(one: &str, of: usize, other: &str, with: usize) -> Error {
    Error::new(Code::InvalidArgument, format!("{one} has {of} rows, and {other} has {with}"))
        .remedy("Give columns of one length")
}

fn table(map: &Bound<'_, PyDict>, path: &[&str]) -> Convert<Held> {
    let mut columns = Vec::with_capacity(map.len());
    for (key, given) in value::pairs(map) {
        let name = utf8(text_key(&key)?)?.to_owned();
        let inner: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        let held = Held::of(&given, &inner).map_err(|refusal| {
            refusal.placed(path.first().copied().unwrap_or_default(), &said(&inner))
        })?;
        columns.push((name, held));
    }
    Ok(Held::Table(columns))
}

/// A place as error paths have it.
pub fn said(path: &[&str]) -> String {
    let mut text = String::from("payload");
    path.iter().for_each(|key| lineseal_core::cbor::push_key(&mut text, key));
    text
}

/// An array of numbers is copied, since its owner may change it; others are lists of objects.
fn array(given: &Bound<'_, PyAny>, path: &[&str]) -> Convert<Held> {
    if known::NP_MASKED.has(given)? {
        return Err(Refusal::value(
            "a masked array has values that are not there",
            "Give array.filled(…), and the mask as a second column",
        ));
    }
    let dtype = given.getattr("dtype")?;
    let letter: String = dtype.getattr("kind")?.extract()?;
    let shape: Vec<usize> = given.getattr("shape")?.extract()?;
    if shape.is_empty() {
        return Err(Refusal::value(
            "an array without dimensions has no rows",
            "Give one with rows",
        ));
    }
    let name: String = dtype.getattr("name")?.extract()?;
    match letter.as_str() {
        "b" | "i" | "u" | "f" | "c" => {
            let native = dtype.call_method1("newbyteorder", ("=",))?;
            let plain = given.call_method1("astype", (native,))?;
            let data = plain.call_method0("tobytes")?;
            let data = PyBackedBytes::from(data.cast_into::<PyBytes>().map_err(PyErr::from)?);
            Ok(Held::Array { dtype: name, shape, data })
        }
        "M" => Err(Refusal::value(
            "datetime64 has no time zone",
            "Give aware datetimes, or an Arrow or pandas column of timestamps with a zone",
        )),
        "O" | "U" | "S" | "T" => objects(&given.call_method0("tolist")?, path),
        _ => Err(Refusal::value(
            format!("an array of {name} has no place in an event"),
            "Convert it to numbers or texts first",
        )),
    }
}

/// Python objects, one a row, through the conversions of records.
fn objects(given: &Bound<'_, PyAny>, path: &[&str]) -> Convert<Held> {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    let mut writer = Writer::new();
    for (row, object) in given.try_iter()?.enumerate() {
        let object = object?;
        let write = |writer: &mut Writer| value::write(&object, writer);
        one(path, &mut writer, &mut bytes, write).map_err(|refusal| at_row(refusal, row))?;
        ends.push(bytes.len() as u64);
    }
    Ok(Held::Items(ends, bytes))
}

fn at_row(refusal: Refusal, row: usize) -> Refusal {
    match refusal {
        Refusal::Core(error) => Refusal::Core(error.in_row(row)),
        other => other,
    }
}

/// The finished item of an object at its place in an event.
fn item(given: &Bound<'_, PyAny>, path: &[&str]) -> Convert<Vec<u8>> {
    let mut bytes = Vec::new();
    one(path, &mut Writer::new(), &mut bytes, |writer| value::write(given, writer))?;
    Ok(bytes)
}

/// Has the writer write one value where it will stand, so that it is held against the same rules,
/// and appends the value's item.
fn one(
    path: &[&str],
    writer: &mut Writer,
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Writer) -> Convert<()>,
) -> Convert<()> {
    let (field, keys) = path.split_first().map_or(("", path), |(field, keys)| (*field, keys));
    // Of a type whose fields may hold anything: what the field asks for is asked later.
    writer.begin("column/value")?;
    writer.field(field)?;
    let mut head = 0;
    for key in keys {
        writer.begin_map()?;
        writer.key(key)?;
        let mut encoded = Vec::new();
        items::text(&mut encoded, key);
        head += 1 + encoded.len();
    }
    write(writer).map_err(|refusal| refusal.placed(field, &writer.path()))?;
    keys.iter().try_for_each(|_| writer.end_map())?;
    match writer.value() {
        Some(item) => out.extend_from_slice(item.get(head..).unwrap_or_default()),
        None => items::null(out),
    }
    Ok(())
}

fn numpy<'a>(dtype: &str, shape: &[usize], data: &'a [u8]) -> Result<Column<'a>> {
    let (rows, inner) = shape.split_first().map_or((0, shape), |(rows, inner)| (*rows, inner));
    let number = number(dtype);
    let values = match (inner.is_empty(), number) {
        (true, Some(number)) => Values::Number(number, data),
        (true, None) if dtype == "bool" => Values::ByteBool(data),
        (true, None) => Values::Refused(
            format!("a {dtype} has no place in an event"),
            "Give its real and imaginary part, or a float64 array",
        ),
        (false, _) => {
            let (dtype, width) = match (dtype, number) {
                (_, Some(number)) => (number.dtype(), number.width()),
                ("bool", _) => ("bool", 1),
                ("complex64", _) => ("complex64", 8),
                ("complex128", _) => ("complex128", 16),
                _ => {
                    let what = format!("an array of {dtype} is no tensor");
                    return Ok(Column {
                        len: rows,
                        offset: 0,
                        validity: None,
                        values: Values::Refused(what, "Convert it to float64 first"),
                    });
                }
            };
            let levels = inner.iter().map(|&size| Level { size, offset: 0, validity: None });
            Values::Tensor(Tensor {
                dtype,
                shape: inner.iter().map(|&size| size as u64).collect(),
                width,
                data,
                levels: levels.collect(),
            })
        }
    };
    Ok(Column { len: rows, offset: 0, validity: None, values })
}

fn number(dtype: &str) -> Option<Number> {
    use Number::{F16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    let all = [I8, I16, I32, I64, U8, U16, U32, U64, F16, F32, F64];
    all.into_iter().find(|number| number.dtype() == dtype)
}
