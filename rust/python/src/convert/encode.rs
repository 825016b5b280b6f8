//! Plain Python values as canonical DAG-CBOR, without the conversions and reserved forms of
//! records: what `lineseal.codec.encode` makes.

use super::link::Link;
use super::refusal::{Convert, Refusal};
use super::value::{integer, kind, pairs, shown, text_key, utf8};
use lineseal_core::cbor::Builder;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Writes exactly one value.
pub fn write(value: &Bound<'_, PyAny>, builder: &mut Builder) -> Convert<()> {
    if value.is_none() {
        builder.null()?;
    } else if let Ok(flag) = value.cast::<PyBool>() {
        builder.bool(flag.is_true())?;
    } else if value.is_instance_of::<PyInt>() {
        builder.int(integer(value)?)?;
    } else if let Ok(float) = value.cast::<PyFloat>() {
        builder.float(float.value())?;
    } else if let Ok(text) = value.cast::<PyString>() {
        builder.text(utf8(text)?)?;
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        builder.bytes_value(bytes.as_bytes())?;
    } else if let Ok(link) = value.cast::<Link>() {
        builder.link(link.get().0)?;
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        list(value, builder)?;
    } else if let Ok(map) = value.cast::<PyDict>() {
        mapping(map, builder)?;
    } else {
        let text = format!("{} has no encoding (type {})", shown(value), kind(value));
        let remedy = "DAG-CBOR has None, bool, int, float, str, bytes, list, dict and Link";
        return Err(Refusal::value(text, remedy));
    }
    Ok(())
}

fn list(items: &Bound<'_, PyAny>, builder: &mut Builder) -> Convert<()> {
    builder.begin_list()?;
    for item in items.try_iter()? {
        write(&item?, builder)?;
    }
    Ok(builder.end_list()?)
}

fn mapping(map: &Bound<'_, PyDict>, builder: &mut Builder) -> Convert<()> {
    builder.begin_map()?;
    for (key, value) in pairs(map) {
        builder.key(utf8(text_key(&key)?)?)?;
        write(&value, builder)?;
    }
    Ok(builder.end_map()?)
}
