//! The index: held against a model that looks through everything, over random lives, damage to
//! every byte of its files, and power cuts.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod always;
mod damage;
mod examples;
mod faults;
mod model;
