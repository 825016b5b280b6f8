//! The files of a ledger: segments with their commit frames, and the slots of DURABLE. How the
//! bytes look, how they are read back, and what is wrong with them.
//!
//! May use media, cbor, cid, hash, error, limits. Knows nothing of what an event says.
//! `docs/spec/ledger.md` states the format for outsiders.

pub mod durable;
mod fields;
pub mod frame;
pub mod group;
mod resync;
pub mod scan;
pub mod section;
pub mod segment;
pub mod walk;

/// The version of everything on disk. Others are refused.
pub const FORMAT: &str = "0";
