//! `find`: events by a lookup key, newest first.

use crate::convert::stored::{StoredRow, rows};
use crate::error::Raise;
use crate::open::Ledger;
use crate::run::quick;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::keys::{KeyKind, matches};
use lineseal_core::event::{Level, check};
use pyo3::prelude::*;

/// The kinds of keys, as users name them.
const KINDS: [(&str, KeyKind); 7] = [
    ("prediction_id", KeyKind::PredictionId),
    ("run_id", KeyKind::RunId),
    ("model", KeyKind::Model),
    ("dataset", KeyKind::Dataset),
    ("deployment", KeyKind::Deployment),
    ("stream", KeyKind::Stream),
    ("id", KeyKind::Id),
];

/// A page of the events with this key, below `before_index`, descending; `limit` bounds it, and so
/// do `bytes` of blocks, behind the first.
#[pyfunction]
#[pyo3(signature = (ledger, kind, text, *, before_index, limit, bytes=None))]
pub fn find_page<'py>(
    py: Python<'py>,
    ledger: &Bound<'py, Ledger>,
    kind: &str,
    text: String,
    before_index: Option<u64>,
    limit: usize,
    bytes: Option<usize>,
) -> PyResult<Vec<StoredRow<'py>>> {
    let Ledger { core, process } = ledger.get();
    let kind = kind_of(kind).or_raise(py)?;
    let most = bytes.unwrap_or(usize::MAX);
    let found =
        quick(py, *process, || core.snapshot()?.find(kind, &text, before_index, limit, most))?;
    Ok(rows(py, found))
}

/// Whether an event's block has this key.
#[pyfunction]
pub fn has_key(py: Python<'_>, block: &[u8], kind: &str, text: &str) -> PyResult<bool> {
    let kind = kind_of(kind).or_raise(py)?;
    Ok(check(block, Level::Frame).is_ok_and(|view| matches(&view, kind, text)))
}

fn kind_of(name: &str) -> Result<KeyKind> {
    let found = KINDS.iter().find(|(known, _)| *known == name);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        Error::new(Code::InvalidArgument, format!("{name:?} is no lookup key"))
            .remedy(format!("Use one of {}", KINDS.map(|(name, _)| name).join(", ")))
    })
}
