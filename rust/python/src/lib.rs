//! The Python extension module `lineseal._core`: one verb a file, types in `convert`, and the only
//! two ways into the core in `run`. It is not public; the package `lineseal` is.

mod answers;
mod batch;
mod car;
mod codec;
mod columns;
mod control;
mod convert;
mod error;
mod events;
mod find;
mod get;
mod open;
mod receipt;
mod receipts;
mod record;
mod record_blocks;
mod record_json;
mod run;
mod schema;
mod spool;
mod stats;
mod verify;
mod verify_rows;
mod walk;
mod wire;

use pyo3::prelude::*;

/// How this module was compiled; only `release` may be measured.
const BUILD_PROFILE: &str = if cfg!(debug_assertions) { "debug" } else { "release" };

/// Core of lineseal; use the package `lineseal`.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("build_profile", BUILD_PROFILE)?;
    module.add("UNSET", convert::unset::unset(py)?)?;
    module.add_class::<convert::unset::Unset>()?;
    module.add_class::<convert::link::Link>()?;
    module.add_class::<receipt::Receipt>()?;
    module.add_class::<receipts::Receipts>()?;
    module.add_class::<columns::Columns>()?;
    module.add_class::<open::Ledger>()?;
    module.add_class::<answers::Answers>()?;
    module.add_class::<batch::Batch>()?;
    module.add_class::<car::Parcel>()?;
    module.add_class::<control::Control>()?;
    module.add_class::<spool::Spool>()?;
    module.add_class::<walk::Walk>()?;
    module.add_class::<verify_rows::LogVerifier>()?;
    for function in [
        wrap_pyfunction!(car::car_header, module)?,
        wrap_pyfunction!(car::car_sections, module)?,
        wrap_pyfunction!(codec::encode_value, module)?,
        wrap_pyfunction!(codec::decode_value, module)?,
        wrap_pyfunction!(codec::block_cid, module)?,
        wrap_pyfunction!(codec::hash_cid, module)?,
        wrap_pyfunction!(convert::report::checks, module)?,
        wrap_pyfunction!(convert::stored::read_event, module)?,
        wrap_pyfunction!(convert::stored::read_payload, module)?,
        wrap_pyfunction!(convert::time::micros_of, module)?,
        wrap_pyfunction!(error::error_table, module)?,
        wrap_pyfunction!(schema::schema, module)?,
        wrap_pyfunction!(open::open_ledger, module)?,
        wrap_pyfunction!(record::record_many, module)?,
        wrap_pyfunction!(record_blocks::record_blocks, module)?,
        wrap_pyfunction!(record_json::record_json, module)?,
        wrap_pyfunction!(get::get_many, module)?,
        wrap_pyfunction!(get::get_one, module)?,
        wrap_pyfunction!(get::resolve_name, module)?,
        wrap_pyfunction!(events::events_page, module)?,
        wrap_pyfunction!(find::find_page, module)?,
        wrap_pyfunction!(find::has_key, module)?,
        wrap_pyfunction!(walk::trace_walk, module)?,
        wrap_pyfunction!(walk::impact_walk, module)?,
        wrap_pyfunction!(verify::verify, module)?,
        wrap_pyfunction!(verify::verify_all, module)?,
        wrap_pyfunction!(verify::verify_blocks, module)?,
        wrap_pyfunction!(verify_rows::verify_rows, module)?,
        wrap_pyfunction!(verify_rows::full_hash, module)?,
        wrap_pyfunction!(verify_rows::full_hashes, module)?,
        wrap_pyfunction!(spool::read_lost, module)?,
        wrap_pyfunction!(spool::read_rows, module)?,
        wrap_pyfunction!(stats::stats, module)?,
        wrap_pyfunction!(batch::make_batch, module)?,
        wrap_pyfunction!(batch::make_batch_json, module)?,
        wrap_pyfunction!(batch::make_batch_blocks, module)?,
        wrap_pyfunction!(columns::make_columns, module)?,
        wrap_pyfunction!(columns::record_columns, module)?,
        wrap_pyfunction!(wire::request_ledger, module)?,
        wrap_pyfunction!(wire::begin_request, module)?,
        wrap_pyfunction!(wire::record_request, module)?,
    ] {
        module.add_function(function)?;
    }
    Ok(())
}
