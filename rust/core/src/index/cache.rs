//! Pages that were read lately, for all indexes of the process together: 64 MiB at most.
//! May use nothing.
//!
//! Whoever finds a place in use goes to the file instead of waiting: a forked child may find one
//! that its parent was using, for ever.

use super::page::PAGE;
use crate::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

/// A page that passed its checksum.
pub(super) type Page = Arc<[u8; PAGE]>;

/// Places that share a lock.
const SHELVES: usize = 256;

/// Places that a page may stand at.
const WAYS: usize = 4;

/// Pages in all.
const PAGES: usize = (64 << 20) / PAGE;

#[derive(Default)]
struct Shelf {
    places: Vec<Option<(u64, u32, Page)>>,
    /// Where the next newcomer goes, among the ways of its set.
    turn: usize,
}

static SHELVED: LazyLock<Vec<Mutex<Shelf>>> =
    LazyLock::new(|| (0..SHELVES).map(|_| Mutex::default()).collect());

static SERIAL: AtomicU64 = AtomicU64::new(0);

/// A number for a file that was opened, never given again.
pub(super) fn serial() -> u64 {
    SERIAL.fetch_add(1, Relaxed)
}

fn spread(serial: u64, number: u32) -> usize {
    let mixed = (serial << 32 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize
}

/// The page, if it is here.
pub(super) fn get(serial: u64, number: u32) -> Option<Page> {
    let at = spread(serial, number);
    let shelf = SHELVED.get(at % SHELVES)?.try_lock()?;
    let ways = shelf.places.chunks(WAYS).nth(set(at))?;
    let found = ways.iter().flatten().find(|(s, n, _)| (*s, *n) == (serial, number));
    found.map(|(_, _, page)| page.clone())
}

/// Keeps a page, in place of another.
pub(super) fn put(serial: u64, number: u32, page: &Page) {
    let at = spread(serial, number);
    let Some(mut shelf) = SHELVED.get(at % SHELVES).and_then(Mutex::try_lock) else { return };
    if shelf.places.is_empty() {
        shelf.places.resize(PAGES / SHELVES, None);
    }
    let turn = shelf.turn;
    shelf.turn = turn.wrapping_add(1);
    let ways = shelf.places.chunks_mut(WAYS).nth(set(at)).unwrap_or_default();
    let free = ways.iter().position(Option::is_none).unwrap_or(turn % WAYS);
    if let Some(place) = ways.get_mut(free) {
        *place = Some((serial, number, page.clone()));
    }
}

fn set(at: usize) -> usize {
    at / SHELVES % (PAGES / SHELVES / WAYS)
}
