//! The writer of a ledger in this process: its sequencer, and who commits and publishes.
//! May use sequence, spell, commit, publish, ticket, turn.
//!
//! Whoever holds the *seat* commits. A caller that waits for its batch anyway takes the seat when it
//! is free, which spares two switches of threads; what others submitted meanwhile, and what nobody
//! waits for, is for the commit thread. Nothing is sequenced without the lock on the files, which
//! processes hand to one another (`spell.rs`).
//!
//! A failure after *sequence* poisons it: the state in memory is ahead of what is known of the
//! disk, so nothing more is accepted until the ledger is opened anew. It gives the lock up, so that
//! others recover.

use super::commit::Tail;
use super::core::{Core, gone};
use super::meta::Meta;
use super::prepare::Batch;
use super::publish;
use super::sequence::{Group, Sequencer};
use super::ticket::{AckLevel, Progress, Receipt, Ticket};
use super::turn::{Patience, Sharing};
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::media::{Lock, Purpose};
use crate::store::durable::Durable;
use crate::sync::{Condvar, Mutex, MutexGuard};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a submitter that waits for room looks whether its caller still does.
const LOOK: Duration = Duration::from_millis(50);

/// A caller with less time than this leaves the commit to the thread, so that a slow disk cannot
/// hold it beyond its deadline.
const PATIENT: Duration = Duration::from_secs(1);

/// The write half of an open ledger.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

pub(super) struct Shared {
    pub(super) core: Arc<Core>,
    /// The lock on the files, while it is ours.
    pub(super) lock: Mutex<Option<Box<dyn Lock>>>,
    pub(super) sequencer: Mutex<Sequencer>,
    /// The seat of who commits, and of who gets the lock.
    pub(super) seat: Mutex<Committer>,
    /// The commit thread waits here for work.
    pub(super) work: Condvar,
    /// Submitters wait here for room.
    room: Condvar,
    progress: Arc<Progress>,
    /// The last group written, emptied: its room serves the next.
    spare: Mutex<Group>,
    /// Whether nobody else writes now: then the published log is all there is.
    pub(super) alone: AtomicBool,
    /// Bytes after which a segment ends.
    pub(super) limit: u64,
    pub(super) sharing: Sharing,
}

/// What belongs to the one who commits.
pub(super) struct Committer {
    pub(super) tail: Tail,
    pub(super) durable: Durable,
    /// Since when the lock is ours.
    pub(super) since: Instant,
    /// Whether the ledger was left closed in order when the lock was given up last.
    pub(super) tidy: bool,
}

