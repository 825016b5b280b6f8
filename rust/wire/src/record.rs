//! A `RecordRequest` recorded, in one call: request bytes in, response bytes out.
//! May use request, draft, answer, and the core's ledger.

use crate::answer;
use crate::draft::Drafts;
use crate::request::{Form, Request};
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{Fill, json};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::Ledger;
use std::ops::Range;

/// Records the request's events, all or none, and gives the response. `name` is the ledger that
/// the caller was let in for: a request for another is refused, whatever it was read as before.
/// A response over `limit` bytes is refused before anything is recorded.
pub fn record(
    ledger: &Ledger,
    name: &str,
    request: &[u8],
    limit: usize,
    control: &Control,
) -> Result<Vec<u8>> {
    control.check()?;
    let request = Request::of(request)?;
    if request.ledger != name {
        let message = format!("the request is for the ledger {:?}, not {name:?}", request.ledger);
        return Err(Error::new(Code::InvalidArgument, message)
            .path("ledger")
            .remedy("Name one ledger, once"));
    }
    let mut made = Vec::new();
    let blocks = blocks_of(&request.events, &mut made)?;
    let returned = if request.return_blocks { blocks.as_slice() } else { &[] };
    answer::fits(blocks.len(), returned, limit)?;
    let receipts = ledger.record(Ledger::prepare(&blocks)?, control)?;
    Ok(answer::encode(&receipts, returned))
}

/// The canonical blocks of a request's events, for whoever wants to see what it would record.
pub fn blocks(request: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut made = Vec::new();
    let request = Request::of(request)?;
    Ok(blocks_of(&request.events, &mut made)?.into_iter().map(<[u8]>::to_vec).collect())
}

/// A block that stands in the request, or one that was made of a draft.
enum Block<'a> {
    Given(&'a [u8]),
    Made(Hash, Range<usize>),
}

fn blocks_of<'a>(events: &[Form<'a>], made: &'a mut Vec<u8>) -> Result<Vec<&'a [u8]>> {
    if events.iter().all(|event| matches!(event, Form::Block(_))) {
        return Ok(events.iter().map(|event| event.bytes()).collect());
    }
    let mut drafts = Drafts::default();
    let mut done: Vec<Block<'a>> = Vec::with_capacity(events.len());
    for (position, event) in events.iter().enumerate() {
        let start = made.len();
        let resolve = |at: u64| match done.get(usize::try_from(at).ok()?)? {
            Block::Given(block) => Some(Hash::of(block)),
            Block::Made(hash, _) => Some(*hash),
        };
        let hash = match event {
            Form::Block(_) => None,
            Form::Draft(draft) => Some(drafts.write(draft, &resolve, made)),
            Form::Json(draft) => {
                Some(json::draft(draft, &mut drafts.writer, &resolve, Fill::Refuse, made))
            }
        };
        done.push(match hash {
            None => Block::Given(event.bytes()),
            Some(hash) => {
                let hash = hash.map_err(|error| error.position(position as u64))?;
                Block::Made(hash, start..made.len())
            }
        });
    }
    let made: &'a [u8] = made;
    let bytes = done.into_iter().map(|block| match block {
        Block::Given(block) => block,
        Block::Made(_, range) => made.get(range).unwrap_or_default(),
    });
    Ok(bytes.collect())
}

impl<'a> Form<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            Form::Draft(bytes) | Form::Json(bytes) | Form::Block(bytes) => bytes,
        }
    }
}
