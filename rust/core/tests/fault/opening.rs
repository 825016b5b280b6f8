//! How the rehearsals open a ledger: with a small index and small segments, so that a few batches
//! flush, merge, seal and roll. The one place that knows which index it is.

use lineseal_core::error::Error;
use lineseal_core::index::runs::{RunIndex, Tuning};
use lineseal_core::ledger::{Ledger, Options, Sharing};
use lineseal_core::media::Media;
use lineseal_core::media::fault::FaultMedia;
use std::sync::Arc;
use std::time::Duration;

/// Events that fill a memtable, where nothing else is said.
const FLUSH: u64 = 7;

/// Opens for writing, made when missing, with segments of the usual size.
pub fn open(media: &FaultMedia) -> Result<Ledger, Error> {
    open_rolling(media, None)
}

/// Opens for writing, made when missing; a new segment begins after so many bytes.
pub fn open_rolling(media: &FaultMedia, segment_bytes: Option<u64>) -> Result<Ledger, Error> {
    open_flushing(media, segment_bytes, FLUSH)
}

/// The same; so many events are written as a run, and eight runs of a size become one.
pub fn open_flushing(
    media: &FaultMedia,
    segment_bytes: Option<u64>,
    events: u64,
) -> Result<Ledger, Error> {
    let options = Options { create: true, segment_bytes, ..Options::default() };
    open_as(media, options, events)
}

/// Opens for writing beside other processes, with small segments.
pub fn open_sharing(media: &FaultMedia, idle: Duration) -> Result<Ledger, Error> {
    let sharing = Sharing { idle, spell: Duration::ZERO, ..Sharing::default() };
    let segment_bytes = Some(4_000);
    let options = Options { create: true, segment_bytes, sharing, ..Options::default() };
    open_as(media, options, FLUSH)
}

/// Opens for writing in one of several processes, which hand the lock on after every group.
pub fn open_by_turns(media: &FaultMedia, segment_bytes: Option<u64>) -> Result<Ledger, Error> {
    let (timeout, soon) = (Duration::from_secs(20), Duration::from_millis(20));
    let sharing = Sharing { timeout, idle: soon, spell: Duration::ZERO };
    open_as(media, Options { create: true, segment_bytes, sharing, ..Options::default() }, 1)
}

/// Opens for reading.
pub fn open_reader(media: &FaultMedia) -> Result<Ledger, Error> {
    open_as(media, Options { read_only: true, ..Options::default() }, FLUSH)
}

fn open_as(media: &FaultMedia, options: Options, events: u64) -> Result<Ledger, Error> {
    let media: Arc<dyn Media> = Arc::new(media.clone());
    // What it does in the background would make one rehearsal differ from the next.
    let tuning = Tuning { events, keep: events / 2, inline: true, ..Tuning::default() };
    let index = match options.read_only {
        true => RunIndex::reader(media.clone(), tuning),
        false => RunIndex::writer(media.clone(), tuning),
    };
    Ledger::open_on(media, Box::new(index), options)
}
