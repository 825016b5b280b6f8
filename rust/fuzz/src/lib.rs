//! What must hold of any bytes. Each target takes bytes from anywhere, gives them to the code that
//! meets such bytes, and panics where a promise is broken: that nothing panics is the least of them.
//! May use all crates but the Python one.
//!
//! `fuzz/` has the fuzzer's side, `tests/replay.rs` runs the corpora.

pub mod block;
pub mod car;
pub mod columns;
pub mod draft;
pub mod index;
mod json;
pub mod segment;
pub mod wire;

/// A target: what it is called, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("block", block::run),
    ("car", car::run),
    ("columns", columns::run),
    ("draft", draft::run),
    ("index", index::run),
    ("segment", segment::run),
    ("wire", wire::run),
];
