//! A run: everything about a stretch of events, sorted, in a file that never changes. May use
//! page, table, filter, item, media.

use super::cache;
use super::filter::Filter;
use super::item::{Item, key_clock, take};
use super::memtable::{Kind, last_at};
use super::page::{BODY, PAGE, Pages};
use super::table::{PER_PAGE, Stream, Table};
use super::{Candidates, Location};
use crate::error::{Code, Error, Result};
use crate::media::{Media, Mode};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Where an index keeps its files.
pub(super) const DIR: &str = "index";

/// Runs from this number on are a reader's own, in memory.
pub(super) const MEMORY: u64 = 1 << 63;

/// Bytes of an event's offset in its segment.
pub(super) const OFFSET: usize = 5;

/// Offsets in a page.
const OFFSETS: usize = BODY / OFFSET;

/// Filter blocks in a page.
const BLOCKS: usize = BODY / Filter::BLOCK;

const MAGIC: [u8; 8] = *b"lsrun\0\0\x01";

/// The file of a run.
pub(super) fn path(number: u64) -> String {
    format!("{DIR}/{number:08}.run")
}

/// What the last page of a run says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) first: u64,
    pub(super) events: u32,
    /// First page and items of each table.
    pub(super) tables: [(u32, u64); Kind::ALL.len()],
    /// First page of the offsets.
    pub(super) offsets: u32,
    /// First page and blocks of the filter.
    pub(super) filter: (u32, u32),
    /// First page of the fences of all tables.
    pub(super) fences: u32,
}

impl Last {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.first.to_le_bytes());
        for (page, items) in self.tables {
            out.extend_from_slice(&items.to_le_bytes());
            out.extend_from_slice(&page.to_le_bytes());
        }
        for number in [self.events, self.offsets, self.filter.0, self.filter.1, self.fences] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out
    }

    fn read(page: &[u8]) -> Option<Last> {
        let mut rest = page.strip_prefix(&MAGIC)?;
        let first = u64::from_le_bytes(take(&mut rest)?);
        let mut tables = [(0, 0); Kind::ALL.len()];
        for (page, items) in &mut tables {
            *items = u64::from_le_bytes(take(&mut rest)?);
            *page = u32::from_le_bytes(take(&mut rest)?);
        }
        let mut number = || take(&mut rest).map(u32::from_le_bytes);
        let (events, offsets) = (number()?, number()?);
        let filter = (number()?, number()?);
        Some(Last { first, events, tables, offsets, filter, fences: number()? })
    }

    /// Whether everything follows on what stands before it, and this page on all.
    fn fills(&self, count: u32) -> bool {
        let pages = |cells: u64, each: usize| cells.div_ceil(each as u64);
        let fences: u64 = self.tables.iter().map(|(_, items)| pages(*items, PER_PAGE)).sum();
        let mut next = 0;
        let mut follows = |page: u32, pages: u64| {
            let fits = u64::from(page) == next;
            next = next.saturating_add(pages);
            fits
        };
        self.tables.iter().all(|(page, items)| follows(*page, pages(*items, PER_PAGE)))
            && follows(self.offsets, pages(self.events.into(), OFFSETS))
            && follows(self.filter.0, pages(self.filter.1.into(), BLOCKS))
            && follows(self.fences, pages(fences, PER_PAGE))
            && follows(count - 1, 1)
    }
}

/// What a manifest says of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) number: u64,
    pub(super) tag: u64,
    pub(super) first: u64,
    pub(super) events: u32,
    /// Pages of its file.
    pub(super) count: u32,
}

/// A run that can be asked.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) number: u64,
    pub(super) last: Last,
    pub(super) count: u32,
    pub(super) tables: [Table; Kind::ALL.len()],
    /// The segments, by their first event here.
    pub(super) segments: Vec<Item>,
    pub(super) filter: Filter,
    /// Whether the filter in front of all has its hashes, too.
    pub(super) fronted: bool,
    pub(super) pages: Pages,
}

