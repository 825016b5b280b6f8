//! A Python value into the writer. The common types are recognised by pointer; what is left goes
//! to `foreign`. The GIL is held throughout, and mutable buffers are copied.

use super::array;
use super::foreign;
use super::refusal::{Convert, Refusal};
use lineseal_core::event::Writer;
use lineseal_core::limits::MAX_DEPTH;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMemoryView, PyString, PyTuple,
};

/// Writes exactly one value.
pub fn write(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        writer.text(utf8(text)?)?;
    } else if let Ok(float) = value.cast_exact::<PyFloat>() {
        writer.float(float.value())?;
    } else if value.is_exact_instance_of::<PyInt>() {
        writer.int(integer(value)?)?;
    } else if let Ok(list) = value.cast_exact::<PyList>() {
        sequence(list.iter(), writer)?;
    } else if let Ok(map) = value.cast_exact::<PyDict>() {
        mapping(map, writer)?;
    } else if value.is_none() {
        writer.null()?;
    } else if let Ok(flag) = value.cast_exact::<PyBool>() {
        writer.bool(flag.is_true())?;
    } else if let Ok(tuple) = value.cast_exact::<PyTuple>() {
        sequence(tuple.iter(), writer)?;
    } else if let Ok(bytes) = value.cast_exact::<PyBytes>() {
        writer.bytes(bytes.as_bytes())?;
    } else {
        other(value, writer)?;
    }
    Ok(())
}

/// Subclasses of the common types, and everything else.
fn other(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    // Before int and str, whose subclasses enum members may be.
    if super::known::ENUM.has(value)? {
        return member(value, writer);
    }
    if let Ok(text) = value.cast::<PyString>() {
        writer.text(utf8(text)?)?;
    } else if let Ok(float) = value.cast::<PyFloat>() {
        writer.float(float.value())?;
    } else if value.is_instance_of::<PyInt>() {
        writer.int(integer(value)?)?;
    } else if let Ok(list) = value.cast::<PyList>() {
        sequence(list.iter(), writer)?;
    } else if let Ok(map) = value.cast::<PyDict>() {
        mapping(map, writer)?;
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        sequence(tuple.iter(), writer)?;
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        writer.bytes(bytes.as_bytes())?;
    } else if let Ok(bytes) = value.cast::<PyByteArray>() {
        writer.bytes(&bytes.to_vec())?;
    } else if value.is_instance_of::<PyMemoryView>() {
        let bytes = value.call_method0("tobytes")?;
        writer.bytes(bytes.cast::<PyBytes>().map_err(PyErr::from)?.as_bytes())?;
    } else if !array::write(value, writer)? {
        foreign::write(value, writer)?;
    }
    Ok(())
}

/// An enum member as its value, which may be a member again, but not without end.
fn member(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let mut inner = value.getattr("value")?;
    for _ in 0..MAX_DEPTH {
        if !super::known::ENUM.has(&inner)? {
            return write(&inner, writer);
        }
        inner = inner.getattr("value")?;
    }
    Err(Refusal::value("an enum member is its own value", "Give a plain value"))
}

fn sequence<'py>(
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    writer: &mut Writer,
) -> Convert<()> {
    writer.begin_list()?;
    for item in items {
        write(&item, writer)?;
    }
    writer.end_list()?;
    Ok(())
}

/// A dict, or a subclass of it.
pub fn mapping(map: &Bound<'_, PyDict>, writer: &mut Writer) -> Convert<()> {
    writer.begin_map()?;
    for (key, value) in pairs(map) {
        writer.key(utf8(text_key(&key)?)?)?;
        write(&value, writer)?;
    }
    writer.end_map()?;
    Ok(())
}

/// The items as they are now: converting a value may run Python code that changes the dict, which
/// must not happen while it is walked.
pub fn pairs<'py>(map: &Bound<'py, PyDict>) -> Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    map.iter().collect()
}

/// A key of a map, which must be text.
pub fn text_key<'a, 'py>(key: &'a Bound<'py, PyAny>) -> Convert<&'a Bound<'py, PyString>> {
    key.cast::<PyString>().map_err(|_| {
        Refusal::value(
            format!("the key {} is {}, not text", shown(key), kind(key)),
            "Use str keys, for example str(key)",
        )
    })
}

/// The text's UTF-8, which Python keeps beside it.
pub fn utf8<'a>(text: &'a Bound<'_, PyString>) -> Convert<&'a str> {
    text.to_str().map_err(|_| {
        Refusal::value(
            format!("the text {} holds a lone surrogate, which UTF-8 cannot encode", shown(text)),
            "Decode it properly, or replace it with text.encode('utf-8', 'replace').decode()",
        )
    })
}

/// An int of any size that the event format has; bool is not asked here.
pub fn integer(value: &Bound<'_, PyAny>) -> Convert<i128> {
    if let Ok(small) = value.extract::<i64>() {
        return Ok(small.into());
    }
    value.extract::<u64>().map(i128::from).map_err(|_| {
        Refusal::value(
            format!("the integer {} lies outside -2^63 … 2^64-1", shown(value)),
            "Give it as text or bytes",
        )
    })
}

/// `repr` for messages, cut short; never fails.
pub fn shown(value: &Bound<'_, PyAny>) -> String {
    let text = match value.repr() {
        Ok(text) => text.to_string_lossy().into_owned(),
        Err(_) => return format!("<{}>", kind(value)),
    };
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

/// The type's name for messages.
pub fn kind(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string_lossy().into_owned())
}
