//! A `RecordRequest`: which ledger, which events in which form; and one of canonical blocks, made.
//! May use scan.

use crate::scan::{Fault, Scan, Wire, once, unknown};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::limits::{MAX_BATCH_EVENTS, MAX_REQUEST};

/// A request before its events are looked at.
pub(crate) struct Request<'a> {
    pub(crate) ledger: &'a str,
    pub(crate) events: Vec<Form<'a>>,
    pub(crate) return_blocks: bool,
    pub(crate) copies: bool,
}

/// An event in one of its three forms.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form<'a> {
    Draft(&'a [u8]),
    Json(&'a [u8]),
    Block(&'a [u8]),
}

impl<'a> Request<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > MAX_REQUEST {
            let message = format!("the request has {} bytes, more than {MAX_REQUEST}", bytes.len());
            return Err(invalid(message).remedy("Send it in several requests, parents first"));
        }
        let (mut ledger, mut return_blocks, mut copies) = (None, None, None);
        let mut events = Vec::new();
        for field in Scan::new(bytes) {
            match field.map_err(broken)? {
                (1, wire) => {
                    let name = wire.text().and_then(|name| once(&mut ledger, name, "ledger"));
                    name.map_err(|fault| broken(fault).path("ledger"))?;
                }
                (2, wire) => {
                    if events.len() == MAX_BATCH_EVENTS {
                        let message = format!("the request has over {MAX_BATCH_EVENTS} events");
                        return Err(invalid(message)
                            .path("events")
                            .remedy("Send it in several requests, parents first"));
                    }
                    let form = wire.bytes().and_then(Form::of);
                    events.push(
                        form.map_err(|fault| fault.at("form").position(events.len() as u64))?,
                    );
                }
                (3, wire) => flag(wire, &mut return_blocks, "return_blocks")?,
                (4, wire) => flag(wire, &mut copies, "copies")?,
                (other, _) => return Err(broken(unknown(other, "RecordRequest"))),
            }
        }
        let ledger = ledger.unwrap_or_default();
        let (return_blocks, copies) = (return_blocks.unwrap_or(false), copies.unwrap_or(false));
        let made = events.iter().position(|event| !matches!(event, Form::Block(_)));
        match made.filter(|_| copies) {
            None => Ok(Request { ledger, events, return_blocks, copies }),
            Some(position) => Err(invalid("a copy is a block, not a draft")
                .path("copies")
                .position(position as u64)
                .remedy("Send drafts in a request of their own, without copies")),
        }
    }
}

fn flag(wire: Wire<'_>, to: &mut Option<bool>, name: &'static str) -> Result<()> {
    let flag = wire.bool().and_then(|flag| once(to, flag, name));
    flag.map_err(|fault| broken(fault).path(name))
}

impl<'a> Form<'a> {
    fn of(message: &'a [u8]) -> std::result::Result<Self, Fault> {
        let mut form = None;
        for field in Scan::new(message) {
            let found = match field? {
                (1, wire) => Form::Draft(wire.bytes()?),
                (2, wire) => Form::Json(wire.bytes()?),
                (3, wire) => Form::Block(wire.bytes()?),
                (other, _) => return Err(unknown(other, "NewEvent")),
            };
            once(&mut form, found, "the event")?;
        }
        form.ok_or_else(|| Fault::new("the event has no form: neither draft nor json nor block"))
    }
}

/// The ledger that a request names; its events are passed over.
pub fn ledger(request: &[u8]) -> Result<&str> {
    let mut ledger = None;
    for field in Scan::new(request) {
        match field.map_err(broken)? {
            (1, wire) => {
                let name = wire.text().and_then(|name| once(&mut ledger, name, "ledger"));
                name.map_err(|fault| broken(fault).path("ledger"))?;
            }
            (2..=4, _) => {}
            (other, _) => return Err(broken(unknown(other, "RecordRequest"))),
        }
    }
    Ok(ledger.unwrap_or_default())
}

/// A request that records these canonical blocks, as copies of events recorded elsewhere or not.
pub fn encode(ledger: &str, blocks: &[&[u8]], copies: bool) -> Vec<u8> {
    let room: usize = blocks.iter().map(|block| block.len() + 12).sum();
    let mut out = Vec::with_capacity(room + ledger.len() + 4);
    field(&mut out, 1, ledger.as_bytes());
    for block in blocks {
        out.push(2 << 3 | 2);
        varint(&mut out, (1 + varint_len(block.len() as u64) + block.len()) as u64);
        field(&mut out, 3, block);
    }
    if copies {
        out.extend([4 << 3, 1]);
    }
    out
}

/// A field of length and bytes; its number is below 16.
pub(crate) fn field(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(crate) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

#[cold]
fn broken(fault: Fault) -> Error {
    invalid(fault.0).remedy("Make the request with code generated from proto/lineseal/v1")
}

#[cold]
fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read() {
        let blocks = [&b"one"[..], &[7; 200], &[]];
        let bytes = encode("digits", &blocks, false);
        assert!(Request::of(&encode("digits", &blocks, true)).unwrap().copies);
        let request = Request::of(&bytes).unwrap();
        assert!(!request.copies);
        assert_eq!((request.ledger, request.return_blocks), ("digits", false));
        let found: Vec<_> = request.events.iter().map(|event| event.bytes()).collect();
        assert_eq!(found, blocks);
        assert!(request.events.iter().all(|event| matches!(event, Form::Block(_))));
        assert_eq!(ledger(&bytes).unwrap(), "digits");
    }

    #[test]
    fn the_length_of_a_varint_is_what_is_written() {
        for value in [0, 1, 127, 128, 16383, 16384, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            varint(&mut out, value);
            assert_eq!(out.len(), varint_len(value), "{value}");
        }
    }
}