impl Run {
    /// Opens the file that a manifest lists; an error when it is not exactly that.
    pub(super) fn open(
        media: &dyn Media,
        listed: &Listed,
        broken: &Arc<AtomicBool>,
    ) -> Result<Run> {
        let path = path(listed.number);
        let unfit = |what: &str| Error::new(Code::Storage, format!("{path} {what}")).path(&path);
        let file = media.open(&path, Mode::Read)?.ok_or_else(|| unfit("is gone"))?;
        if listed.count == 0 || file.size()? != u64::from(listed.count) * PAGE as u64 {
            return Err(unfit("has another length"));
        }
        let (tag, serial) = (listed.tag, cache::serial());
        let pages = Pages { file, path: path.clone(), tag, serial, broken: broken.clone() };
        let last = Last::read(&*pages.get(listed.count - 1)?)
            .filter(|last| (last.first, last.events) == (listed.first, listed.events))
            .filter(|last| last.fills(listed.count))
            .ok_or_else(|| unfit("holds other events"))?;
        let tables = read_tables(&pages, &last)?;
        let filter = read_filter(&pages, &last)?;
        let mut run = Run {
            number: listed.number,
            last,
            count: listed.count,
            tables,
            segments: Vec::new(),
            filter,
            fronted: false,
            pages,
        };
        run.segments = run.all(Kind::Segments)?;
        Ok(run)
    }

    /// What a manifest says of it.
    pub(super) fn listed(&self) -> Listed {
        Listed {
            number: self.number,
            tag: self.pages.tag,
            first: self.last.first,
            events: self.last.events,
            count: self.count,
        }
    }

    pub(super) fn first(&self) -> u64 {
        self.last.first
    }

    pub(super) fn end(&self) -> u64 {
        self.last.first + u64::from(self.last.events)
    }

    pub(super) fn table(&self, kind: Kind) -> &Table {
        let [hashes, edges, keys, clocks, segments] = &self.tables;
        match kind {
            Kind::Hashes => hashes,
            Kind::Edges => edges,
            Kind::Keys => keys,
            Kind::Clocks => clocks,
            Kind::Segments => segments,
        }
    }

