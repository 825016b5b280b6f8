//! The service's hot path: request bytes in, response bytes out.

use crate::answers::Answers;
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

/// The same, but waits only for room: the answer comes out of `answers` with `token` when it is
/// durable, and None is returned. Where the caller has to wait after all (for other processes, or
/// because `answers` is closed), the answer is returned.
#[pyfunction]
#[pyo3(signature = (ledger, name, request, *, limit, control, answers, token))]
#[expect(clippy::too_many_arguments, reason = "they are named in Python")]
pub fn begin_request<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    name: &str,
    request: PyBackedBytes,
    limit: usize,
    control: &Bound<'py, Control>,
    answers: &Bound<'py, Answers>,
    token: Py<PyAny>,
) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let Ledger { core, process } = ledger.get();
    let (control, answers) = (control::given(Some(control)), answers.get());
    let response = quick(py, *process, || {
        control.check()?;
        let (batch, answer) = lineseal_wire::prepare(name, &request, limit)?;
        let Some(begun) = core.begin_at_once(&batch, &control)? else {
            return Ok(Some(answer.encode(&core.record(batch, &control)?)));
        };
        match answers.take_on(token, begun, answer) {
            None => Ok(None),
            Some((begun, answer)) => Ok(Some(answer.encode(&begun.finish()?))),
        }
    })?;
    Ok(response.map(|response| PyBytes::new(py, &response)))
}
