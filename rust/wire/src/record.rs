//! A `RecordRequest` recorded, in one call: request bytes in, response bytes out.
//! May use request, draft, answer, and the core's ledger.

use crate::answer;
use crate::draft::Drafts;
use crate::request::{Form, Request};
use lineseal_core::control::Control;
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{Fill, json};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Batch, Ledger, Receipt};
use lineseal_core::limits::MAX_BATCH_BYTES;
use std::cell::OnceCell;
use std::ops::Range;

/// Records the request's events, all or none, and gives the response: [`prepare`], and the rest.
pub fn record(
    ledger: &Ledger,
    name: &str,
    request: &[u8],
    limit: usize,
    control: &Control,
) -> Result<Vec<u8>> {
    control.check()?;
    let (batch, answer) = prepare(name, request, limit)?;
    Ok(answer.encode(&ledger.record(batch, control)?))
}

/// What is left to do when the events of a request are recorded.
#[derive(Debug)]
pub struct Answer {
    /// The blocks that the client wants to have back.
    returned: Vec<Vec<u8>>,
}

impl Answer {
    /// The response.
    pub fn encode(&self, receipts: &[Receipt]) -> Vec<u8> {
        answer::encode(receipts, &self.returned)
    }
}

/// The events of a request as a batch. `name` is the ledger that the caller was let in for: a
/// request for another is refused, whatever it was read as before. So is one whose response would
/// have over `limit` bytes.
pub fn prepare(name: &str, request: &[u8], limit: usize) -> Result<(Batch, Answer)> {
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
    let batch =
        if request.copies { Ledger::prepare_copies(&blocks) } else { Ledger::prepare(&blocks) };
    let returned = returned.iter().map(|block| block.to_vec()).collect();
    Ok((batch?, Answer { returned }))
}

/// A block that stands in the request, or one that was made of a draft.
enum Block<'a> {
    /// Hashed when a draft first names it: many drafts may name one large block.
    Given(&'a [u8], OnceCell<Hash>),
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
            Block::Given(block, hash) => Some(*hash.get_or_init(|| Hash::of(block))),
            Block::Made(hash, _) => Some(*hash),
        };
        let hash = match event {
            Form::Block(_) => None,
            Form::Draft(draft) => Some(drafts.write(draft, &resolve, made)),
            Form::Json(draft) => {
                Some(json::draft(draft, &mut drafts.writer, &resolve, Fill::Refuse, made))
            }
        };
        if made.len() > MAX_BATCH_BYTES {
            return Err(too_large());
        }
        done.push(match hash {
            None => Block::Given(event.bytes(), OnceCell::new()),
            Some(hash) => {
                let hash = hash.map_err(|error| error.position(position as u64))?;
                Block::Made(hash, start..made.len())
            }
        });
    }
    let made: &'a [u8] = made;
    let bytes = done.into_iter().map(|block| match block {
        Block::Given(block, _) => block,
        Block::Made(_, range) => made.get(range).unwrap_or_default(),
    });
    Ok(bytes.collect())
}

#[cold]
fn too_large() -> Error {
    let message = format!("the events have over {MAX_BATCH_BYTES} bytes as blocks");
    Error::new(Code::InvalidArgument, message)
        .path("events")
        .remedy("Send them in several requests, parents first")
}

impl<'a> Form<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Form::Draft(bytes) | Form::Json(bytes) | Form::Block(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{encode, field};
    use lineseal_core::ledger::{Options, Place};

    /// The canonical blocks of a request's events.
    fn blocks(request: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut made = Vec::new();
        let request = Request::of(request)?;
        Ok(blocks_of(&request.events, &mut made)?.into_iter().map(<[u8]>::to_vec).collect())
    }

    fn event(form: u8, bytes: &[u8]) -> Vec<u8> {
        let (mut event, mut out) = (Vec::new(), Vec::new());
        field(&mut event, form, bytes);
        field(&mut out, 2, &event);
        out
    }

    /// A typed draft of a dataset, made from the events at these positions.
    fn dataset(name: &str, parents: &[u8]) -> Vec<u8> {
        let (mut draft, mut record) = (Vec::new(), Vec::new());
        for position in parents {
            field(&mut draft, 3, &[2 << 3, *position]);
        }
        field(&mut record, 1, name.as_bytes());
        field(&mut draft, 11, &record);
        event(1, &draft)
    }

    #[test]
    fn all_three_forms_make_one_block() {
        let json = event(2, br#"{"type": "dataset", "record": {"name": "digits"}}"#);
        let of_json = blocks(&json).unwrap();
        assert_eq!(blocks(&dataset("digits", &[])).unwrap(), of_json);
        let given: Vec<_> = of_json.iter().map(Vec::as_slice).collect();
        assert_eq!(blocks(&encode("any", &given, false)).unwrap(), of_json);
    }

    #[test]
    fn a_position_names_an_earlier_event_of_any_form() {
        let first = blocks(&dataset("a", &[])).unwrap();
        let request = [event(3, &first[0]), dataset("b", &[]), dataset("c", &[0, 1])].concat();
        let made = blocks(&request).unwrap();
        for parent in &made[..2] {
            let hash = Hash::of(parent).0;
            assert!(made[2].windows(32).any(|bytes| bytes == hash));
        }
        for wrong in [2, 3] {
            let request = [dataset("a", &[]), dataset("b", &[]), dataset("c", &[wrong])].concat();
            let error = blocks(&request).unwrap_err();
            assert_eq!(error.position_number(), Some(2));
            assert_eq!(error.path_name(), Some("parents[0].position"));
        }
    }

    #[test]
    fn the_ledger_of_the_request_is_the_one_that_was_let_in() {
        let ledger = Ledger::open(Place::Memory, Options::default()).unwrap();
        let request = [&[10, 1, b'a'][..], &dataset("d", &[])].concat();
        let control = Control::new();
        assert!(record(&ledger, "b", &request, 1 << 20, &control).is_err());
        assert!(record(&ledger, "a", &request, 10, &control).is_err());
        control.cancel();
        assert!(record(&ledger, "a", &request, 1 << 20, &control).is_err());
        assert_eq!(ledger.snapshot().unwrap().len(), 0);
        let response = record(&ledger, "a", &request, 1 << 20, &Control::new()).unwrap();
        let hash = Hash::of(&blocks(&request).unwrap()[0]);
        assert!(answer::receipts(&response, &[hash]).unwrap()[0].created);
        assert_eq!(ledger.snapshot().unwrap().len(), 1);
    }
}
