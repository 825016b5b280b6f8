//! Columns as they lie in memory (Arrow's layouts, NumPy's) become the values of events, a row at a
//! time, without an object a row. Borrowed and never believed: every access is checked, and what a
//! row has wrong is an error that says where. Safe code; whoever has pointers makes slices of them
//! first. May use lineseal-core.
//!
//! - [`Column`]: one contiguous piece, [`Values`] by layout. [`Chunks`]: several behind one another.
//! - [`Table`]: named columns side by side, each row a map.

#[cfg(target_endian = "big")]
compile_error!("columns hand a tensor's bytes on as they lie: little-endian");

mod bits;
mod chunks;
mod column;
mod number;
mod refuse;
mod spans;
mod table;
mod tensor;
mod time;

pub use chunks::Chunks;
pub use column::{Column, Member, Values};
pub use number::Number;
pub use refuse::refusal;
pub use spans::Spans;
pub use table::{Same, Table};
pub use tensor::{Level, Tensor};
pub use time::Unit;
