//! Stage 1 for rows: they are written, hashed and laid out as a batch, in several threads where it
//! pays. What the writer made needs no check. May use event, prepare, store::section.

use super::names::ByName;
use super::prepare::{Batch, Parent, Prepared};
use super::process;
use crate::cid::Cid;
use crate::error::{Code, Error, Result};
use crate::event::{Rows, Written};
use crate::hash::Hash;
use crate::limits::MAX_BATCH_EVENTS;
use crate::store::section;
use rayon::prelude::*;
use std::ops::Range;

/// Rows that one thread takes at once; fewer are not worth waking another.
const SHARE: usize = 256;

/// A batch of the first rows of `range`, as many as have at most `most` bytes together, but one at
/// least. An error's position is the row.
pub(super) fn prepare(rows: &Rows<'_>, range: Range<usize>, most: usize) -> Result<Batch> {
    let first = range.start;
    let end = range.end.min(first.saturating_add(MAX_BATCH_EVENTS));
    let starts: Vec<usize> = (first..end).step_by(SHARE).collect();
    let share = |&start: &usize| write(rows, start..(start + SHARE).min(end));
    let shares: Vec<Result<Batch>> = if starts.len() > 1 && process::may_use_threads() {
        starts.par_iter().map(share).collect()
    } else {
        starts.iter().map(share).collect()
    };
    let mut batch = join(shares, most)?;
    cut(&mut batch, most);
    if rows.may_repeat() {
        distinct(&batch, first)?;
    }
    Ok(batch)
}

/// Writes and hashes some rows.
fn write(rows: &Rows<'_>, range: Range<usize>) -> Result<Batch> {
    let mut written = Written::default();
    let mut ends = Vec::with_capacity(range.len());
    for row in range {
        rows.write(row, &mut written)?;
        ends.push((written.bytes.len(), written.parents.len(), written.keys.len()));
    }
    let mut from = 0;
    let mut blocks = Vec::with_capacity(ends.len());
    for &(end, ..) in &ends {
        blocks.push(written.bytes.get(from..end).unwrap_or_default());
        from = end;
    }
    let mut sections =
        Vec::with_capacity(blocks.iter().map(|block| section::len(block.len())).sum());
    let mut events = Vec::with_capacity(ends.len());
    let mut from = (0, 0);
    for (pair, ends) in blocks.chunks(2).zip(ends.chunks(2)) {
        for ((block, hash), &(_, parents, keys)) in pair.iter().zip(hashes(pair)).zip(ends) {
            let start = sections.len();
            section::write(&mut sections, Cid::event(hash), block);
            events.push(Prepared {
                hash,
                section: start..sections.len(),
                parents: from.0..parents,
                keys: from.1..keys,
            });
            from = (parents, keys);
        }
    }
    let parents = written.parents.into_iter().map(Parent::Outside).collect();
    Ok(Batch { sections, events, parents, keys: written.keys })
}

/// Of one block or two.
fn hashes(pair: &[&[u8]]) -> [Hash; 2] {
    match pair {
        [one, other] => Hash::of_two(one, other).into(),
        _ => [Hash::of(pair.first().copied().unwrap_or_default()); 2],
    }
}

/// The shares behind one another, as far as anyone wants them.
fn join(shares: Vec<Result<Batch>>, most: usize) -> Result<Batch> {
    let mut shares = shares.into_iter();
    let mut batch = shares.next().unwrap_or_else(|| Err(empty()))?;
    for share in shares {
        if batch.sections.len() > most {
            break;
        }
        let share = share?;
        let by = (batch.sections.len(), batch.parents.len(), batch.keys.len());
        let moved = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        batch.sections.extend_from_slice(&share.sections);
        batch.events.extend(share.events.into_iter().map(|event| Prepared {
            hash: event.hash,
            section: moved(event.section, by.0),
            parents: moved(event.parents, by.1),
            keys: moved(event.keys, by.2),
        }));
        batch.parents.extend(share.parents);
        batch.keys.extend(share.keys);
    }
    Ok(batch)
}

/// Takes back the last events that do not fit.
fn cut(batch: &mut Batch, most: usize) {
    let fits = batch.events.partition_point(|event| event.section.end <= most).max(1);
    batch.events.truncate(fits);
    if let Some(last) = batch.events.last() {
        batch.sections.truncate(last.section.end);
        batch.parents.truncate(last.parents.end);
        batch.keys.truncate(last.keys.end);
    }
}

/// Refuses rows that make the same event.
fn distinct(batch: &Batch, first: usize) -> Result<()> {
    let mut rows = ByName::with_capacity_and_hasher(batch.events.len(), Default::default());
    for (row, event) in (first..).zip(&batch.events) {
        if let Some(before) = rows.insert(event.hash, row) {
            return Err(Error::new(
                Code::InvalidArgument,
                format!("rows {before} and {row} are equal, and make one event"),
            )
            .hash(event.hash)
            .position(row as u64)
            .remedy("Leave one of them out, or give them different identifiers or times"));
        }
    }
    Ok(())
}

fn empty() -> Error {
    Error::new(Code::InvalidArgument, "there are no rows").remedy("Give at least one")
}