impl Writer {
    /// Starts the commit thread behind the recovered end of the log.
    pub(super) fn start(
        core: Arc<Core>,
        lock: Box<dyn Lock>,
        (tail, durable): (Tail, Durable),
        limit: u64,
        sharing: Sharing,
    ) -> Result<Writer> {
        let mut sequencer = Sequencer::new();
        sequencer.begin(tail.cursor.next);
        let shared = Arc::new(Shared {
            sequencer: Mutex::new(sequencer),
            core,
            lock: Mutex::new(Some(lock)),
            seat: Mutex::new(Committer { tail, durable, since: Instant::now(), tidy: false }),
            work: Condvar::new(),
            room: Condvar::new(),
            progress: Arc::default(),
            spare: Mutex::default(),
            alone: AtomicBool::new(true),
            limit,
            sharing,
        });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("lineseal-commit".to_owned())
            .spawn(move || theirs.work())
            .map_err(|error| Error::new(Code::Storage, format!("no thread to commit: {error}")))?;
        Ok(Writer { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Whether the ledger's directory is still the one that was opened.
    pub(super) fn is_current(&self) -> bool {
        self.shared.is_current()
    }

    /// Whether other processes may have written what is not published here.
    pub(super) fn may_lag(&self) -> bool {
        !self.shared.alone.load(Relaxed)
    }

    /// Why nothing more is accepted, if so.
    pub(super) fn failure(&self) -> Option<Error> {
        self.shared.sequencer.lock().failed.clone()
    }

    /// Stage 2, and the commit thread does the rest.
    pub(super) fn submit(&self, batch: &Batch, patience: &Patience<'_>) -> Result<Ticket> {
        loop {
            if let Some(ticket) = self.sequence(batch, patience.control)? {
                self.shared.work.notify_one();
                return Ok(ticket);
            }
            self.shared.get_lock(patience)?;
        }
    }

    /// All stages.
    pub(super) fn record(&self, batch: &Batch, patience: &Patience<'_>) -> Result<Vec<Receipt>> {
        loop {
            if let Some(receipts) = self.record_at_once(batch, patience.control)? {
                return Ok(receipts);
            }
            self.shared.get_lock(patience)?;
        }
    }

    /// The same, unless the lock has to be waited for.
    pub(super) fn record_at_once(
        &self,
        batch: &Batch,
        control: &Control,
    ) -> Result<Option<Vec<Receipt>>> {
        match self.sequence(batch, control)? {
            Some(ticket) => self.finish(ticket, control.deadline()).map(Some),
            None => Ok(None),
        }
    }

    /// Stages 3 and 4 of what [`Writer::sequence`] gave, here or wherever they are done already.
    pub(super) fn finish(&self, ticket: Ticket, deadline: Option<Instant>) -> Result<Vec<Receipt>> {
        let patient = deadline.is_none_or(|at| at > Instant::now() + PATIENT);
        if patient {
            self.shared.commit_until(ticket.group);
        } else {
            self.shared.work.notify_one();
        }
        ticket.wait(AckLevel::Sequenced, deadline)
    }

    /// Stage 2: whoever finishes the ticket commits, or else the thread at its next look. Waits for
    /// room while the open group is full, as long as `control` allows; `None` when the lock is not
    /// ours.
    pub(super) fn sequence(&self, batch: &Batch, control: &Control) -> Result<Option<Ticket>> {
        let shared = &*self.shared;
        shared.core.ready()?;
        let mut sequencer = shared.sequencer.lock();
        while sequencer.refusal(&shared.core)?.held {
            if !sequencer.has_no_room(batch.sections.len()) {
                return sequencer.add(batch, &shared.core, &shared.progress).map(Some);
            }
            control.check()?;
            shared.room.wait_for(&mut sequencer, LOOK);
        }
        Ok(None)
    }

    /// Commits what is sequenced, leaves the ledger closed in order, lets go of the lock.
    pub(super) fn close(&self) -> Result<()> {
        let Some(thread) = self.thread.lock().take() else { return Ok(()) };
        self.shared.sequencer.lock().closing = true;
        self.shared.work.notify_one();
        self.shared.room.notify_all();
        if thread.join().is_err() {
            self.shared.core.index.close(false);
            self.shared.core.growing.lock().claim.take();
            self.shared.lock.lock().take();
            return Err(Error::new(Code::Internal, "the commit thread panicked"));
        }
        self.shared.leave_for_good(&mut self.shared.seat.lock())
    }
}

impl Shared {
    /// Whether the directory is the one that was opened.
    pub(super) fn is_current(&self) -> bool {
        match &*self.lock.lock() {
            Some(lock) => lock.is_current(),
            None => self.is_there(),
        }
    }

    /// Whether a ledger of our name is on our path.
    pub(super) fn is_there(&self) -> bool {
        let meta = Meta::read(&*self.core.media, &self.core.label);
        meta.is_ok_and(|meta| meta.is_some_and(|meta| meta.id == self.core.meta.id))
    }

    /// Commits in the caller's thread until `group` is published, unless another one commits.
    fn commit_until(&self, group: u64) {
        if self.progress.reached(group) {
            return;
        }
        let Some(mut seat) = self.seat.try_lock() else { return };
        while !self.progress.reached(group) && self.commit_next(&mut seat) {}
        self.leave(seat);
    }

    /// Gives the seat back. Who has it looks for more work afterwards: here, or as the thread.
    pub(super) fn leave(&self, seat: MutexGuard<'_, Committer>) {
        drop(seat);
        if !self.sequencer.lock().open.events.is_empty() {
            self.work.notify_one();
        }
    }

    /// Commits the open group; `false` when there is none. Gives the lock up behind it when it is
    /// another one's turn.
    pub(super) fn commit_next(&self, committer: &mut Committer) -> bool {
        let mut sequencer = self.sequencer.lock();
        if sequencer.failed.is_some() || sequencer.open.events.is_empty() {
            return false;
        }
        let mut group = sequencer.take(std::mem::take(&mut *self.spare.lock()));
        drop(sequencer);
        self.room.notify_all();
        // Who finishes for others must be able to tell them, so a panic is an error like others.
        let tried = catch_unwind(AssertUnwindSafe(|| self.try_commit(committer, &mut group)));
        match tried.unwrap_or_else(|_| Err(unknown(&panicked()))) {
            Ok(()) => {
                self.sequencer.lock().published();
                self.progress.advance(group.number);
                *self.spare.lock() = group;
            }
            Err(error) => self.poison(error),
        }
        self.yield_to_others(committer);
        true
    }

    fn try_commit(&self, committer: &mut Committer, group: &mut Group) -> Result<()> {
        let mut growing = self.core.growing.lock();
        growing.apart = true;
        let tail = &mut committer.tail;
        let mut indexed = Ok(());
        let written = tail.roll(&self.core).and_then(|begun| {
            if let Some(begun) = begun {
                publish::begin(&self.core, begun);
            }
            let start = tail.cursor.offset;
            // While the disk is waited for: no snapshot looks beyond what was shown.
            tail.write(group, |group, after| {
                indexed = publish::index(&self.core, group, start, after);
            })
        });
        written.map_err(|error| self.undo(tail, &error))?;
        if !self.is_current() {
            return Err(gone(&self.core.label));
        }
        indexed.map_err(|error| unknown(&error))?;
        publish::show(&self.core, group, &tail.cursor);
        let mark = publish::mark(&tail.cursor, false);
        committer.durable.write(mark).map_err(|error| unknown(&error))?;
        growing.apart = false;
        Ok(())
    }

    /// A full disk takes part of a write: what it took is cut off again, so that the batch is
    /// known not to be there. Anything else leaves the outcome open.
    fn undo(&self, tail: &mut Tail, error: &Error) -> Error {
        if error.code() == Code::StorageFull && tail.trim(Purpose::Undone).is_ok() {
            return Error::new(Code::StorageFull, format!("not recorded: {}", error.message()))
                .remedy(
                    "Make room on the disk, close the ledger and open it again, then send the \
                     batch once more; nothing recorded before is harmed",
                );
        }
        unknown(error)
    }

    /// Called by who has the seat. What a failed write left behind is for recovery to judge, by
    /// whoever gets the lock next.
    pub(super) fn poison(&self, error: Error) {
        let mut sequencer = self.sequencer.lock();
        sequencer.failed.get_or_insert(error.clone());
        sequencer.held = false;
        drop(sequencer);
        // It may hold what the log does not.
        self.core.index.close(false);
        self.core.growing.lock().claim.take();
        self.lock.lock().take();
        self.room.notify_all();
        self.progress.fail(error);
        self.work.notify_one();
    }
}

#[cold]
fn panicked() -> Error {
    Error::new(Code::Internal, "a commit panicked")
}

fn unknown(error: &Error) -> Error {
    Error::new(
        Code::OutcomeUnknown,
        format!("the batch may or may not be recorded: {}", error.message()),
    )
    .remedy(
        "Close every handle of the ledger, open it again, and send the same bytes once more: what \
         is there already is recognised",
    )
}
