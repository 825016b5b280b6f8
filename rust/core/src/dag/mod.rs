//! The graph of events: trace, impact, verification. May use event, hash, control, error.
//! Knows no ledger: it asks a [`source::Source`] or reads a [`source::Log`].

pub mod report;
pub mod source;
