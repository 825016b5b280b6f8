//! What a submitter waits on. May use error, hash.

use crate::error::{Code, Error, Result};
use crate::hash::Hash;
use crate::sync::{Condvar, Mutex};
use std::sync::Arc;
use std::time::Instant;

/// How much is to be true before a wait returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AckLevel {
    /// The batch has its place in the log and survives a power cut.
    Sequenced,
}

/// What recording an event gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The event's name.
    pub hash: Hash,
    /// Its place in the ledger.
    pub index: u64,
    /// Whether this batch added it; otherwise it was there before.
    pub created: bool,
}

/// A sequenced batch on its way to the disk. Dropping it does not call the batch back.
#[derive(Debug)]
pub struct Ticket {
    pub(super) receipts: Vec<Receipt>,
    /// The last group that holds one of the events.
    pub(super) group: u64,
    pub(super) progress: Arc<Progress>,
}

impl Ticket {
    /// Waits until the batch is as safe as `level` says. Past the deadline `Timeout`: the batch is
    /// then still on its way.
    pub fn wait(self, level: AckLevel, deadline: Option<Instant>) -> Result<Vec<Receipt>> {
        match level {
            AckLevel::Sequenced => self.progress.wait(self.group, deadline)?,
        }
        Ok(self.receipts)
    }
}

/// How far committing came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    state: Mutex<State>,
    /// By the parity of the group waited for: the one being written and the open one are all that
    /// can be, so that no thread is woken for another's group.
    moved: [Condvar; 2],
}

#[derive(Debug, Default)]
struct State {
    /// Groups up to this one are published. Groups count from 1.
    done: u64,
    failed: Option<Error>,
}

impl Progress {
    /// Groups up to `group` are published.
    pub(super) fn advance(&self, group: u64) {
        self.state.lock().done = group;
        self.moved(group).notify_all();
    }

    /// No later group will be published.
    pub(super) fn fail(&self, error: Error) {
        self.state.lock().failed.get_or_insert(error);
        for moved in &self.moved {
            moved.notify_all();
        }
    }

    /// Whether nothing is left to wait for, for better or worse.
    pub(super) fn reached(&self, group: u64) -> bool {
        let state = self.state.lock();
        state.done >= group || state.failed.is_some()
    }

    fn moved(&self, group: u64) -> &Condvar {
        let [even, odd] = &self.moved;
        if group.is_multiple_of(2) { even } else { odd }
    }

    fn wait(&self, group: u64, deadline: Option<Instant>) -> Result<()> {
        let mut state = self.state.lock();
        while state.done < group {
            if let Some(error) = &state.failed {
                return Err(error.clone());
            }
            match deadline {
                None => self.moved(group).wait(&mut state),
                Some(deadline) => {
                    let timed_out = self.moved(group).wait_until(&mut state, deadline).timed_out();
                    if timed_out && state.done < group && state.failed.is_none() {
                        return Err(late());
                    }
                }
            }
        }
        Ok(())
    }
}

fn late() -> Error {
    Error::new(Code::Timeout, "the batch was not yet durable when the deadline passed")
        .remedy("It is on its way; send the same bytes again to learn its receipt")
}
