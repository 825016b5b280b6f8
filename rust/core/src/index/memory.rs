//! The index in memory, rebuilt on open.
