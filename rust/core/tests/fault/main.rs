//! Disasters, rehearsed: what was acknowledged stays, whatever dies, fills up or lies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod cuts;
mod diagnostics;
mod events;
mod false_index;
mod found;
mod harm;
mod harmless;
mod history;
mod model;
mod opening;
mod points;
mod readers;
mod seeds;
mod sequence;
mod sequences;
mod story;
mod syncs;
mod turns;
