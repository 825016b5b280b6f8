//! The Python extension module `lineseal._core`.

use pyo3::prelude::*;

/// Core of lineseal; use the package `lineseal`.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
