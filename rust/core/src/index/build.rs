//! How a run is written: its tables one after the other, what helps to find things in them, and a
//! last page that says where everything stands. May use page, table, filter, item, run, media.
//!
//! ```text
//! hashes | edges | keys | clocks | segments | offsets | filter | fences | last page
//! ```

use super::cache;
use super::filter::Filter;
use super::item::Item;
use super::memtable::Kind;
use super::page::{PageWriter, Pages};
use super::run::{self, Last, OFFSET, Run};
use super::table::{PER_PAGE, Table};
use crate::error::{Code, Error, Result};
use crate::media::{Media, Mode};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Where the content of a new run comes from: a memtable, or other runs.
pub(super) trait Source {
    /// The first event.
    fn first(&self) -> u64;
    /// How many events there are.
    fn events(&self) -> u32;
    /// Whether its hashes were added to the filter in front.
    fn is_fronted(&self) -> bool;
    /// Gives the items of a table in order, each once.
    fn items(&self, kind: Kind, give: &mut dyn FnMut(Item) -> Result<()>) -> Result<()>;
    /// Gives each event's offset.
    fn offsets(&self, give: &mut dyn FnMut(u64) -> Result<()>) -> Result<()>;
}

/// What a new run is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) number: u64,
    /// Random: pages of another run that once had this number are not taken for its own.
    pub(super) tag: u64,
}

/// Writes a run, durably but for its name. `pause` is called now and then, and may end it.
pub(super) fn build(
    media: &dyn Media,
    name: Name,
    source: &dyn Source,
    broken: &Arc<AtomicBool>,
    pause: &mut dyn FnMut() -> Result<()>,
) -> Result<Run> {
    let path = run::path(name.number);
    let file = media.open(&path, Mode::Create)?.ok_or_else(|| {
        Error::new(Code::Internal, format!("the new file {path} is not there")).path(&path)
    })?;
    let mut writer = PageWriter::new(file.clone(), name.tag, pause);
    let mut filter = Filter::new(u64::from(source.events()));
    let mut tables: [Table; Kind::ALL.len()] = Default::default();
    let mut segments = Vec::new();
    for (table, kind) in tables.iter_mut().zip(Kind::ALL) {
        table.page = writer.end_page()?;
        source.items(kind, &mut |item| {
            match kind {
                Kind::Hashes => filter.add(item.key),
                Kind::Segments => segments.push(item),
                _ => {}
            }
            add(&mut writer, table, item)
        })?;
    }
    let offsets = writer.end_page()?;
    source.offsets(&mut |offset| {
        let bytes = offset.to_le_bytes();
        match bytes.split_at(OFFSET) {
            (offset, [0, 0, 0]) => writer.cell(offset),
            _ => Err(Error::new(Code::Unsupported, "a segment is too large to be indexed")),
        }
    })?;
    let filtered = writer.end_page()?;
    filter.bytes().try_for_each(|block| writer.cell(&block))?;
    let fences = writer.end_page()?;
    let all = tables.iter().flat_map(|table| &table.fences);
    all.clone().try_for_each(|fence| writer.cell(&fence.bytes()))?;
    writer.end_page()?;
    let last = Last {
        first: source.first(),
        events: source.events(),
        tables: tables.each_ref().map(|table| (table.page, table.items)),
        offsets,
        filter: (filtered, filter.blocks() as u32),
        fences,
    };
    writer.cell(&last.bytes())?;
    let count = writer.finish()?;
    let pages =
        Pages { file, path, tag: name.tag, serial: cache::serial(), broken: broken.clone() };
    let fronted = source.is_fronted();
    Ok(Run { number: name.number, last, count, tables, segments, filter, fronted, pages })
}

fn add(writer: &mut PageWriter<'_>, table: &mut Table, item: Item) -> Result<()> {
    if table.items.is_multiple_of(PER_PAGE as u64) {
        table.fences.push(item);
    }
    table.items += 1;
    writer.cell(&item.bytes())
}
