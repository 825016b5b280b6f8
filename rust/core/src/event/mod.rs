//! The event, version 1: its one table, its only producer, and what checks it. May use cbor and
//! what is below.
//!
//! - `schema`: the list of types, fields and kinds. `names`: the forms of texts.
//! - [`Writer`] makes blocks from values pushed at it; [`json`] drives it from JSON drafts.
//! - [`Rows`] makes many that differ in their values alone; [`items`] are those values.
//! - [`keys`]: what an event can be found by.
//! - [`check`] and [`inspect`] judge blocks in one pass and give a [`View`].

mod check;
mod drawn;
pub mod items;
pub mod json;
pub mod keys;
mod kinds;
mod names;
mod parents;
mod reserved;
mod rows;
pub mod schema;
#[cfg(test)]
mod tests;
mod view;
mod writer;

pub use check::{Inspection, Level, check, inspect};
pub use names::{TypeName, is_role, type_name};
pub use reserved::is_form;
pub(crate) use rows::Written;
pub use rows::{Cell, Each, Rows, Time};
pub use schema::{Field, Kind, RecordType, TYPES, record_type};
pub use view::{Parents, Roles, View};
pub use writer::{Fill, Writer, fits};
