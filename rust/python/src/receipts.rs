//! Receipts of many events, packed: an object is made when it is asked for.

use crate::receipt::Receipt;
use lineseal_core::ledger::Receipt as Core;
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PySlice, PySliceMethods};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A sequence of `Receipt`, one an event, in order.
#[pyclass(frozen, sequence, module = "lineseal")]
pub struct Receipts(pub Vec<Core>);

#[pymethods]
impl Receipts {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__(&self, py: Python<'_>, at: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if let Ok(slice) = at.cast::<PySlice>() {
            return Ok(self.slice(slice)?.into_pyobject(py)?.into_any().unbind());
        }
        let at: isize = at.extract()?;
        let len = self.0.len();
        let place = if at < 0 { len.checked_add_signed(at) } else { usize::try_from(at).ok() };
        match place.and_then(|place| self.0.get(place)) {
            Some(&receipt) => Ok(Receipt::from(receipt).into_pyobject(py)?.into_any().unbind()),
            None => Err(PyIndexError::new_err(format!("there are {len} receipts, and none {at}"))),
        }
    }

    fn __iter__(slf: &Bound<'_, Self>) -> Each {
        Each { of: slf.clone().unbind(), next: AtomicUsize::new(0) }
    }

    /// The place of a receipt.
    fn index(&self, receipt: &Receipt) -> PyResult<usize> {
        let place = self.0.iter().position(|&one| receipt == &Receipt::from(one));
        place.ok_or_else(|| PyValueError::new_err("the receipt is not among these"))
    }

    /// How often a receipt is there.
    fn count(&self, receipt: &Receipt) -> usize {
        self.0.iter().filter(|&&one| receipt == &Receipt::from(one)).count()
    }

    /// Those of several, behind one another.
    #[staticmethod]
    fn joined(parts: Vec<PyRef<'_, Receipts>>) -> Receipts {
        Receipts(parts.iter().flat_map(|part| part.0.iter().copied()).collect())
    }

    /// Hex digits of all hashes, in order.
    fn hashes(&self) -> Vec<String> {
        self.0.iter().map(|receipt| receipt.hash.to_string()).collect()
    }

    fn __repr__(&self) -> String {
        let new = self.0.iter().filter(|receipt| receipt.created).count();
        format!("<{} receipts, {new} of new events>", self.0.len())
    }
}

impl Receipts {
    fn slice(&self, slice: &Bound<'_, PySlice>) -> PyResult<Receipts> {
        let range = slice.indices(isize::try_from(self.0.len()).unwrap_or(isize::MAX))?;
        let places = (0..range.slicelength).map(|n| range.start + n as isize * range.step);
        let kept = places.filter_map(|place| self.0.get(usize::try_from(place).ok()?).copied());
        Ok(Receipts(kept.collect()))
    }
}

/// Goes through receipts.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Each {
    of: Py<Receipts>,
    next: AtomicUsize,
}

#[pymethods]
impl Each {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self) -> Option<Receipt> {
        let next = self.next.fetch_add(1, Relaxed);
        self.of.get().0.get(next).map(|&receipt| Receipt::from(receipt))
    }
}
