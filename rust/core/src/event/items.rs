//! Single values as canonical items, appended to a buffer: for those who lay out whole tables and
//! know the order of their keys. The reserved forms of floats and tensors included. May use cbor's
//! pieces, reserved.

use crate::cbor::write::{self, BYTES, LIST, MAP, UINT};
use crate::event::reserved::{FLOAT, TENSOR};

const NULL: u8 = 0xf6;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const DOUBLE: u8 = 0xfb;

/// null
pub fn null(out: &mut Vec<u8>) {
    out.push(NULL);
}

/// true or false
pub fn bool(out: &mut Vec<u8>, value: bool) {
    out.push(if value { TRUE } else { FALSE });
}

/// A signed integer.
pub fn int(out: &mut Vec<u8>, value: i64) {
    write::int(out, value);
}

/// An unsigned integer.
pub fn uint(out: &mut Vec<u8>, value: u64) {
    write::head(out, UINT, value);
}

/// A float: NaN and infinities as `lineseal:float`, −0.0 as 0.0.
pub fn float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        // Adding 0.0 takes the sign from −0.0 and changes nothing else.
        let [a, b, c, d, e, f, g, h] = (value + 0.0).to_be_bytes();
        return out.extend_from_slice(&[DOUBLE, a, b, c, d, e, f, g, h]);
    }
    map(out, 1);
    text(out, FLOAT);
    text(
        out,
        match value {
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            _ => "NaN",
        },
    );
}

/// Text.
pub fn text(out: &mut Vec<u8>, value: &str) {
    write::text(out, value);
}

/// A byte string.
pub fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    write::head(out, BYTES, value.len() as u64);
    out.extend_from_slice(value);
}

/// The head of a list; its items come next.
pub fn list(out: &mut Vec<u8>, items: usize) {
    write::head(out, LIST, items as u64);
}

/// The head of a map. Its entries come next, a key as [`text`] and a value each, in the order that
/// [`key_order`] gives.
pub fn map(out: &mut Vec<u8>, entries: usize) {
    write::head(out, MAP, entries as u64);
}

/// How the keys of a map are ordered.
pub fn key_order(key: &str) -> (usize, &[u8]) {
    (key.len(), key.as_bytes())
}

/// A tensor whose `size` bytes of data, in C order and little-endian, `data` appends.
pub fn tensor(
    out: &mut Vec<u8>,
    dtype: &str,
    shape: &[u64],
    size: usize,
    data: impl FnOnce(&mut Vec<u8>),
) {
    map(out, 1);
    text(out, TENSOR);
    map(out, 3);
    text(out, "data");
    write::head(out, BYTES, size as u64);
    data(out);
    text(out, "dtype");
    text(out, dtype);
    text(out, "shape");
    list(out, shape.len());
    shape.iter().for_each(|&length| uint(out, length));
}
