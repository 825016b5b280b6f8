//! A sorted table of items in the pages of a run: the first item of each page is known, so that a
//! question reads one page. May use item, page.

use super::item::Item;
use super::page::{BODY, PAGE, Pages, Sweep};
use crate::error::Result;

/// Items in a page.
pub(super) const PER_PAGE: usize = BODY / Item::BYTES;

/// Where the items of a table stand.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Its first page.
    pub(super) page: u32,
    pub(super) items: u64,
    /// The first item of each page.
    pub(super) fences: Vec<Item>,
}

fn item(page: &[u8], at: usize) -> Option<Item> {
    page.get(at * Item::BYTES..)?.first_chunk().map(Item::read)
}

impl Table {
    /// How many pages it takes.
    pub(super) fn pages(&self) -> u32 {
        self.fences.len() as u32
    }

    /// Items in the page with this place in the table.
    fn held(&self, page: usize) -> usize {
        let before = (page * PER_PAGE) as u64;
        self.items.saturating_sub(before).min(PER_PAGE as u64) as usize
    }

    /// How many items are less than `target`.
    pub(super) fn before(&self, pages: &Pages, target: Item) -> Result<u64> {
        self.partition(pages, |item| *item < target)
    }

    /// How many items belong to the front; `front` must hold for those and for no other.
    fn partition(&self, pages: &Pages, front: impl Fn(&Item) -> bool) -> Result<u64> {
        let Some(page) = self.fences.partition_point(&front).checked_sub(1) else { return Ok(0) };
        let bytes = pages.get(self.page + page as u32)?;
        let (mut low, mut high) = (1, self.held(page));
        while low < high {
            let middle = low.midpoint(high);
            match item(&*bytes, middle) {
                Some(item) if front(&item) => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok((page * PER_PAGE + low) as u64)
    }

    /// Gives items from place `from` on, until `take` returns `false`.
    pub(super) fn ascend(
        &self,
        pages: &Pages,
        from: u64,
        mut take: impl FnMut(Item) -> bool,
    ) -> Result<()> {
        let mut at = from as usize % PER_PAGE;
        for page in from as usize / PER_PAGE..self.fences.len() {
            let bytes = pages.get(self.page + page as u32)?;
            let mut items = (at..self.held(page)).map_while(|at| item(&*bytes, at));
            if !items.all(&mut take) {
                break;
            }
            at = 0;
        }
        Ok(())
    }

    /// Gives the items before place `to`, the last one first, until `take` returns `false`.
    pub(super) fn descend(
        &self,
        pages: &Pages,
        to: u64,
        mut take: impl FnMut(Item) -> bool,
    ) -> Result<()> {
        let mut end = to as usize;
        while end > 0 {
            let page = (end - 1) / PER_PAGE;
            let bytes = pages.get(self.page + page as u32)?;
            let mut items = (page * PER_PAGE..end).rev();
            if !items.all(|at| item(&*bytes, at % PER_PAGE).is_some_and(&mut take)) {
                break;
            }
            end = page * PER_PAGE;
        }
        Ok(())
    }

    /// The last item whose index is not above `index`, in a table where both ascend.
    pub(super) fn at_index(&self, pages: &Pages, index: u32) -> Result<Option<Item>> {
        let count = self.partition(pages, |item| item.index <= index)?;
        let mut found = None;
        self.descend(pages, count, |item| {
            found = Some(item);
            false
        })?;
        Ok(found)
    }

    /// All its items in order, for whoever needs them once; `shift` is added to each index.
    pub(super) fn stream<'a>(&self, pages: &'a Pages, shift: u32) -> Stream<'a> {
        let sweep = pages.sweep(self.page, self.pages());
        Stream { sweep, left: self.items, shift, items: Vec::new(), at: 0 }
    }
}

/// A table, read from front to back.
pub(super) struct Stream<'a> {
    sweep: Sweep<'a>,
    left: u64,
    shift: u32,
    items: Vec<Item>,
    at: usize,
}

impl Stream<'_> {
    /// The next item; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Item>> {
        if self.at >= self.items.len() {
            self.fill()?;
        }
        let next = self.items.get(self.at).copied();
        self.at += 1;
        Ok(next)
    }

    fn fill(&mut self) -> Result<()> {
        self.items.clear();
        self.at = 0;
        let count = self.left.min(PER_PAGE as u64) as usize;
        if count > 0
            && let Some(body) = self.sweep.next()?
        {
            let shift = self.shift;
            let cells = body.chunks_exact(Item::BYTES).take(count);
            self.items.extend(
                cells
                    .filter_map(|cell| cell.first_chunk().map(Item::read))
                    .map(|Item { key, index }| Item { key, index: index.wrapping_add(shift) }),
            );
            self.left -= count as u64;
        }
        Ok(())
    }
}

const _: () = assert!(PER_PAGE * Item::BYTES <= BODY && BODY < PAGE);
