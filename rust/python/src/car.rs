//! CAR files: read, verified and put in order; and the bytes of new ones.

use crate::control::Control;
use crate::convert::hashes::required;
use crate::error::Raise;
use crate::run::{Process, long, quick};
use lineseal_core::car::{self, Order};
use lineseal_core::error::{Code, Error, Result};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The events of a CAR file, all of it verified, and a way through them.
#[pyclass(frozen, module = "lineseal._core")]
pub struct Parcel(Mutex<(car::Parcel<File>, Order)>);

#[pymethods]
impl Parcel {
    /// Reads and verifies the whole file. `progress` is called with the blocks done, and 0.
    #[new]
    #[pyo3(signature = (path, *, progress, control=None))]
    fn new(
        py: Python<'_>,
        path: PathBuf,
        progress: Option<&Bound<'_, PyAny>>,
        control: Option<&Bound<'_, Control>>,
    ) -> PyResult<Self> {
        long(py, Process::current(), control, progress, |control| {
            let parcel = car::Parcel::read(open(&path)?, control)?;
            Ok(Parcel(Mutex::new((parcel, Order::default()))))
        })
    }

    /// Events, sections of events that stood before, other blocks.
    fn counts(&self, py: Python<'_>) -> PyResult<(u64, u64, u64)> {
        let counts = self.with(py, |parcel, _| Ok(parcel.counts()))?;
        Ok((counts.events, counts.duplicates, counts.others))
    }

    /// Roots of the header that are events and not in the file.
    fn lacking(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.with(py, |parcel, _| Ok(parcel.lacking().iter().map(ToString::to_string).collect()))
    }

    /// Chooses the named events and their ancestors, or all events: how many.
    #[pyo3(signature = (names=None))]
    fn choose(&self, py: Python<'_>, names: Option<Vec<String>>) -> PyResult<usize> {
        self.with(py, |parcel, order| {
            *order = names.map_or_else(|| Ok(parcel.all()), |names| parcel.of(&names))?;
            Ok(order.len())
        })
    }

    /// At most `most` parents of chosen events that are not in the file, from the one at `start`
    /// on, each with its first child.
    fn outside(
        &self,
        py: Python<'_>,
        start: usize,
        most: usize,
    ) -> PyResult<Vec<(String, String)>> {
        self.with(py, |parcel, order| {
            let some = (start..order.outside()).take(most);
            let names = some.filter_map(|at| parcel.outside(order, at));
            Ok(names.map(|(parent, child)| (parent.to_string(), child.to_string())).collect())
        })
    }

    /// Hash and block of chosen events, parents first, from the one at `start` on: at most `most`,
    /// and behind the first at most `bytes` bytes of blocks.
    fn blocks<'py>(
        &self,
        py: Python<'py>,
        start: usize,
        most: usize,
        bytes: usize,
    ) -> PyResult<Vec<(String, Bound<'py, PyBytes>)>> {
        let found = self.with(py, |parcel, order| parcel.blocks(order, start, most, bytes))?;
        let rows = found.into_iter();
        Ok(rows.map(|(hash, block)| (hash.to_string(), PyBytes::new(py, &block))).collect())
    }
}

impl Parcel {
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&mut car::Parcel<File>, &mut Order) -> Result<T> + Send,
    ) -> PyResult<T> {
        quick(py, Process::current(), || {
            let (parcel, order) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            call(parcel, order)
        })
    }
}

fn open(path: &PathBuf) -> Result<File> {
    let file = File::open(path).and_then(|file| {
        let directory = file.metadata()?.is_dir();
        if directory { Err(std::io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
    });
    file.map_err(|error| {
        let path = path.display().to_string();
        Error::new(Code::InvalidArgument, format!("{path} cannot be read as a CAR file: {error}"))
            .path(path)
            .remedy("Name a file that `lineseal export` or other CAR software wrote")
    })
}

/// The beginning of a CARv1 file with these roots.
#[pyfunction]
pub fn car_header<'py>(py: Python<'py>, roots: Vec<String>) -> PyResult<Bound<'py, PyBytes>> {
    let roots = roots.iter().map(|root| required(root)).collect::<Result<Vec<_>>>();
    Ok(PyBytes::new(py, &car::header(&roots.or_raise(py)?)))
}

/// The sections of these events: hashes and blocks.
#[pyfunction]
pub fn car_sections<'py>(
    py: Python<'py>,
    events: Vec<(String, PyBackedBytes)>,
) -> PyResult<Bound<'py, PyBytes>> {
    let mut out = Vec::new();
    for (hash, block) in &events {
        car::section(&mut out, required(hash).or_raise(py)?, block);
    }
    Ok(PyBytes::new(py, &out))
}
