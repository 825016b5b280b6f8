//! Disasters, rehearsed: what was acknowledged stays, whatever dies, fills up or lies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod diagnostics;
mod events;
mod false_index;
mod flips;
mod found;
mod model;
mod points;
mod readers;
mod sequence;
mod sequences;
mod syncs;
