//! The spells of one writer: getting the lock, and handing it on. May use writer, turn,
//! handover, publish.
//!
//! A spell begins when a batch comes and the lock is not ours: what others wrote is taken in, and
//! only then is anything sequenced, so that duplicates, parents and indices are held against all
//! there is. It ends when nothing is sequenced that is not committed: after [`Sharing::idle`]
//! without a batch, and the ledger is left as if it were closed; or sooner, when another process
//! waits and [`Sharing::spell`] has passed, and a clean mark spares the next one recovery.
//!
//! [`Sharing::idle`]: super::turn::Sharing::idle
//! [`Sharing::spell`]: super::turn::Sharing::spell

use super::commit::Tail;
use super::core::gone;
use super::handover::take_over;
use super::load;
use super::publish;
use super::turn::{self, LOCK, Patience};
use super::writer::{Committer, Shared};
use crate::error::Result;
use crate::media::{Lock, Purpose, Right};
use crate::store::durable::{self, Durable};
use crate::sync::MutexGuard;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// How often who writes the index looks whether the log grew.
const FOLLOW: Duration = Duration::from_secs(1);

/// How often a caller that waits for the seat looks around.
const LOOK: Duration = Duration::from_millis(5);

impl Shared {
    /// The commit thread: commits what nobody waits for, and looks whether the spell is over.
    pub(super) fn work(&self) {
        let pause = (self.sharing.spell / 10).max(Duration::from_micros(200));
        let mut sequencer = self.sequencer.lock();
        while sequencer.failed.is_none() {
            if !sequencer.open.events.is_empty() {
                MutexGuard::unlocked(&mut sequencer, || self.commit_next(&mut self.seat.lock()));
            } else if sequencer.closing {
                return;
            } else if !sequencer.held {
                if self.work.wait_for(&mut sequencer, FOLLOW).timed_out() {
                    MutexGuard::unlocked(&mut sequencer, || self.follow());
                }
            } else if self.work.wait_for(&mut sequencer, pause).timed_out() {
                let idle = sequencer.used.elapsed() >= self.sharing.idle;
                MutexGuard::unlocked(&mut sequencer, || self.look_around(idle));
            }
        }
    }

    /// Who writes the index's files keeps them near the end of the log, whoever writes that.
    fn follow(&self) {
        if self.core.growing.try_lock().is_some_and(|growing| growing.claim.is_some()) {
            // Where that fails, the next question is told.
            let _ = load::refresh(&self.core);
        }
    }

    fn look_around(&self, idle: bool) {
        let Some(mut seat) = self.seat.try_lock() else { return };
        if idle && self.stop(&mut seat) {
            // Who gets the lock next looks closer at what could not be left in order.
            let _ = self.leave_tidy(&mut seat);
        } else {
            self.yield_to_others(&mut seat);
        }
        self.leave(seat);
    }

    /// Gives the lock up when another process waits and ours had its time.
    pub(super) fn yield_to_others(&self, seat: &mut Committer) {
        let due = seat.since.elapsed() >= self.sharing.spell && self.is_wanted();
        if due && self.stop(seat) {
            let _ = seat.durable.write(publish::mark(&seat.tail.cursor, true));
            self.release();
        }
    }

    fn is_wanted(&self) -> bool {
        self.lock.lock().as_ref().is_some_and(|lock| lock.is_wanted().unwrap_or(true))
    }

    /// From now on nothing is sequenced, and all that was is committed; `false` when there was
    /// nothing to stop.
    fn stop(&self, seat: &mut Committer) -> bool {
        let held = std::mem::take(&mut self.sequencer.lock().held);
        while held && self.commit_next(seat) {}
        held && self.sequencer.lock().failed.is_none()
    }

    /// Trims the segment, writes a clean mark, lets go of the lock. Nothing is sequenced.
    pub(super) fn leave_tidy(&self, seat: &mut Committer) -> Result<()> {
        if self.lock.lock().is_none() {
            return Ok(());
        }
        let left = seat.tidy_up();
        seat.tidy = left.is_ok();
        self.release();
        left
    }

    /// The end of the writer.
    pub(super) fn leave_for_good(&self, seat: &mut Committer) -> Result<()> {
        let closed = self.close_log(seat);
        let keep = closed.is_ok() && self.sequencer.lock().failed.is_none();
        self.core.index.close(keep);
        // Its files are ours only until here.
        self.core.growing.lock().claim.take();
        closed
    }

    /// Who gave the lock up to others and is the last one to go closes the log, too.
    fn close_log(&self, seat: &mut Committer) -> Result<()> {
        if self.lock.lock().is_some() {
            return self.leave_tidy(seat);
        }
        if seat.tidy || self.sequencer.lock().failed.is_some() || !self.is_there() {
            return Ok(());
        }
        let media = &*self.core.media;
        let mut lock = media.line_up(LOCK, Right::Log)?;
        if lock.advance()? && seat.durable.is_newest(&durable::read(media)?) {
            return seat.tidy_up();
        }
        Ok(())
    }

    fn release(&self) {
        self.alone.store(false, Relaxed);
        self.lock.lock().take();
    }

    /// Waits for the lock, unless another thread gets it meanwhile, and takes in what was written
    /// by others.
    pub(super) fn get_lock(&self, patience: &Patience<'_>) -> Result<()> {
        let mut seat = loop {
            if let Some(seat) = self.seat.try_lock_for(LOOK) {
                break seat;
            }
            self.still_open()?;
            patience.check(&*self.core.media, &self.core.label)?;
        };
        let held = self.sequencer.lock().held;
        let begun = if held { Ok(()) } else { self.begin(&mut seat, patience) };
        self.leave(seat);
        begun
    }

    fn still_open(&self) -> Result<()> {
        self.sequencer.lock().refusal(&self.core).map(|_| ())
    }

    fn begin(&self, seat: &mut Committer, patience: &Patience<'_>) -> Result<()> {
        self.still_open()?;
        let core = &*self.core;
        let lock = turn::wait(&*core.media, &core.label, patience, || self.still_open());
        let lock = lock.map_err(|error| if self.is_there() { error } else { gone(&core.label) })?;
        if !self.is_there() {
            return Err(gone(&core.label));
        }
        let (tail, durable) = self.catch_up(patience)?;
        *seat = Committer { tail, durable, since: Instant::now(), tidy: false };
        self.hold(lock, seat.tail.cursor.next);
        Ok(())
    }

    fn catch_up(&self, patience: &Patience<'_>) -> Result<(Tail, Durable)> {
        let mut growing = self.core.growing.lock();
        let taken = take_over(&self.core, &mut growing, self.limit, patience.control);
        let apart = growing.apart;
        drop(growing);
        taken.inspect_err(|error| {
            if apart {
                self.poison(error.clone());
            }
        })
    }

    fn hold(&self, lock: Box<dyn Lock>, next: u64) {
        *self.lock.lock() = Some(lock);
        self.alone.store(true, Relaxed);
        self.sequencer.lock().begin(next);
        // It looks around from now on.
        self.work.notify_one();
    }
}

impl Committer {
    fn tidy_up(&mut self) -> Result<()> {
        self.tail.trim(Purpose::Trimmed)?;
        self.durable.write(publish::mark(&self.tail.cursor, true))?;
        self.durable.file().sync(Purpose::Slots)
    }
}
