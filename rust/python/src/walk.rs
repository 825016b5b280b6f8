//! `trace` and `impact` as walks that are left and taken up again, page by page, over one snapshot.

use crate::control::Control;
use crate::convert::hashes::resolve;
use crate::convert::stored::{StoredRow, rows};
use crate::open::Ledger;
use crate::run::{Process, long};
use lineseal_core::control::Control as Core;
use lineseal_core::dag::impact::Descendants;
use lineseal_core::dag::trace::Ancestors;
use lineseal_core::error::{Code, Result};
use lineseal_core::ledger::{Snapshot, Stored};
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};

/// A walk over the graph.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Walk {
    process: Process,
    snapshot: Snapshot,
    state: Mutex<State>,
}

struct State {
    way: Way,
    after: Option<u64>,
    shown: bool,
}

enum Way {
    Up(Ancestors),
    Down(Descendants),
}

/// Walks from the named events to all their ancestors, the events included, by descending index.
#[pyfunction]
#[pyo3(signature = (ledger, names, *, after_index, control=None))]
pub fn trace_walk(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    names: Vec<String>,
    after_index: Option<u64>,
    control: Option<&Bound<'_, Control>>,
) -> PyResult<Walk> {
    let Ledger { core, process } = ledger.get();
    let (snapshot, way) = long(py, *process, control, None, |_| {
        let snapshot = core.snapshot()?;
        let names = resolve(&snapshot, &names)?;
        let way = Ancestors::new(&snapshot, &names)?;
        Ok((snapshot, Way::Up(way)))
    })?;
    Ok(Walk::new(*process, snapshot, way, after_index))
}

/// Walks from the event, which is not shown, to all its descendants, by ascending index.
#[pyfunction]
#[pyo3(signature = (ledger, name, *, after_index, control=None))]
pub fn impact_walk(
    py: Python<'_>,
    ledger: &Bound<'_, Ledger>,
    name: String,
    after_index: Option<u64>,
    control: Option<&Bound<'_, Control>>,
) -> PyResult<Walk> {
    let Ledger { core, process } = ledger.get();
    let (snapshot, way) = long(py, *process, control, None, |_| {
        let snapshot = core.snapshot()?;
        let index = snapshot.get(&snapshot.resolve(&name)?)?.index;
        let way = Descendants::new(&snapshot, index)?;
        Ok((snapshot, Way::Down(way)))
    })?;
    Ok(Walk::new(*process, snapshot, way, after_index))
}

impl Walk {
    fn new(process: Process, snapshot: Snapshot, way: Way, after: Option<u64>) -> Walk {
        Walk { process, snapshot, state: Mutex::new(State { way, after, shown: false }) }
    }
}

#[pymethods]
impl Walk {
    /// The next events, at most `events`, and, behind the first, at most `bytes` bytes of blocks;
    /// none at the end.
    #[pyo3(signature = (events, *, bytes=None, control=None))]
    fn page<'py>(
        &self,
        py: Python<'py>,
        events: usize,
        bytes: Option<usize>,
        control: Option<&Bound<'_, Control>>,
    ) -> PyResult<Vec<StoredRow<'py>>> {
        let found = long(py, self.process, control, None, |control| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.page(&self.snapshot, events, bytes.unwrap_or(usize::MAX), control)
        })?;
        Ok(rows(py, found))
    }
}

impl State {
    fn page(
        &mut self,
        snapshot: &Snapshot,
        events: usize,
        bytes: usize,
        control: &Core,
    ) -> Result<Vec<Stored>> {
        let (mut found, mut size) = (Vec::new(), 0);
        while found.len() < events && size < bytes {
            let index = match self.step(snapshot, control) {
                // What stands before the damage is given first; the next step meets it again.
                Err(error)
                    if error.code() == Code::CorruptLedger
                        && matches!(self.way, Way::Down(_))
                        && !found.is_empty() =>
                {
                    break;
                }
                index => index?,
            };
            let Some(index) = index else { break };
            let stored = snapshot.at(index)?;
            size += stored.block.len();
            found.push(stored);
        }
        // Only an impact may be empty.
        let whole = events > 0 && self.after.is_none() && !self.shown;
        let found = snapshot.known(found, whole, "its descendants")?;
        self.shown |= !found.is_empty();
        Ok(found)
    }

    fn step(&mut self, snapshot: &Snapshot, control: &Core) -> Result<Option<u64>> {
        loop {
            let (index, passed) = match &mut self.way {
                Way::Up(way) => {
                    let Some(index) = way.next(snapshot, control)? else { return Ok(None) };
                    (index, self.after.is_some_and(|after| index >= after))
                }
                Way::Down(way) => {
                    let Some(index) = way.next(snapshot, control)? else { return Ok(None) };
                    (index, self.after.is_some_and(|after| index <= after))
                }
            };
            if !passed {
                return Ok(Some(index));
            }
        }
    }
}
