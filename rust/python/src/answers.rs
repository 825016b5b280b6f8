//! Answers to recordings that no thread waits for: one thread finishes them all, in order.

use crate::error::raise;
use lineseal_core::error::Result;
use lineseal_core::ledger::Begun;
use lineseal_wire::Answer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Begun recordings of one ledger, on the way to whoever tells their clients.
#[pyclass(frozen, module = "lineseal._core")]
#[derive(Default)]
pub struct Answers {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    begun: Vec<(Py<PyAny>, Begun, Answer)>,
    closed: bool,
}

/// A token, and the response or the exception for it.
type Pair = (Py<PyAny>, Py<PyAny>);

/// A token, and what its client is to be told.
type Told = (Py<PyAny>, Result<Vec<u8>>);

#[pymethods]
impl Answers {
    #[new]
    fn new() -> Self {
        Answers::default()
    }

    /// Waits for recordings, commits them, and gives each token with its response or its error.
    /// None when it is closed and nothing is left.
    fn collect(&self, py: Python<'_>) -> PyResult<Option<Vec<Pair>>> {
        let Some(told) = py.detach(|| self.finish()) else { return Ok(None) };
        let answer = |(token, answer): Told| match answer {
            Ok(response) => (token, PyBytes::new(py, &response).into_any().unbind()),
            Err(error) => (token, raise(py, &error).into_value(py).into_any()),
        };
        Ok(Some(told.into_iter().map(answer).collect()))
    }

    /// Lets `collect` end when nothing is left. What is begun afterwards waits in its own thread.
    fn close(&self) {
        self.lock().closed = true;
        self.came.notify_all();
    }
}

impl Answers {
    /// Takes a recording on; gives it back when nobody would finish it any more.
    pub fn take_on(
        &self,
        token: Py<PyAny>,
        begun: Begun,
        answer: Answer,
    ) -> Option<(Begun, Answer)> {
        let mut state = self.lock();
        if state.closed {
            return Some((begun, answer));
        }
        state.begun.push((token, begun, answer));
        let first = state.begun.len() == 1;
        drop(state);
        if first {
            self.came.notify_one();
        }
        None
    }

    fn finish(&self) -> Option<Vec<Told>> {
        let mut state = self.lock();
        while state.begun.is_empty() {
            if state.closed {
                return None;
            }
            state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let begun = take(&mut state.begun);
        drop(state);
        let finish = |(token, begun, answer): (_, Begun, Answer)| {
            (token, begun.finish().map(|receipts| answer.encode(&receipts)))
        };
        Some(begun.into_iter().map(finish).collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
