//! A column in several pieces, as streams deliver it. May use column, refuse, lineseal-core.

use crate::column::Column;
use crate::refuse::refusal;
use lineseal_core::error::Result;
use lineseal_core::event::Cell;

/// Pieces behind one another.
#[derive(Clone, Debug, Default)]
pub struct Chunks<'a> {
    columns: Vec<Column<'a>>,
    /// The first row of each.
    starts: Vec<usize>,
    len: usize,
}

impl<'a> Chunks<'a> {
    /// Of these pieces; empty ones are left out.
    pub fn new(columns: impl IntoIterator<Item = Column<'a>>) -> Self {
        let mut chunks = Chunks::default();
        for column in columns.into_iter().filter(|column| column.len > 0) {
            chunks.starts.push(chunks.len);
            chunks.len += column.len;
            chunks.columns.push(column);
        }
        chunks
    }

    /// Rows of all pieces.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The pieces.
    pub fn columns(&self) -> &[Column<'a>] {
        &self.columns
    }

    /// Row `row` as microseconds since 1970 UTC.
    pub fn micros(&self, row: usize) -> Result<i64> {
        let (column, row) = self.find(row)?;
        column.micros(row)
    }

    /// The bytes of row `row`, and whether they are text; none for null and in other columns.
    pub fn piece(&self, row: usize) -> Option<(&[u8], bool)> {
        let (column, row) = self.find(row).ok()?;
        column.piece(row)
    }

    fn find(&self, row: usize) -> Result<(&Column<'a>, usize)> {
        let place = match self.columns.len() {
            1 => 0,
            _ => self.starts.partition_point(|&start| start <= row).wrapping_sub(1),
        };
        match (self.columns.get(place), self.starts.get(place)) {
            (Some(column), Some(start)) => Ok((column, row - start)),
            _ => Err(refusal("the column has no such row", "Give columns of one length")),
        }
    }
}

impl Cell for Chunks<'_> {
    fn put(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        let (column, row) = self.find(row)?;
        column.put(row, out)
    }

    fn suspect(&self, around: usize) -> bool {
        self.columns.iter().any(|column| column.suspect(around))
    }
}
