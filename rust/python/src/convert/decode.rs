//! Canonical DAG-CBOR as Python values: as it stands, or with the reserved forms of event values
//! taken out (NaN and infinities as floats, tensors as `lineseal.Tensor`).

use super::link::Link;
use lineseal_core::cbor::{Fault, Items, Keys, Reader, Token};
use lineseal_core::event::is_form;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyFloat, PyList, PyTuple};

/// Whether reserved forms are taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    Keep,
    Open,
}

/// Why reading stopped.
pub enum Stop {
    Fault(Fault),
    Python(PyErr),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl From<PyErr> for Stop {
    fn from(error: PyErr) -> Self {
        Stop::Python(error)
    }
}

/// The next item of `reader`.
pub fn read<'py>(
    py: Python<'py>,
    reader: &mut Reader<'_>,
    forms: Forms,
) -> Result<Bound<'py, PyAny>, Stop> {
    let start = *reader;
    Ok(match reader.token()? {
        Token::Null => py.None().into_bound(py),
        Token::Bool(value) => value.into_pyobject(py).map_err(PyErr::from)?.to_owned().into_any(),
        Token::Uint(value) => value.into_pyobject(py).map_err(PyErr::from)?.into_any(),
        Token::Nint(value) => value.into_pyobject(py).map_err(PyErr::from)?.into_any(),
        Token::Float(value) => PyFloat::new(py, value).into_any(),
        Token::Text(value) => value.into_pyobject(py).map_err(PyErr::from)?.into_any(),
        Token::Bytes(value) => PyBytes::new(py, value).into_any(),
        Token::Link(cid) => Bound::new(py, Link(cid))?.into_any(),
        Token::List(items) => list(py, reader, items, forms)?,
        Token::Map(keys) => map(py, start, reader, keys, forms)?,
    })
}

fn list<'py>(
    py: Python<'py>,
    reader: &mut Reader<'_>,
    mut items: Items,
    forms: Forms,
) -> Result<Bound<'py, PyAny>, Stop> {
    let list = PyList::empty(py);
    while items.next(reader) {
        list.append(read(py, reader, forms)?)?;
    }
    Ok(list.into_any())
}

fn map<'py, 'a>(
    py: Python<'py>,
    start: Reader<'a>,
    reader: &mut Reader<'a>,
    mut keys: Keys<'a>,
    forms: Forms,
) -> Result<Bound<'py, PyAny>, Stop> {
    let dict = PyDict::new(py);
    let mut reserved = None;
    while let Some(key) = keys.next(reader)? {
        let value = read(py, reader, forms)?;
        if key.starts_with("lineseal:") {
            reserved = Some((key, value.clone()));
        }
        dict.set_item(key, value)?;
    }
    match reserved {
        Some((key, value)) if forms == Forms::Open && is_form(start) => {
            Ok(open(py, key, &value)?.unwrap_or_else(|| dict.into_any()))
        }
        _ => Ok(dict.into_any()),
    }
}

/// What a reserved form stands for; `None` when it is left as a map.
fn open<'py>(
    py: Python<'py>,
    key: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if key == "lineseal:float" {
        let float = match value.extract::<String>().as_deref() {
            Ok("NaN") => f64::NAN,
            Ok("Infinity") => f64::INFINITY,
            Ok("-Infinity") => f64::NEG_INFINITY,
            _ => return Ok(None),
        };
        return Ok(Some(PyFloat::new(py, float).into_any()));
    }
    match value.cast::<PyDict>() {
        Ok(parts) if key == "lineseal:tensor" => tensor(py, parts).map(Some),
        _ => Ok(None),
    }
}

fn tensor<'py>(py: Python<'py>, parts: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    static TENSOR: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = TENSOR.get_or_try_init(py, || {
        py.import("lineseal.tensor")?.getattr("Tensor").map(Bound::unbind)
    })?;
    let part = |name| parts.as_any().get_item(name);
    let shape = part(intern!(py, "shape"))?.cast_into::<PyList>()?;
    let shape = PyTuple::new(py, shape.iter())?;
    class.bind(py).call1((part(intern!(py, "dtype"))?, shape, part(intern!(py, "data"))?))
}
