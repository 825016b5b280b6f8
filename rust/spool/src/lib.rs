//! Blocks kept in files until a ledger has them: what `log()` of the prediction logger rests on. One
//! process writes a spool, into segments that are deleted when all in them is acknowledged; whoever
//! has the spool's lock reads it. May use lineseal-core.
//!
//! - [`frame`]: a block on its way, found again behind any damage.
//! - [`Files`]: the segments of one spool, appended to, bounded.
//! - [`Queue`]: one [`Files`] shared by the threads that log and the one that sends.
//! - [`read_lost`]: which rows were dropped, and no gap event tells of them.
//! - [`renumber`]: a row whose number another thread was given first.
//! - [`read`]: frames of a segment, whoever wrote it.

mod files;
pub mod frame;
mod lost;
mod queue;
mod reading;
mod row;

pub use files::{Bounds, Files, segment_path};
pub use lost::read_lost;
pub use queue::{Counts, Full, Queue, Room, closed};
pub use reading::{Piece, read};
pub use row::renumber;
