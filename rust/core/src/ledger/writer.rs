//! The one writer of a ledger: its lock, its sequencer, and the thread that commits and publishes.
//! May use sequence, commit, publish, ticket.
//!
//! A failure after *sequence* poisons it: the state in memory is ahead of what is known of the
//! disk, so nothing more is accepted until the ledger is opened anew.

use super::commit::Tail;
use super::core::{Core, corrupt};
use super::prepare::Batch;
use super::publish;
use super::sequence::{Group, Sequencer};
use super::ticket::{Progress, Ticket};
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::media::{Guard, Purpose};
use crate::store::durable::Durable;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often a submitter that waits for room looks whether its caller still does.
const LOOK: Duration = Duration::from_millis(50);

/// The write half of an open ledger.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<Committer>>>,
}

struct Shared {
    core: Arc<Core>,
    /// The lock on the files; given back on close.
    guard: Mutex<Option<Box<dyn Guard>>>,
    sequencer: Mutex<Sequencer>,
    /// The commit thread waits here for work.
    work: Condvar,
    /// Submitters wait here for room.
    room: Condvar,
    progress: Arc<Progress>,
    /// The last group written, emptied: its room serves the next.
    spare: Mutex<Group>,
}

/// What belongs to the commit thread alone.
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
            work: Condvar::new(),
            room: Condvar::new(),
            progress: Arc::default(),
            spare: Mutex::default(),
        });
        let (theirs, mut committer) = (shared.clone(), Committer { tail, durable });
        let thread = std::thread::Builder::new()
            .name("lineseal-commit".to_owned())
            .spawn(move || {
                let poison = PoisonOnPanic(&theirs);
                while let Some(group) = theirs.next_group() {
                    theirs.commit(&mut committer, group);
                }
                std::mem::forget(poison);
                committer
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

    /// Stage 2; waits for room while the open group is full, as long as `control` allows.
    pub(super) fn submit(&self, batch: &Batch, control: &Control) -> Result<Ticket> {
        let shared = &*self.shared;
        if !shared.is_current() {
            return Err(gone(&shared.core));
        }
        shared.core.index.ready()?;
        let mut sequencer = shared.sequencer.lock();
        while sequencer.refusal(&shared.core)?.has_no_room(batch.sections.len()) {
            control.check()?;
            shared.room.wait_for(&mut sequencer, LOOK);
        }
        let ticket = sequencer.add(batch, &shared.core, &shared.progress)?;
        drop(sequencer);
        shared.work.notify_one();
        Ok(ticket)
    }

    /// Commits what is sequenced, trims the segment, writes a clean mark, lets go of the lock.
    pub(super) fn close(&self) -> Result<()> {
        let Some(thread) = self.thread.lock().take() else { return Ok(()) };
        self.shared.sequencer.lock().closing = true;
        self.shared.work.notify_one();
        self.shared.room.notify_all();
        let joined = thread.join();
        let Ok(mut committer) = joined else {
            self.shared.guard.lock().take();
            return Err(Error::new(Code::Internal, "the commit thread panicked"));
        };
        let closed = match self.failure() {
            // What a failed write left behind is for recovery to judge.
            Some(_) => Ok(()),
            None => committer.close(),
        };
        self.shared.guard.lock().take();
        closed
    }
}

impl Shared {
    fn is_current(&self) -> bool {
        self.guard.lock().as_ref().is_some_and(|guard| guard.is_current())
    }

    /// The next group to write; `None` when the writer closes or failed.
    fn next_group(&self) -> Option<Group> {
        let mut sequencer = self.sequencer.lock();
        loop {
            if sequencer.failed.is_some() {
                return None;
            }
            if !sequencer.open.events.is_empty() {
                let group = sequencer.take(std::mem::take(&mut *self.spare.lock()));
                self.room.notify_all();
                return Some(group);
            }
            if sequencer.closing {
                return None;
            }
            self.work.wait(&mut sequencer);
        }
    }

    fn commit(&self, committer: &mut Committer, mut group: Group) {
        match self.try_commit(committer, &mut group) {
            Ok(()) => {
                self.sequencer.lock().published();
                self.progress.advance(group.number);
                *self.spare.lock() = group;
            }
            Err(error) => self.poison(error),
        }
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
            return Err(gone(&self.core));
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
        self.0.poison(corrupt("the commit thread panicked"));
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

fn gone(core: &Core) -> Error {
    Error::new(Code::LedgerNotFound, format!("{} was deleted or moved while open", core.label))
        .remedy("Put the directory back, close the ledger and open it again")
}
