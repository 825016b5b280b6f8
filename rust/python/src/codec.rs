//! `lineseal.codec`: strict DAG-CBOR.

use crate::convert::decode::{Forms, Stop, read};
use crate::convert::encode;
use crate::convert::refusal::Refusal;
use crate::error::{Raise, raise};
use lineseal_core::cbor::{Builder, Reader};
use lineseal_core::cid::Cid;
use lineseal_core::hash::Hash;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The canonical bytes of a plain value.
#[pyfunction]
pub fn encode_value<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = value.py();
    let mut builder = Builder::new();
    encode::write(value, &mut builder).map_err(|refusal| match refusal {
        Refusal::Value(message, remedy) => raise(py, &builder.refuse(message).remedy(remedy)),
        other => other.into_py(py, None),
    })?;
    Ok(PyBytes::new(py, builder.finish().or_raise(py)?))
}

/// The value that a block encodes; refuses all that is not canonical.
#[pyfunction]
pub fn decode_value<'py>(py: Python<'py>, block: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    decode(py, block, Forms::Keep)
}

/// Text of the CIDv1 (dag-cbor, sha2-256) of a block.
#[pyfunction]
pub fn block_cid(block: &[u8]) -> String {
    Cid::event(Hash::of(block)).to_string()
}

/// Text of the CIDv1 of the event with this hash.
#[pyfunction]
pub fn hash_cid(py: Python<'_>, hash: &str) -> PyResult<String> {
    Ok(Cid::event(hash.parse().or_raise(py)?).to_string())
}

/// Reads the one item that `block` is.
pub fn decode<'py>(py: Python<'py>, block: &[u8], forms: Forms) -> PyResult<Bound<'py, PyAny>> {
    let mut reader = Reader::new(block);
    let value = reader.begin().map_err(Stop::from).and_then(|()| read(py, &mut reader, forms));
    let whole = value.and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    whole.map_err(|stop| match stop {
        Stop::Python(error) => error,
        Stop::Fault(fault) => raise(py, &fault.explain(block)),
    })
}
