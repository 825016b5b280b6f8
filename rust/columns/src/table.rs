//! Named columns side by side, and values that all rows share. May use column, lineseal-core.

use crate::column::{Member, SAFE_DEPTH, put_members};
use lineseal_core::error::Result;
use lineseal_core::event::Cell;

/// Each row is a map from the names to the values.
pub struct Table<'a> {
    members: Vec<Member<Box<dyn Cell + 'a>>>,
}

impl<'a> Table<'a> {
    /// Of these columns, which have as many rows each; refuses a name that is there twice.
    pub fn new(mut members: Vec<Member<Box<dyn Cell + 'a>>>) -> Result<Self> {
        Member::sort(&mut members)?;
        Ok(Table { members })
    }
}

impl Cell for Table<'_> {
    fn put(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        put_members(&self.members, out, |cell, out| cell.put(row, out))
    }

    fn suspect(&self, around: usize) -> bool {
        let within = around + 1;
        within > SAFE_DEPTH
            || self.members.iter().any(|member| member.is_reserved() || member.of.suspect(within))
    }
}

/// A finished item that is every row's value.
pub struct Same<'a>(pub &'a [u8]);

impl Cell for Same<'_> {
    fn put(&self, _row: usize, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(self.0);
        Ok(())
    }

    fn suspect(&self, _around: usize) -> bool {
        false
    }
}
