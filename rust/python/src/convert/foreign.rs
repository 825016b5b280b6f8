//! Values of the standard library that have one meaning as an event's value, and the advice for
//! those that have none or several.

use super::link::Link;
use super::refusal::{Convert, Refusal};
use super::unset::Unset;
use super::value::{self, kind, shown};
use super::{known, time};
use crate::receipt::Receipt;
use lineseal_core::event::Writer;
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFrozenSet, PySet, PyString, PyType};

/// Writes exactly one value, or refuses it.
pub fn write(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    if let Ok(link) = value.cast::<Link>() {
        writer.link(link.get().0)?;
    } else if known::DATETIME.has(value)? {
        writer.text(&time::text(value)?)?;
    } else if known::DATE.has(value)? {
        text(&value.call_method0("isoformat")?, writer)?;
    } else if known::PURE_PATH.has(value)? {
        text(value.str()?.as_any(), writer)?;
    } else if known::RECORD.has(value)? {
        return Err(Refusal::value(
            format!("a {} is not a value", kind(value)),
            "Name it in parents; it must stand earlier in the same call",
        ));
    } else if is_dataclass(value)? {
        dataclass(value, writer)?;
    } else {
        return Err(refuse(value)?);
    }
    Ok(())
}

fn text(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let text = value.cast::<PyString>().map_err(PyErr::from)?;
    writer.text(value::utf8(text)?)?;
    Ok(())
}

fn is_dataclass(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(!value.is_instance_of::<PyType>()
        && value.get_type().getattr_opt("__dataclass_fields__")?.is_some())
}

/// Its fields as a map.
fn dataclass(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let fields = value.py().import("dataclasses")?.call_method1("fields", (value,))?;
    writer.begin_map()?;
    for field in fields.try_iter()? {
        let name = field?.getattr("name")?.cast_into::<PyString>().map_err(PyErr::from)?;
        writer.key(value::utf8(&name)?)?;
        value::write(&value.getattr(&name)?, writer)?;
    }
    writer.end_map()?;
    Ok(())
}

fn refuse(value: &Bound<'_, PyAny>) -> PyResult<Refusal> {
    let remedy = remedy(value)?;
    Ok(Refusal::value(
        format!("{} has no place in an event (type {})", shown(value), kind(value)),
        remedy,
    ))
}

fn remedy(value: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    if value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>() {
        return Ok("A set has no order: give sorted(value), a list");
    }
    if value.is_instance_of::<Unset>() {
        return Ok("Leave the value out, or give None");
    }
    if value.is_instance_of::<Receipt>() || known::EVENT.has(value)? {
        return Ok("Name the event in parents, or give its .hash as text");
    }
    if value.is_instance_of::<PyComplex>() {
        return Ok("Give [value.real, value.imag], or a complex NumPy array");
    }
    for (class, advice) in [
        (&known::DECIMAL, "Give str(value) to keep it exact, or float(value)"),
        (&known::FRACTION, "Give [value.numerator, value.denominator], or float(value)"),
        (
            &known::TIMEDELTA,
            "Give a number and say its unit in the key, like value.total_seconds()",
        ),
        (&known::TIME, "Give value.isoformat(), or an aware datetime"),
        (&known::UUID, "Give str(value)"),
        (&known::CTYPES_DATA, "Give value.value"),
        (&known::ABC_MAPPING, "Give dict(value)"),
        (&known::ABC_SEQUENCE, "Give list(value)"),
    ] {
        if class.has(value)? {
            return Ok(advice);
        }
    }
    let module = value.get_type().module()?.to_string_lossy().into_owned();
    Ok(match module.split('.').next().unwrap_or_default() {
        "pandas" => {
            "Give its values: series.to_numpy(), frame.to_dict('list'), or None for missing"
        }
        "torch" | "jax" | "jaxlib" | "tensorflow" => {
            "Give a NumPy array, for example tensor.numpy()"
        }
        _ => {
            "Give None, bool, int, float, str, bytes, list, dict, datetime, a dataclass or a NumPy array"
        }
    })
}
