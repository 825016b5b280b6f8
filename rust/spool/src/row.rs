//! A prediction's number within its frame. May use frame.

use crate::frame::{HEAD, seal};
use lineseal_core::cbor::{Reader, Token};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::event::{fits, items};
use lineseal_core::hash::Hash;
use std::ops::Range;

/// Gives the prediction in a frame another `seq`, and seals the frame: the new hash. A greater number
/// may take more bytes than an event has left.
pub fn renumber(frame: &mut Vec<u8>, seq: u64) -> Result<Hash> {
    let place = frame.get(HEAD..).and_then(find).ok_or_else(unnumbered)?;
    let mut number = Vec::with_capacity(9);
    items::uint(&mut number, seq);
    frame.splice(HEAD + place.start..HEAD + place.end, number);
    fits(frame.len() - HEAD)?;
    seal(frame);
    Ok(Hash::of(frame.get(HEAD..).unwrap_or_default()))
}

fn unnumbered() -> Error {
    Error::new(Code::Internal, "a row has no number").remedy("Please report it")
}

/// Where the item `payload.seq` lies in a block.
fn find(block: &[u8]) -> Option<Range<usize>> {
    let mut reader = Reader::new(block);
    enter(&mut reader, "payload")?;
    enter(&mut reader, "seq")?;
    let start = reader.position();
    reader.skip().ok()?;
    Some(start..reader.position())
}

/// Goes to the value of a key in the map that comes next.
fn enter(reader: &mut Reader<'_>, wanted: &str) -> Option<()> {
    let Ok(Token::Map(mut keys)) = reader.token() else { return None };
    while keys.next(reader).ok()?? != wanted {
        reader.skip().ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lineseal_core::event::{Fill, Writer};
    use lineseal_core::limits::MAX_BLOCK;
    use proptest::prelude::*;

    fn framed(writer: &mut Writer, seq: u64) -> Result<(Vec<u8>, Hash)> {
        filled(writer, seq, 1)
    }

    fn filled(writer: &mut Writer, seq: u64, size: usize) -> Result<(Vec<u8>, Hash)> {
        writer.begin("prediction")?;
        writer.time(7);
        writer.no_parents();
        writer.field("seq")?;
        writer.int(seq.into())?;
        writer.field("inputs")?;
        writer.text(&"seq".repeat(size))?;
        writer.field("prediction_id")?;
        writer.text("p")?;
        let mut frame = vec![0; HEAD];
        let hash = writer.finish(Fill::Refuse, &mut frame)?;
        seal(&mut frame);
        Ok((frame, hash))
    }

    proptest! {
        #[test]
        fn a_row_with_another_number_is_the_one_that_the_writer_makes(
            one in 0..=i64::MAX as u64, small in 0..70_000_u64,
        ) {
            let mut writer = Writer::new();
            let (mut frame, _) = framed(&mut writer, one).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let (wanted, hash) = framed(&mut writer, small).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let renumbered = renumber(&mut frame, small);
            prop_assert_eq!(renumbered.map_err(|e| TestCaseError::fail(e.to_string()))?, hash);
            prop_assert_eq!(frame, wanted);
        }
    }

    #[test]
    fn a_row_that_a_greater_number_makes_too_large_is_refused() -> Result<()> {
        let mut writer = Writer::new();
        let room = MAX_BLOCK - (filled(&mut writer, 0, 70_000)?.0.len() - HEAD - 3 * 70_000);
        let (mut frame, _) = filled(&mut writer, 23, room / 3)?;
        assert!(frame.len() - HEAD > MAX_BLOCK - 3);
        let refused = renumber(&mut frame, u64::MAX >> 1).err().map(|error| error.code());
        assert_eq!(refused, Some(Code::InvalidRecord));
        Ok(())
    }
}
