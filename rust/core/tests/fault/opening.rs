//! How the rehearsals open a ledger: with a small index and small segments, so that a few batches
//! flush, merge, seal and roll. The one place that knows which index it is.

use lineseal_core::error::Error;
use lineseal_core::index::Index;
use lineseal_core::index::runs::{RunIndex, Tuning};
use lineseal_core::ledger::{Ledger, Options};
use lineseal_core::media::Media;
use lineseal_core::media::fault::FaultMedia;
use std::sync::Arc;

/// Opens for writing, made when missing, with segments of the usual size.
pub fn open(media: &FaultMedia) -> Result<Ledger, Error> {
    open_rolling(media, None)
}

/// Opens for writing, made when missing; a new segment begins after so many bytes.
pub fn open_rolling(media: &FaultMedia, segment_bytes: Option<u64>) -> Result<Ledger, Error> {
    open_as(media, Options { create: true, segment_bytes, ..Options::default() })
}

/// Opens for reading.
pub fn open_reader(media: &FaultMedia) -> Result<Ledger, Error> {
    open_as(media, Options { read_only: true, ..Options::default() })
}

fn open_as(media: &FaultMedia, options: Options) -> Result<Ledger, Error> {
    let media: Arc<dyn Media> = Arc::new(media.clone());
    let index = index(&media, options.read_only);
    Ledger::open_on(media, index, options)
}

fn index(media: &Arc<dyn Media>, read_only: bool) -> Box<dyn Index> {
    // What it does in the background would make one rehearsal differ from the next.
    let tuning = Tuning { events: 7, keep: 3, inline: true, ..Tuning::default() };
    Box::new(match read_only {
        true => RunIndex::reader(media.clone(), tuning),
        false => RunIndex::writer(media.clone(), tuning),
    })
}
