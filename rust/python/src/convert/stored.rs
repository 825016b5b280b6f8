//! Stored events on their way out: as plain tuples, of which `lineseal.event` makes events, and
//! what their blocks say, read when first asked.

use super::decode::{Forms, Stop, read};
use crate::error::{Raise, raise};
use lineseal_core::cbor::Reader;
use lineseal_core::event::{Level, check};
use lineseal_core::ledger::Stored;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

/// hash, index, block, recorded_at (µs)
pub type StoredRow<'py> = (String, u64, Bound<'py, PyBytes>, i64);

/// An event's content.
pub fn row(py: Python<'_>, stored: Stored) -> StoredRow<'_> {
    let block = PyBytes::new(py, &stored.block);
    (stored.hash.to_string(), stored.index, block, stored.recorded_at)
}

/// Several of them.
pub fn rows(py: Python<'_>, stored: Vec<Stored>) -> Vec<StoredRow<'_>> {
    stored.into_iter().map(|stored| row(py, stored)).collect()
}

/// version, type, time (µs), actor, parents, roles (aligned)
type EventRow<'py> =
    (u64, String, Option<i64>, Option<String>, Bound<'py, PyTuple>, Bound<'py, PyTuple>);

/// What an event's block says beside its payload. Newer versions are read as far as this one
/// understands them.
#[pyfunction]
pub fn read_event<'py>(py: Python<'py>, block: &[u8]) -> PyResult<EventRow<'py>> {
    let view = check(block, Level::Frame).or_raise(py)?;
    let parents: Vec<String> = view.parents().map(|hash| hash.to_string()).collect();
    let roles: Vec<&str> = view.roles().collect();
    Ok((
        view.version(),
        view.type_name().to_owned(),
        view.time(),
        view.actor().map(str::to_owned),
        PyTuple::new(py, parents)?,
        PyTuple::new(py, roles)?,
    ))
}

/// The payload of an event's block, reserved forms taken out; of a newer version, where it has
/// none, an empty map.
#[pyfunction]
pub fn read_payload<'py>(py: Python<'py>, block: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let view = check(block, Level::Frame).or_raise(py)?;
    if view.payload().is_empty() {
        return Ok(PyDict::new(py).into_any());
    }
    let mut reader = Reader::new(view.payload());
    read(py, &mut reader, Forms::Open).map_err(|stop| match stop {
        Stop::Python(error) => error,
        Stop::Fault(fault) => raise(py, &fault.explain(view.payload())),
    })
}
