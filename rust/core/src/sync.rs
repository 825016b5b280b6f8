//! Locks that a forked child may use while its parent's threads wait on theirs: the standard
//! library's, which keep nothing outside of themselves. (parking_lot keeps one table of all waiting
//! threads, and in a child that points to threads that are no more.) After a panic a lock is as
//! good as before: whoever changes what it guards says in another way when that is broken. May use
//! nothing.

use std::ops::{Deref, DerefMut};
use std::sync::{self, PoisonError, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

/// How often [`Mutex::try_lock_for`] looks again.
const LOOK: Duration = Duration::from_millis(5);

/// One at a time.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(sync::Mutex<T>);

/// What the mutex guards, until it is dropped.
pub(crate) struct MutexGuard<'a, T> {
    of: &'a sync::Mutex<T>,
    held: Option<sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Mutex(sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.guard(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// None where another has it.
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(held) => Some(self.guard(held)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.guard(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn guard<'a>(&'a self, held: sync::MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        MutexGuard { of: &self.0, held: Some(held) }
    }

    /// None where another has it for so long.
    pub(crate) fn try_lock_for(&self, patience: Duration) -> Option<MutexGuard<'_, T>> {
        let end = Instant::now() + patience;
        loop {
            match self.try_lock() {
                None if Instant::now() < end => thread::sleep(LOOK),
                done => return done,
            }
        }
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> MutexGuard<'_, T> {
    /// Calls with the mutex given up, and has it again afterwards.
    pub(crate) fn unlocked<U>(guard: &mut Self, call: impl FnOnce() -> U) -> U {
        guard.held = None;
        let given = call();
        guard.held = Some(guard.of.lock().unwrap_or_else(PoisonError::into_inner));
        given
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.held {
            Some(guard) => guard,
            None => unreachable!("nobody looks while the mutex is given up"),
        }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.held {
            Some(guard) => guard,
            None => unreachable!("nobody looks while the mutex is given up"),
        }
    }
}

/// A condition to wait for, with the mutex given up meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Condvar(sync::Condvar);

/// How a wait ended.
pub(crate) struct Waited(bool);

impl Waited {
    pub(crate) fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    pub(crate) const fn new() -> Self {
        Condvar(sync::Condvar::new())
    }

    pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        guard.held = guard
            .held
            .take()
            .map(|inner| self.0.wait(inner).unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, most: Duration) -> Waited {
        let mut timed_out = false;
        guard.held = guard.held.take().map(|inner| {
            let waited = self.0.wait_timeout(inner, most);
            let (inner, how) = waited.unwrap_or_else(PoisonError::into_inner);
            timed_out = how.timed_out();
            inner
        });
        Waited(timed_out)
    }

    pub(crate) fn wait_until<T>(&self, guard: &mut MutexGuard<'_, T>, end: Instant) -> Waited {
        self.wait_for(guard, end.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Many who read, or one who writes.
#[derive(Debug, Default)]
pub(crate) struct RwLock<T>(sync::RwLock<T>);

impl<T> RwLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        RwLock(sync::RwLock::new(value))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
