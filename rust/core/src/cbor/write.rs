//! The smallest pieces of DAG-CBOR, appended to a buffer. May use cid.

use crate::cid::{CID_LEN, Cid};

/// Major types.
pub(crate) const UINT: u8 = 0;
pub(crate) const NINT: u8 = 1;
pub(crate) const BYTES: u8 = 2;
pub(crate) const TEXT: u8 = 3;
pub(crate) const LIST: u8 = 4;
pub(crate) const MAP: u8 = 5;

/// Most bytes that a head takes.
pub(crate) const MAX_HEAD: usize = 9;

/// A head in its shortest form, and its length.
pub(crate) fn head_bytes(major: u8, argument: u64) -> ([u8; MAX_HEAD], usize) {
    let [a, b, c, d, e, f, g, h] = argument.to_be_bytes();
    let major = major << 5;
    match argument {
        0..24 => ([major | h, 0, 0, 0, 0, 0, 0, 0, 0], 1),
        24..0x100 => ([major | 24, h, 0, 0, 0, 0, 0, 0, 0], 2),
        0x100..0x1_0000 => ([major | 25, g, h, 0, 0, 0, 0, 0, 0], 3),
        0x1_0000..0x1_0000_0000 => ([major | 26, e, f, g, h, 0, 0, 0, 0], 5),
        _ => ([major | 27, a, b, c, d, e, f, g, h], 9),
    }
}

/// Appends a head.
pub(crate) fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    if argument < 24 {
        return out.push(major << 5 | argument as u8);
    }
    let (bytes, length) = head_bytes(major, argument);
    out.extend(bytes.iter().take(length));
}

/// Appends a negative or other integer that fits 64 signed bits.
pub(crate) fn int(out: &mut Vec<u8>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => head(out, UINT, value),
        Err(_) => head(out, NINT, !value as u64),
    }
}

/// Appends text.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    head(out, TEXT, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Appends a float of 64 bits.
pub(crate) fn float(out: &mut Vec<u8>, value: f64) {
    out.push(0xfb);
    out.extend_from_slice(&value.to_be_bytes());
}

/// Appends a link.
pub(crate) fn link(out: &mut Vec<u8>, cid: Cid) {
    out.extend_from_slice(&[0xd8, 42, BYTES << 5 | 24, CID_LEN as u8 + 1, 0]);
    out.extend_from_slice(&cid.to_bytes());
}
