//! Strict DAG-CBOR (IPLD), own code: what may be read, and the only bytes that are ever written.
//! Knows nothing of events. May use cid, hash, error and limits.
//!
//! - [`Reader`] pulls tokens from bytes and refuses all that is not canonical.
//! - [`Builder`] takes values as they come and makes canonical bytes of them.
//! - [`Value`] is the tree of both, for tests and small uses.
//!
//! The rules: one item, at most 1 MiB and 24 maps and lists deep; lengths and integers in their
//! shortest form; floats 64-bit, finite, never −0.0; text keys sorted by length, then bytes, none
//! twice; no indefinite lengths; no tag but 42, and that on a CIDv1 (raw or dag-cbor, sha2-256).

mod build;
mod fault;
mod path;
mod read;
mod value;
pub(crate) mod write;

pub use build::Builder;
pub use fault::{Fault, short};
pub use path::{join, locate, push_index, push_key};
pub use read::{Items, Keys, Read, Reader, Token};
pub use value::Value;
