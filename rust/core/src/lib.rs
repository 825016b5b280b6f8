//! The core of lineseal: canonical encoding, SHA-256 names, the ledger, and verification.
//!
//! Layers, each using only those below it (ARCHITECTURE.md draws the map):
//! `car` → `dag` · `store`; `ledger` → `dag` · `index` · `store` → `media`; `ledger`, `dag` → `event` → `cbor` →
//! `cid`, `hash`, `control`, `error`, `limits`.

pub mod car;
pub mod cbor;
pub mod cid;
pub mod control;
pub mod dag;
pub mod error;
pub mod event;
pub mod hash;
#[cfg(target_arch = "x86_64")]
mod hash_lanes;
pub mod index;
pub mod ledger;
pub mod limits;
pub mod media;
pub mod store;
mod sync;
