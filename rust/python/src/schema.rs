//! The core's table of record types, for the tests that hold dataclasses, signatures and docs
//! against it, and for help texts.

use lineseal_core::event::schema::{Kind, TYPES};
use pyo3::prelude::*;

type FieldRow = (&'static str, &'static str, bool, &'static str);
type TypeRow = (&'static str, bool, bool, &'static str, Vec<FieldRow>);

/// Every record type: name, whether a thing, whether it needs a parent, doc, and its fields (name,
/// kind, required, doc).
#[pyfunction]
pub fn schema() -> Vec<TypeRow> {
    TYPES
        .iter()
        .map(|t| {
            let fields =
                t.fields.iter().map(|f| (f.name, kind(f.kind), f.required, f.doc)).collect();
            (t.name, t.thing, t.needs_parent, t.doc, fields)
        })
        .collect()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Bool => "bool",
        Kind::Count => "count",
        Kind::Int => "int",
        Kind::Time => "time",
        Kind::Map | Kind::OpenMap => "map",
        Kind::Metrics => "metrics",
        Kind::Code => "code",
        Kind::Any => "any",
        Kind::Checksum => "checksum",
        Kind::Ids => "ids",
    }
}
