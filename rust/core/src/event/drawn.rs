//! What is drawn for an event that was given none: its time, and a prediction's identifier. May
//! use nothing of ours.

use crate::event::items;
use std::time::{SystemTime, UNIX_EPOCH};

/// Random bytes fetched from the system at once: those of 64 identifiers.
const POOL: usize = 640;

/// Draws identifiers; random bytes are fetched for many at a time.
#[derive(Debug)]
pub(crate) struct Source {
    pool: [u8; POOL],
    used: usize,
}

impl Default for Source {
    fn default() -> Self {
        Source { pool: [0; POOL], used: POOL }
    }
}

impl Source {
    /// Appends a UUIDv7 as text.
    pub(crate) fn uuid(&mut self, out: &mut Vec<u8>) {
        items::text(out, self.text(&mut uuid::Uuid::encode_buffer()));
    }

    /// A UUIDv7 (RFC 9562).
    pub(crate) fn text<'a>(&mut self, buffer: &'a mut [u8]) -> &'a str {
        let millis = now_micros().max(0) as u64 / 1000;
        let uuid = match self.random() {
            Some(random) => uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(),
            None => uuid::Uuid::now_v7(),
        };
        uuid.hyphenated().encode_lower(buffer)
    }

    fn random(&mut self) -> Option<[u8; 10]> {
        if self.used == POOL {
            getrandom::fill(&mut self.pool).ok()?;
            self.used = 0;
        }
        let bytes = self.pool.get(self.used..self.used + 10)?.try_into().ok();
        self.used += 10;
        bytes
    }
}

/// Microseconds since 1970 UTC.
pub(crate) fn now_micros() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_micros()).unwrap_or(i64::MAX)
}
