//! Types of other modules, recognised without importing them: a value cannot be of a type whose
//! module nobody has loaded.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// A type by module and name, looked up in `sys.modules` until it is there.
pub struct Known {
    module: &'static str,
    name: &'static str,
    cell: PyOnceLock<Py<PyAny>>,
}

static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

impl Known {
    const fn new(module: &'static str, name: &'static str) -> Self {
        Known { module, name, cell: PyOnceLock::new() }
    }

    /// Whether `value` is an instance.
    pub fn has(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        match self.get(value.py())? {
            Some(class) => value.is_instance(class),
            None => Ok(false),
        }
    }

    /// The type, if its module is loaded.
    fn get<'a, 'py>(&'a self, py: Python<'py>) -> PyResult<Option<&'a Bound<'py, PyAny>>> {
        if let Some(class) = self.cell.get(py) {
            return Ok(Some(class.bind(py)));
        }
        let modules = MODULES.get_or_try_init(py, || {
            py.import("sys")?
                .getattr("modules")?
                .cast_into::<PyDict>()
                .map(Bound::unbind)
                .map_err(PyErr::from)
        })?;
        let Some(module) = modules.bind(py).get_item(self.module)? else { return Ok(None) };
        // A module that is being imported may not have the name yet.
        let Some(class) = module.getattr_opt(self.name)? else { return Ok(None) };
        Ok(Some(self.cell.get_or_init(py, || class.unbind()).bind(py)))
    }
}

pub static ENUM: Known = Known::new("enum", "Enum");
pub static DATETIME: Known = Known::new("datetime", "datetime");
pub static DATE: Known = Known::new("datetime", "date");
pub static TIME: Known = Known::new("datetime", "time");
pub static TIMEDELTA: Known = Known::new("datetime", "timedelta");
pub static DECIMAL: Known = Known::new("decimal", "Decimal");
pub static FRACTION: Known = Known::new("fractions", "Fraction");
pub static UUID: Known = Known::new("uuid", "UUID");
pub static PURE_PATH: Known = Known::new("pathlib", "PurePath");
pub static ABC_SEQUENCE: Known = Known::new("_collections_abc", "Sequence");
pub static ABC_MAPPING: Known = Known::new("_collections_abc", "Mapping");
pub static CTYPES_DATA: Known = Known::new("_ctypes", "_SimpleCData");
pub static NP_ARRAY: Known = Known::new("numpy", "ndarray");
pub static NP_SCALAR: Known = Known::new("numpy", "generic");
pub static NP_MASKED: Known = Known::new("numpy.ma", "MaskedArray");
pub static TENSOR: Known = Known::new("lineseal.tensor", "Tensor");
pub static EVENT: Known = Known::new("lineseal.event", "Event");
pub static RECORD: Known = Known::new("lineseal.records", "Record");
