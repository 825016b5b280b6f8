//! NumPy arrays as tensors, NumPy scalars as scalars, and `lineseal.Tensor` back again. NumPy is
//! recognised when someone else has loaded it, and spoken to through its own methods.

use super::known;
use super::refusal::{Convert, Refusal};
use super::value::{kind, shown};
use lineseal_core::event::Writer;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// Writes an array, scalar or tensor; false when `value` is none of them.
pub fn write(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<bool> {
    if known::NP_ARRAY.has(value)? {
        if known::NP_MASKED.has(value)? {
            return Err(Refusal::value(
                "a masked array has values that are not there",
                "Give array.filled(…), and the mask as a second array",
            ));
        }
        array(value, writer)?;
    } else if known::NP_SCALAR.has(value)? {
        scalar(value, writer)?;
    } else if known::TENSOR.has(value)? {
        tensor(
            &value.getattr("dtype")?,
            &value.getattr("shape")?,
            &value.getattr("data")?,
            writer,
        )?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Copies in C order and little-endian, whatever the array's strides and byte order are.
fn array(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let dtype = value.getattr("dtype")?;
    let name = dtype.getattr("name")?;
    let letter: String = dtype.getattr("kind")?.extract()?;
    if !matches!(letter.as_str(), "b" | "i" | "u" | "f" | "c") {
        return Err(Refusal::value(
            format!("an array of {} is no tensor", name.str()?.to_string_lossy()),
            "Give array.tolist(), or convert it to numbers first",
        ));
    }
    let little = dtype.call_method1("newbyteorder", ("<",))?;
    let plain =
        if dtype.eq(&little)? { value.clone() } else { value.call_method1("astype", (little,))? };
    tensor(&name, &value.getattr("shape")?, &plain.call_method0("tobytes")?, writer)
}

fn tensor(
    dtype: &Bound<'_, PyAny>,
    shape: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
    writer: &mut Writer,
) -> Convert<()> {
    let dtype = dtype.cast::<PyString>().map_err(PyErr::from)?;
    let data = data.cast::<PyBytes>().map_err(PyErr::from)?;
    let shape: Vec<u64> = shape.extract()?;
    writer.tensor(super::value::utf8(dtype)?, &shape, data.as_bytes())?;
    Ok(())
}

fn scalar(value: &Bound<'_, PyAny>, writer: &mut Writer) -> Convert<()> {
    let dtype = value.getattr("dtype")?;
    let letter: String = dtype.getattr("kind")?.extract()?;
    let width: usize = dtype.getattr("itemsize")?.extract()?;
    let plain = || value.call_method0("item");
    match letter.as_str() {
        "b" => writer.bool(plain()?.extract()?)?,
        "i" | "u" => writer.int(super::value::integer(&plain()?)?)?,
        "f" if width <= 8 => writer.float(plain()?.extract()?)?,
        _ => {
            let remedy = match letter.as_str() {
                "M" => "Give an aware datetime",
                "m" => "Give a number and say its unit in the key",
                "c" => "Make it an array: numpy.asarray(value)",
                "f" => "Give float(value), which may round it",
                _ => "Give value.item()",
            };
            let text = format!("{} has no place in an event (type {})", shown(value), kind(value));
            return Err(Refusal::value(text, remedy));
        }
    }
    Ok(())
}
