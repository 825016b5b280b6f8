//! CAR files from anywhere: told apart, verified, and put in order; and the bytes of new ones.
//! May use cbor, cid, control, dag, error, event, hash, limits and store::section.
//!
//! A file may hold its blocks in any order, hold some twice, and hold others than events. Nothing
//! in it is believed: [`Parcel::read`] looks at every block before anyone gets to see one.
//!
//! - `container`: where the blocks begin and end (CARv1, or the CARv1 inside of a CARv2), the roots.
//! - `name`: CIDs of all kinds. `sections`: one section after the other. `judge`: what a block is.
//! - [`Parcel`]: the events of a file, each once, and a way through them, parents first.
//! - [`header`], [`section`]: what a file is written of.

mod container;
mod judge;
mod name;
mod order;
mod parcel;
mod place;
mod sections;
mod write;

pub use order::Order;
pub use parcel::{Counts, Parcel};
pub use write::{header, section};
