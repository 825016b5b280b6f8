//! The one writer of a ledger: its lock, its sequencer, and who commits and publishes.
//! May use sequence, commit, publish, ticket.
//!
//! Whoever holds the *seat* commits. A caller that waits for its batch anyway takes the seat when it
//! is free, which spares two switches of threads; what others submitted meanwhile, and what nobody
//! waits for, is for the commit thread.
//!
//! A failure after *sequence* poisons it: the state in memory is ahead of what is known of the
//! disk, so nothing more is accepted until the ledger is opened anew.

use super::commit::Tail;
use super::core::{Core, corrupt, gone};
use super::prepare::Batch;
use super::publish;
use super::sequence::{Group, Sequencer};
use super::ticket::{AckLevel, Progress, Receipt, Ticket};
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::media::{Guard, Purpose};
use crate::store::durable::Durable;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
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

struct Shared {
    core: Arc<Core>,
    /// The lock on the files; given back on close.
    guard: Mutex<Option<Box<dyn Guard>>>,
    sequencer: Mutex<Sequencer>,
    /// The seat of who commits.
    seat: Mutex<Committer>,
    /// The commit thread waits here for work.
    work: Condvar,
    /// Submitters wait here for room.
    room: Condvar,
    progress: Arc<Progress>,
    /// The last group written, emptied: its room serves the next.
    spare: Mutex<Group>,
}

/// What belongs to the one who commits.
struct Committer {
    tail: Tail,
    durable: Durable,
}

impl Writer {
    /// Starts the commit thread behind the recovered end of the log.
    pub(super) fn start(
        core: Arc<Core>,
        guard: Box<dyn Guard>,
        tail: Tail,
        durable: Durable,
    ) -> Result<Writer> {
        let shared = Arc::new(Shared {
            sequencer: Mutex::new(Sequencer::new(tail.cursor.next)),
            core,
            guard: Mutex::new(Some(guard)),
            seat: Mutex::new(Committer { tail, durable }),
            work: Condvar::new(),
            room: Condvar::new(),
            progress: Arc::default(),
            spare: Mutex::default(),
        });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("lineseal-commit".to_owned())
            .spawn(move || {
                while theirs.wait_for_work() {
                    theirs.commit_next(&mut theirs.seat.lock());
                }
            })
            .map_err(|error| Error::new(Code::Storage, format!("no thread to commit: {error}")))?;
        Ok(Writer { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Whether the ledger's directory is still the one that was opened.
    pub(super) fn is_current(&self) -> bool {
        self.shared.is_current()
    }

    /// Why nothing more is accepted, if so.
    pub(super) fn failure(&self) -> Option<Error> {
        self.shared.sequencer.lock().failed.clone()
    }

    /// Stage 2, and the commit thread does the rest.
    pub(super) fn submit(&self, batch: &Batch, control: &Control) -> Result<Ticket> {
        let ticket = self.sequence(batch, control)?;
        self.shared.work.notify_one();
        Ok(ticket)
    }

    /// All stages.
    pub(super) fn record(&self, batch: &Batch, control: &Control) -> Result<Vec<Receipt>> {
        let ticket = self.sequence(batch, control)?;
        let deadline = control.deadline();
        let patient = deadline.is_none_or(|at| at > Instant::now() + PATIENT);
        if patient {
            self.shared.commit_until(ticket.group);
        } else {
            self.shared.work.notify_one();
        }
        ticket.wait(AckLevel::Sequenced, deadline)
    }

    /// Waits for room while the open group is full, as long as `control` allows.
    fn sequence(&self, batch: &Batch, control: &Control) -> Result<Ticket> {
        let shared = &*self.shared;
        shared.core.ready()?;
        let mut sequencer = shared.sequencer.lock();
        while sequencer.refusal(&shared.core)?.has_no_room(batch.sections.len()) {
            control.check()?;
            shared.room.wait_for(&mut sequencer, LOOK);
        }
        sequencer.add(batch, &shared.core, &shared.progress)
    }

    /// Commits what is sequenced, trims the segment, writes a clean mark, lets go of the lock.
    pub(super) fn close(&self) -> Result<()> {
        let Some(thread) = self.thread.lock().take() else { return Ok(()) };
        self.shared.sequencer.lock().closing = true;
        self.shared.work.notify_one();
        self.shared.room.notify_all();
        let joined = thread.join();
        let mut committer = self.shared.seat.lock();
        if joined.is_err() {
            self.shared.core.index.close(false);
            self.shared.guard.lock().take();
            return Err(Error::new(Code::Internal, "the commit thread panicked"));
        }
        let closed = match self.failure() {
            // What a failed write left behind is for recovery to judge.
            Some(_) => Ok(()),
            None => committer.close(),
        };
        // Its files are this writer's only as long as the lock.
        self.shared.core.index.close(closed.is_ok() && self.failure().is_none());
        self.shared.guard.lock().take();
        closed
    }
}

impl Shared {
    fn is_current(&self) -> bool {
        self.guard.lock().as_ref().is_some_and(|guard| guard.is_current())
    }

    /// Waits until there is a group to write; `false` when there will be none.
    fn wait_for_work(&self) -> bool {
        let mut sequencer = self.sequencer.lock();
        while sequencer.failed.is_none() {
            if !sequencer.open.events.is_empty() {
                return true;
            }
            if sequencer.closing {
                return false;
            }
            self.work.wait(&mut sequencer);
        }
        false
    }

    /// Commits in the caller's thread until `group` is published, unless another one commits.
    fn commit_until(&self, group: u64) {
        if self.progress.reached(group) {
            return;
        }
        // Who has the seat looks for more work after it gave it back: here, or as the thread.
        let Some(mut seat) = self.seat.try_lock() else { return };
        while !self.progress.reached(group) && self.commit_next(&mut seat) {}
        drop(seat);
        if !self.sequencer.lock().open.events.is_empty() {
            self.work.notify_one();
        }
    }

    /// Commits the open group; `false` when there is none.
    fn commit_next(&self, committer: &mut Committer) -> bool {
        let mut sequencer = self.sequencer.lock();
        if sequencer.failed.is_some() || sequencer.open.events.is_empty() {
            return false;
        }
        let mut group = sequencer.take(std::mem::take(&mut *self.spare.lock()));
        drop(sequencer);
        self.room.notify_all();
        let poison = PoisonOnPanic(self);
        match self.try_commit(committer, &mut group) {
            Ok(()) => {
                self.sequencer.lock().published();
                self.progress.advance(group.number);
                *self.spare.lock() = group;
            }
            Err(error) => self.poison(error),
        }
        std::mem::forget(poison);
        true
    }

    fn try_commit(&self, committer: &mut Committer, group: &mut Group) -> Result<()> {
        let _growing = self.core.growing.lock();
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
        committer.durable.write(mark).map_err(|error| unknown(&error))
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

    fn poison(&self, error: Error) {
        self.sequencer.lock().failed.get_or_insert(error.clone());
        self.room.notify_all();
        self.progress.fail(error);
    }
}

impl Committer {
    fn close(&mut self) -> Result<()> {
        self.tail.trim(Purpose::Trimmed)?;
        self.durable.write(publish::mark(&self.tail.cursor, true))?;
        self.durable.file().sync(Purpose::Slots)
    }
}

/// Poisons the writer when the thread that holds it unwinds.
struct PoisonOnPanic<'a>(&'a Shared);

impl Drop for PoisonOnPanic<'_> {
    fn drop(&mut self) {
        self.0.poison(corrupt("a commit panicked"));
    }
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
