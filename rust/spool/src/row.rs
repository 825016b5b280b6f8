//! A prediction's number within its frame. May use frame.

use crate::frame::{HEAD, seal};
use lineseal_core::cbor::{Reader, Token};
use lineseal_core::event::items;
use lineseal_core::hash::Hash;
use std::ops::Range;

/// Gives the prediction in a frame another `seq`, and seals the frame: the new hash. None where it
/// has none.
pub fn renumber(frame: &mut Vec<u8>, seq: u64) -> Option<Hash> {
    let place = find(frame.get(HEAD..)?)?;
    let mut number = Vec::with_capacity(9);
    items::uint(&mut number, seq);
    frame.splice(HEAD + place.start..HEAD + place.end, number);
    seal(frame);
    frame.get(HEAD..).map(Hash::of)
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
    use lineseal_core::error::Error;
    use lineseal_core::event::{Fill, Writer};
    use proptest::prelude::*;

    fn framed(writer: &mut Writer, seq: u64) -> Result<(Vec<u8>, Hash), Error> {
        writer.begin("prediction")?;
        writer.time(7);
        writer.no_parents();
        writer.field("seq")?;
        writer.int(seq.into())?;
        writer.field("inputs")?;
        writer.text("seq")?;
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
            prop_assert_eq!(renumber(&mut frame, small), Some(hash));
            prop_assert_eq!(frame, wanted);
        }
    }
}
