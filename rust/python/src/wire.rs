//! The service's hot path: request bytes in, response bytes out.

use crate::control::{self, Control};
use crate::error::Raise;
use crate::open::Ledger;
use crate::run::quick;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

/// Bytes of a request that are looked through without letting other threads run.
const LARGE: usize = 64 << 10;

/// The ledger that a `RecordRequest` names.
#[pyfunction]
pub fn request_ledger(py: Python<'_>, request: PyBackedBytes) -> PyResult<String> {
    // Large requests take a while to look through.
    let find = || lineseal_wire::ledger(&request).map(str::to_owned);
    if request.len() < LARGE { find().or_raise(py) } else { py.detach(find).or_raise(py) }
}

/// Records a `RecordRequest` and gives the `RecordResponse`. `name` is the ledger that the caller
/// was let in for; an answer over `limit` bytes is refused before anything is recorded.
#[pyfunction]
#[pyo3(signature = (ledger, name, request, *, limit, control=None))]
pub fn record_request<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    name: &str,
    request: PyBackedBytes,
    limit: usize,
    control: Option<&Bound<'py, Control>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let Ledger { core, process } = ledger.get();
    let control = control::given(control);
    let response =
        quick(py, *process, || lineseal_wire::record(core, name, &request, limit, &control))?;
    Ok(PyBytes::new(py, &response))
}
