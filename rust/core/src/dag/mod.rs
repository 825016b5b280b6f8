//! The graph of events: trace, impact, verification. May use event, hash, control, error.
//! Knows no ledger: it asks a [`source::Source`] or reads a [`source::Log`].

mod components;
mod findings;
mod graph;
pub mod impact;
mod judge;
mod links;
mod log;
pub mod loose;
mod names;
mod pool;
pub mod report;
pub mod rows;
mod say;
pub mod source;
mod stretch;
pub mod trace;
pub mod verify;
mod visit;

pub use impact::impact;
pub use log::verify_log;
pub use loose::verify_blocks;
pub(crate) use names::Names;
pub(crate) use pool::threads;
pub use trace::trace;
pub use verify::verify;