    /// All items of a table, read once; `base` is the event that the indices shall count from.
    pub(super) fn stream(&self, kind: Kind, base: u64) -> Stream<'_> {
        self.table(kind).stream(&self.pages, (self.first() - base) as u32)
    }

    fn all(&self, kind: Kind) -> Result<Vec<Item>> {
        let mut stream = self.stream(kind, self.first());
        let mut items = Vec::new();
        while let Some(item) = stream.next()? {
            items.push(item);
        }
        Ok(items)
    }

    /// The place here of an event's index; the length for those behind.
    fn place_of(&self, index: u64) -> u32 {
        index.saturating_sub(self.first()).min(u64::from(self.last.events)) as u32
    }

    fn index_of(&self, place: u32) -> u64 {
        self.first() + u64::from(place)
    }

    pub(super) fn candidates(&self, key: u64, bound: u64, found: &mut Candidates) -> Result<()> {
        let (table, end) = (self.table(Kind::Hashes), self.place_of(bound));
        let from = table.before(&self.pages, Item::new(key, 0))?;
        table.ascend(&self.pages, from, |item| {
            let fits = item.key == key && item.index < end;
            found.extend(fits.then(|| self.index_of(item.index)));
            fits
        })
    }

    pub(super) fn candidates_between(
        &self,
        low: u64,
        high: u64,
        bound: u64,
        limit: usize,
        found: &mut Candidates,
    ) -> Result<()> {
        let (table, end) = (self.table(Kind::Hashes), self.place_of(bound));
        let from = table.before(&self.pages, Item::new(low, 0))?;
        table.ascend(&self.pages, from, |item| {
            let fits = item.key <= high && found.len() < limit;
            found.extend((fits && item.index < end).then(|| self.index_of(item.index)));
            fits
        })
    }

    /// Children of `parent` from event `from` on and below `to`, ascending.
    pub(super) fn children(
        &self,
        parent: u64,
        from: u64,
        to: u64,
        limit: usize,
        found: &mut Vec<u64>,
    ) -> Result<()> {
        let (table, end) = (self.table(Kind::Edges), self.place_of(to));
        let from = table.before(&self.pages, Item::new(parent, self.place_of(from)))?;
        table.ascend(&self.pages, from, |item| {
            let fits = item.key == parent && item.index < end && found.len() < limit;
            found.extend(fits.then(|| self.index_of(item.index)));
            fits
        })
    }

    /// Events with this key below `to`, descending.
    pub(super) fn lookup(
        &self,
        key: u64,
        to: u64,
        limit: usize,
        found: &mut Vec<u64>,
    ) -> Result<()> {
        let table = self.table(Kind::Keys);
        let end = table.before(&self.pages, Item::new(key, self.place_of(to)))?;
        table.descend(&self.pages, end, |item| {
            let fits = item.key == key && found.len() < limit;
            found.extend(fits.then(|| self.index_of(item.index)));
            fits
        })
    }

    pub(super) fn location(&self, index: u64) -> Result<Location> {
        let place = self.place_of(index);
        let page = self.last.offsets + place / OFFSETS as u32;
        let bytes = self.pages.get(page)?;
        let at = place as usize % OFFSETS * OFFSET;
        let segment = last_at(&self.segments, place);
        match (segment, bytes.get(at..).and_then(<[u8]>::first_chunk)) {
            (Some(segment), Some(offset)) => {
                Ok(Location { segment: segment.key, offset: read_offset(offset) })
            }
            _ => Err(self.pages.refuse(page, "it says nothing of an event that is there")),
        }
    }

    pub(super) fn recorded_at(&self, index: u64) -> Result<i64> {
        let table = self.table(Kind::Clocks);
        match table.at_index(&self.pages, self.place_of(index))? {
            Some(item) => Ok(key_clock(item.key)),
            None => Err(self.pages.refuse(table.page, "it says nothing of an event that is there")),
        }
    }

    /// Gives the offset of each event.
    pub(super) fn offsets(&self, give: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        let count = self.last.events.div_ceil(OFFSETS as u32);
        let mut sweep = self.pages.sweep(self.last.offsets, count);
        let mut left = self.last.events as usize;
        while let Some(body) = sweep.next()? {
            let cells = body.chunks_exact(OFFSET).take(left.min(OFFSETS));
            let cells = cells.filter_map(<[u8]>::first_chunk);
            cells.map(read_offset).try_for_each(&mut *give)?;
            left = left.saturating_sub(OFFSETS);
        }
        Ok(())
    }
}

fn read_offset(bytes: &[u8; OFFSET]) -> u64 {
    let [a, b, c, d, e] = *bytes;
    u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
}

fn read_tables(pages: &Pages, last: &Last) -> Result<[Table; Kind::ALL.len()]> {
    let counts = last.tables.map(|(_, items)| items.div_ceil(PER_PAGE as u64));
    let all: u64 = counts.iter().sum();
    let fences = Table {
        page: last.fences,
        items: all,
        fences: vec![Item::default(); all.div_ceil(PER_PAGE as u64) as usize],
    };
    let mut stream = fences.stream(pages, 0);
    let mut tables: [Table; Kind::ALL.len()] = Default::default();
    for (table, ((page, items), count)) in tables.iter_mut().zip(last.tables.iter().zip(counts)) {
        (table.page, table.items) = (*page, *items);
        table.fences.reserve_exact(count as usize);
        for _ in 0..count {
            table.fences.extend(stream.next()?);
        }
    }
    Ok(tables)
}

fn read_filter(pages: &Pages, last: &Last) -> Result<Filter> {
    let (page, blocks) = last.filter;
    let mut filter = Filter::with_room(blocks as usize);
    let mut sweep = pages.sweep(page, blocks.div_ceil(BLOCKS as u32));
    while let Some(body) = sweep.next()? {
        let left = blocks as usize - filter.blocks();
        let cells = body.chunks_exact(Filter::BLOCK).take(left.min(BLOCKS));
        cells.filter_map(<[u8]>::first_chunk).for_each(|block| filter.push(block));
    }
    Ok(filter)
}
