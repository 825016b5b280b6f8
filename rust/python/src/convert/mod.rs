//! Between Python objects and the core. Into the core, everything drives `event::writer`; nothing
//! here validates what the writer validates. Out of it, blocks become Python values.

pub mod array;
pub mod batch;
pub mod decode;
pub mod encode;
pub mod foreign;
pub mod hashes;
pub mod known;
pub mod link;
pub mod parents;
pub mod record;
pub mod refusal;
pub mod report;
pub mod stored;
pub mod time;
pub mod unset;
pub mod value;
