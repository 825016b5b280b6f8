//! Stage 1 for rows: written, hashed and laid out as batches by threads of their own, which are
//! handed on in the order of the rows. What the writer made needs no check. May use event, prepare,
//! store::section.

use super::Ledger;
use super::names::Seed;
use super::prepare::{Batch, Parent, Prepared};
use super::ticket::{AckLevel, Receipt};
use crate::cid::{CID_LEN, Cid};
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::event::{Rows, Written};
use crate::hash::Hash;
use crate::store::section;
use std::ops::Range;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Rows of one batch: few enough for a processor's cache, and the disk waits for many batches at
/// once anyway.
const SHARE: usize = 1_000;

/// Bytes at which a batch ends earlier.
const SHARE_BYTES: usize = 4 << 20;

/// Threads that write rows: more would wait for the one that sequences.
const THREADS: usize = 4;

/// Batches that a thread has ready before it waits.
const AHEAD: usize = 2;

/// Records all rows, batch by batch: the receipts of those that are durable, and what ended it.
pub(super) fn record(
    ledger: &Ledger,
    rows: &Rows<'_>,
    range: Range<usize>,
    control: &Control,
) -> (Vec<Receipt>, Option<Error>) {
    let (mut tickets, mut seen, mut next) = (Vec::new(), Seen::default(), range.start);
    if rows.may_repeat() {
        seen.0.reserve(range.len());
    }
    let mut failed = batches(rows, range.clone(), |batch| {
        control.check()?;
        seen.take(rows, next, &batch)?;
        // The sequencer makes us wait while the disk has enough to do.
        let patience = ledger.patience(control);
        let ticket = ledger.writer().and_then(|writer| writer.submit(&batch, &patience));
        tickets.push(ticket.map_err(|error| error.after(next))?);
        next += batch.len();
        Ok(true)
    })
    .err();
    let mut receipts = Vec::with_capacity(range.len());
    for ticket in tickets {
        match ticket.wait(AckLevel::Sequenced, None) {
            Ok(some) => receipts.extend(some),
            // What was sequenced behind it failed with it.
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    (receipts, failed)
}

/// The first of these rows as batches of at most `events` events and `bytes` bytes in all.
pub(super) fn prepare(
    rows: &Rows<'_>,
    range: Range<usize>,
    (events, bytes): (usize, usize),
    seen: &mut Seen,
) -> Result<Vec<Batch>> {
    let (mut made, mut size, mut next) = (Vec::new(), 0, range.start);
    let most = range.start.saturating_add(events).min(range.end);
    batches(rows, range.start..most, |batch| {
        size += batch.sections.len();
        if size > bytes && !made.is_empty() {
            return Ok(false);
        }
        seen.take(rows, next, &batch)?;
        next += batch.len();
        made.push(batch);
        Ok(true)
    })?;
    Ok(made)
}

/// The rows of one call so far, by their events: none may make the same as another.
#[derive(Default)]
pub struct Seen(hashbrown::HashMap<u64, usize, Seed>);

impl Seen {
    /// Takes the batch whose first row is `first`.
    fn take(&mut self, rows: &Rows<'_>, first: usize, batch: &Batch) -> Result<()> {
        if !rows.may_repeat() {
            return Ok(());
        }
        for (row, hash) in (first..).zip(batch.hashes()) {
            let Some(before) = self.0.insert(hash.prefix(), row) else { continue };
            // Two hashes may begin alike: the other is made again.
            if write(rows, before..before + 1)?.hashes().next() == Some(hash) {
                return Err(repeated(before, row, hash));
            }
        }
        Ok(())
    }
}

#[cold]
fn repeated(before: usize, row: usize, hash: Hash) -> Error {
    let message = format!("rows {before} and {row} are equal, and would be one event");
    Error::new(Code::InvalidArgument, message)
        .hash(hash)
        .position(row as u64)
        .remedy("Leave one of them out, or give them different identifiers or times")
}

/// Hands the batches of these rows to `take`, in order, until it has enough (false). An error's
/// position is the row.
fn batches(
    rows: &Rows<'_>,
    range: Range<usize>,
    mut take: impl FnMut(Batch) -> Result<bool>,
) -> Result<()> {
    let shares = range.len().div_ceil(SHARE);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = shares.min(cores).min(THREADS);
    if threads < 2 {
        let mut outcome = Ok(true);
        let give = |made: Made| {
            outcome = made.and_then(|(batch, _)| take(batch));
            matches!(outcome, Ok(true))
        };
        work(rows, shares_of(range, 0, 1), give);
        return outcome.map(drop);
    }
    thread::scope(|scope| {
        let mut lines = Vec::with_capacity(threads);
        for first in 0..threads {
            let (sender, line) = sync_channel(AHEAD);
            let mine = shares_of(range.clone(), first, threads);
            let body = move || work(rows, mine, |made| sender.send(made).is_ok());
            let thread = thread::Builder::new().name("lineseal-rows".to_owned());
            thread.spawn_scoped(scope, body).map_err(|error| no_thread(&error))?;
            lines.push(line);
        }
        // What is not fetched ends with its line, and with that its thread.
        collect(&lines, shares, take)
    })
}

/// A batch, and whether it is the last of its share.
type Made = Result<(Batch, bool)>;

/// Every `step`th share of the rows, from the one in place `first` on.
fn shares_of(rows: Range<usize>, first: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = rows.clone().step_by(SHARE).skip(first).step_by(step);
    starts.map(move |start| start..rows.end.min(start + SHARE))
}

/// Gives the batches of the shares until nobody wants more of them.
fn work(
    rows: &Rows<'_>,
    shares: impl Iterator<Item = Range<usize>>,
    mut give: impl FnMut(Made) -> bool,
) {
    for share in shares {
        let mut start = share.start;
        while start < share.end {
            let made = write(rows, start..share.end).map(|batch| {
                start += batch.len();
                (batch, start == share.end)
            });
            let failed = made.is_err();
            if !give(made) || failed {
                return;
            }
        }
    }
}

/// Takes the shares' batches, each from the thread that has it.
fn collect(
    lines: &[Receiver<Made>],
    shares: usize,
    mut take: impl FnMut(Batch) -> Result<bool>,
) -> Result<()> {
    for line in lines.iter().cycle().take(shares) {
        loop {
            let (batch, last) = line.recv().map_err(|_| died())??;
            if !take(batch)? {
                return Ok(());
            }
            if last {
                break;
            }
        }
    }
    Ok(())
}

/// Room before a block for a varint of two bytes, which most have, and the CID.
const ROOM: usize = 2 + CID_LEN;

/// The first of these rows as a batch: all, if they are not too large.
fn write(rows: &Rows<'_>, range: Range<usize>) -> Result<Batch> {
    let mut out = Written::default();
    let mut events = Vec::with_capacity(range.len());
    for row in range.clone() {
        let (start, parents, keys) = (out.bytes.len(), out.parents.len(), out.keys.len());
        out.bytes.resize(start + ROOM, 0);
        rows.write(row, &mut out)?;
        set_length(&mut out.bytes, start);
        events.push(Prepared {
            hash: Hash([0; 32]),
            section: start..out.bytes.len(),
            parents: parents..out.parents.len(),
            keys: keys..out.keys.len(),
        });
        if events.len() == 1 {
            // Rows are of about one size.
            out.reserve(range.len() - 1);
        }
        if out.bytes.len() > SHARE_BYTES {
            break;
        }
    }
    name(&mut out.bytes, &mut events);
    let parents = out.parents.into_iter().map(Parent::Outside).collect();
    Ok(Batch { sections: out.bytes, events, parents, keys: out.keys })
}

/// Writes the varint of the section at `start`, whose block is behind the room left for it.
fn set_length(bytes: &mut Vec<u8>, start: usize) {
    let length = bytes.len().saturating_sub(start + 2);
    match bytes.get_mut(start..start + 2) {
        Some([low, high]) if section::varint_len(length - CID_LEN) == 2 => {
            (*low, *high) = (length as u8 | 0x80, (length >> 7) as u8);
        }
        _ => {
            let mut varint = Vec::with_capacity(section::MAX_VARINT);
            section::write_varint(&mut varint, length);
            bytes.splice(start..start + 2, varint);
        }
    }
}

/// Hashes the sections' blocks, two at a time, and writes their CIDs.
fn name(sections: &mut [u8], events: &mut [Prepared]) {
    for pair in events.chunks_mut(2) {
        let block = |event: &Prepared| block_of(sections, event);
        match pair {
            [one, other] => (one.hash, other.hash) = Hash::of_two(block(one), block(other)),
            [one] => one.hash = Hash::of(block(one)),
            _ => {}
        }
        for event in pair {
            let end = event.section.end - block_of(sections, event).len();
            let cid = sections.get_mut(end - CID_LEN..end).unwrap_or_default();
            cid.copy_from_slice(&Cid::event(event.hash).to_bytes());
        }
    }
}

fn block_of<'a>(sections: &'a [u8], event: &Prepared) -> &'a [u8] {
    section::block(sections.get(event.section.clone()).unwrap_or_default())
}

#[cold]
fn no_thread(error: &std::io::Error) -> Error {
    Error::new(Code::Storage, format!("no thread to write rows: {error}"))
        .remedy("Let the process have more threads, or record fewer rows at a time")
}

#[cold]
fn died() -> Error {
    Error::new(Code::Internal, "a thread that writes rows died").remedy("Please report it")
}
