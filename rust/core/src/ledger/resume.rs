//! Where an open begins to read the log: behind what the index covers, when its note fits the log
//! that is there. May use core, note, index, store.
//!
//! Of what is covered only the segments' names, lengths and headers are looked at, and the last
//! frame. Anything that does not fit (an index of another ledger, of a longer or an older log,
//! with segments exchanged) makes it worthless, and the log is read from its first byte.

use super::core::{Core, Published, corrupt};
use super::note::{self, Tally};
use crate::error::Result;
use crate::hash::Hash;
use crate::index::Covered;
use crate::media::{File, Mode};
use crate::store::frame::Frame;
use crate::store::group::Cursor;
use crate::store::section::{self, Parsed};
use crate::store::walk::Plan;
use crate::store::{scan, segment};

/// Takes up what the index covers: the log up to the place from which to read on.
pub(super) fn resume(core: &Core, plan: &Plan) -> Result<Option<Published>> {
    let Some(covered) = core.index.resume()? else { return Ok(None) };
    let fitting = fitting(core, plan, &covered)?;
    if fitting.is_none() {
        core.index.forget()?;
    }
    Ok(fitting.map(|shown| Published { kept: covered.events, ..shown }))
}

/// Makes sure that the log is the one that was read up to `cursor`, and not an older copy of it
/// that was put in its place.
pub(super) fn recognise(core: &Core, cursor: &Cursor) -> Result<()> {
    let path = segment::path(cursor.segment);
    let same = match core.media.open(&path, Mode::Read)? {
        None => false,
        Some(file) if cursor.frame > 0 => ends_with(&*file, cursor)?,
        Some(file) => scan::header(&*file)?.is_some_and(|(head, _)| head.nonce == cursor.nonce),
    };
    if same {
        return Ok(());
    }
    let message = format!("{}: {path} no longer holds what was read from it before", core.label);
    Err(corrupt(message).path(path).position(cursor.frame))
}

/// The log up to where the index covers it, if it is the log that the note speaks of.
fn fitting(core: &Core, plan: &Plan, covered: &Covered) -> Result<Option<Published>> {
    let Some((cursor, tally)) = note::read(core.meta.id, &covered.note) else { return Ok(None) };
    let here = (cursor.segment, cursor.offset);
    if cursor.next != covered.events || plan.bound.is_some_and(|bound| bound < here) {
        return Ok(None);
    }
    let Some(mut shown) = segments(core, &cursor, &tally)? else { return Ok(None) };
    let last = shown.segments.last();
    let Some((_, file)) = last.filter(|(first, _)| *first == cursor.segment) else {
        return Ok(None);
    };
    if !ends_with(&**file, &cursor)? {
        return Ok(None);
    }
    (shown.cursor, shown.tally) = (cursor, tally);
    Ok(Some(shown))
}

/// The segments up to the cursor's, if each is of this ledger and those before the last are as
/// they were.
fn segments(core: &Core, cursor: &Cursor, tally: &Tally) -> Result<Option<Published>> {
    let mut firsts: Vec<u64> =
        core.media.list(segment::DIR)?.iter().filter_map(|name| segment::first_of(name)).collect();
    firsts.sort_unstable();
    let mut shown = Published::new(core.log.read().slots);
    for first in firsts.into_iter().filter(|first| *first <= cursor.segment) {
        let Some(file) = core.media.open(&segment::path(first), Mode::Read)? else {
            return Ok(None);
        };
        let header = scan::header(&*file)?.map(|(header, _)| header);
        let fits = |header: &segment::Header| {
            (header.ledger, header.first) == (core.meta.id, first)
                && (first < cursor.segment || header.nonce == cursor.nonce)
        };
        if !header.as_ref().is_some_and(fits) {
            return Ok(None);
        }
        shown.begin(first, file);
    }
    Ok(shown.tally.has_segments_of(tally).then_some(shown))
}

/// Whether the cursor's last frame stands where it says, whole.
fn ends_with(file: &dyn File, cursor: &Cursor) -> Result<bool> {
    let length = cursor.offset.saturating_sub(cursor.frame);
    if cursor.frame == 0 || length > section::MAX_SECTION as u64 + section::MAX_VARINT as u64 {
        return Ok(false);
    }
    let mut bytes = vec![0; length as usize];
    let n = file.read_at(cursor.frame, &mut bytes)?;
    let Parsed::Section { hash, block, .. } = section::parse(bytes.get(..n).unwrap_or_default())
    else {
        return Ok(false);
    };
    let ends = block.end == bytes.len();
    let data = bytes.get(block).unwrap_or_default();
    let fits = |frame: Frame| {
        (frame.nonce, frame.offset) == (cursor.nonce, cursor.frame)
            && frame.next() == cursor.next
            && frame.clock == cursor.clock
    };
    let named = Some(hash) == cursor.last && Hash::of(data) == hash;
    Ok(ends && named && Frame::read(data).is_some_and(fits))
}
