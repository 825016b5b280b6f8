//! The wire protocol's front end: bytes of a `RecordRequest` drive the core's event writer, and the
//! receipts become bytes of a `RecordResponse`. No message objects in between, and stricter than a
//! protobuf parser: nothing of an event may be skipped, overwritten or guessed before it is hashed.
//! May use lineseal-core.
//!
//! Errors about one event have its place in the request as their position, and a path inside the
//! event as JSON drafts have it (`parents[0].hash`, `payload.inputs.pixels[3]`).

mod answer;
mod draft;
mod fields;
mod record;
mod request;
mod scan;
mod value;

pub use answer::receipts;
pub use record::{Answer, prepare, record};
pub use request::{encode, ledger};
