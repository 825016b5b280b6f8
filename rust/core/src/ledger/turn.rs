//! Writers of several processes take turns: how one waits for the lock, and what is said when it
//! does not come. May use media, control, error, limits.

use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::limits::{LOCK_IDLE, LOCK_SPELL, LOCK_TIMEOUT};
use crate::media::{Lock, Media, Right};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The lock file's name.
pub(super) const LOCK: &str = "LOCK";

/// How often who waits looks.
const LOOK: Duration = Duration::from_millis(1);

/// How a writer shares its ledger with those of other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// How long to wait for the lock.
    pub timeout: Duration,
    /// The lock is given up after so long without a batch,
    pub idle: Duration,
    /// or between two groups when it was held so long and another one waits.
    pub spell: Duration,
}

impl Default for Sharing {
    fn default() -> Self {
        Sharing { timeout: LOCK_TIMEOUT, idle: LOCK_IDLE, spell: LOCK_SPELL }
    }
}

/// How long someone is ready to wait.
pub(super) struct Patience<'a> {
    pub(super) control: &'a Control,
    timeout: Duration,
    began: Instant,
}

impl<'a> Patience<'a> {
    /// From now on, unless `control` ends it sooner.
    pub(super) fn new(control: &'a Control, timeout: Duration) -> Self {
        Patience { control, timeout, began: Instant::now() }
    }

    /// Why there is no more waiting for the lock, if so.
    pub(super) fn check(&self, media: &dyn Media, label: &str) -> Result<()> {
        self.control.check()?;
        let waited = self.began.elapsed();
        if waited < self.timeout { Ok(()) } else { Err(locked(media, label, waited)) }
    }
}

/// Waits for the lock; `still` says why not any longer, if so.
pub(super) fn wait(
    media: &dyn Media,
    label: &str,
    patience: &Patience<'_>,
    still: impl Fn() -> Result<()>,
) -> Result<Box<dyn Lock>> {
    let mut lock = media.line_up(LOCK, Right::Log)?;
    while !lock.advance()? {
        still()?;
        patience.check(media, label)?;
        std::thread::sleep(LOOK);
    }
    Ok(lock)
}

fn locked(media: &dyn Media, label: &str, waited: Duration) -> Error {
    let holder = media.holder(LOCK).map_or_else(
        || "another writer".to_owned(),
        |holder| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let age = now.saturating_sub(Duration::from_micros(holder.since));
            format!("process {} on {} for {}", holder.process, holder.host, words(age))
        },
    );
    let message = format!("{label} is locked by {holder}; waited {} for it", words(waited));
    Error::new(Code::LedgerLocked, message).path(format!("{label}/{LOCK}")).remedy(
        "Give a longer lock_timeout, or see why that process does not go on; to read meanwhile \
         use read_only=True; programs that record all the time share a ledger best through \
         `lineseal serve`",
    )
}

fn words(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..600 => format!("{seconds} s"),
        seconds @ 600..36_000 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}
