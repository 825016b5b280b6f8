//! Rows read back from a segment. Nothing in it is believed: what is no whole frame is passed over,
//! and said. May use frame.

use crate::files::refusal;
use crate::frame::{self, Found};
use lineseal_core::error::Result;
use lineseal_core::limits::MAX_BLOCK;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Bytes read at once: any frame fits into them, and some more.
const CHUNK: usize = MAX_BLOCK + (256 << 10);

/// Some rows of a segment.
#[derive(Debug, Default)]
pub struct Piece {
    bytes: Vec<u8>,
    blocks: Vec<Range<usize>>,
    /// Where the next piece begins.
    pub next: u64,
    /// Bytes that were passed over.
    pub damaged: u64,
    /// Nothing follows up to the end that was given.
    pub last: bool,
}

impl Piece {
    /// The blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &[u8]> {
        self.blocks.iter().map(|range| self.bytes.get(range.clone()).unwrap_or_default())
    }
}

/// The rows of the segment at `path` from `from` on: at most `rows` of them, in the bytes before
/// `end` (of a segment that nobody appends to: all).
pub fn read(path: &Path, from: u64, end: Option<u64>, rows: usize) -> Result<Piece> {
    let (bytes, whole) = bytes(path, from, end).map_err(|error| refusal(&error, "read", path))?;
    let mut piece = Piece { bytes, ..Piece::default() };
    let mut at = 0;
    while at < piece.bytes.len() && piece.blocks.len() < rows {
        match frame::look(&piece.bytes, at, MAX_BLOCK) {
            Found::Block(range) => {
                at = range.end;
                piece.blocks.push(range);
            }
            // The next piece begins with it.
            Found::Short(_) if !whole && at > 0 => break,
            _ => {
                let next = frame::next(&piece.bytes, at);
                piece.damaged += (next - at) as u64;
                at = next;
            }
        }
    }
    piece.next = from + at as u64;
    piece.last = whole && at == piece.bytes.len();
    Ok(piece)
}

/// The bytes from a place on, and whether those are all.
fn bytes(path: &Path, from: u64, end: Option<u64>) -> std::io::Result<(Vec<u8>, bool)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let left = end.map_or(u64::MAX, |end| end.saturating_sub(from));
    let most = left.min(CHUNK as u64);
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    let whole = (bytes.len() as u64) < most || most == left;
    Ok((bytes, whole))
}
