//! One process has one writer of a ledger, however often it opens the path. May use open, process.

use super::Options;
use super::open::{self, Open, not_found};
use super::process::Process;
use crate::control::Control;
use crate::error::{Code, Error, Result};
use crate::index::runs::{RunIndex, Tuning};
use crate::media::Media;
use crate::media::file::FileMedia;
use crate::sync::{Mutex, MutexGuard};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A writer and how many handles it has.
pub(super) type Slot = Arc<Mutex<Option<(Open, usize)>>>;

/// A forked child has entries of its own: it must not touch its parent's writers.
static WRITERS: Mutex<BTreeMap<(Process, PathBuf), Slot>> = Mutex::new(BTreeMap::new());

/// Opens a directory for writing, or shares the writer that this process already has for it.
pub(super) fn writer(path: &Path, options: &Options, control: &Control) -> Result<(Open, Slot)> {
    let media = if options.create && !path.exists() {
        FileMedia::create(path)?
    } else {
        existing_media(path)?
    };
    let slot = slot(path)?;
    let mut shared = patiently(&slot, control)?;
    if let Some((open, handles)) = &mut *shared
        && open.writer.as_ref().is_some_and(|writer| writer.is_current())
    {
        *handles += 1;
        return Ok((open.clone(), slot.clone()));
    }
    let media: Arc<dyn Media> = Arc::new(media);
    let index = Box::new(RunIndex::writer(media.clone(), Tuning::default()));
    let label = path.display().to_string();
    let opened = open::open(media, index, options, &label, control)?;
    let stale = shared.is_some();
    if stale {
        // The directory was replaced under handles that are still open: they keep the old writer
        // (its slot is theirs), this path gets a new one.
        drop(shared);
        let fresh: Slot = Arc::new(Mutex::new(Some((opened.clone(), 1))));
        WRITERS.lock().insert(key(path), fresh.clone());
        return Ok((opened, fresh));
    }
    *shared = Some((opened.clone(), 1));
    drop(shared);
    Ok((opened, slot))
}

/// Another thread may be opening it, and waiting for the lock.
fn patiently<'a, T>(slot: &'a Mutex<T>, control: &Control) -> Result<MutexGuard<'a, T>> {
    loop {
        if let Some(shared) = slot.try_lock_for(Duration::from_millis(50)) {
            return Ok(shared);
        }
        control.check()?;
    }
}

/// The medium of a directory that is there.
pub(super) fn existing(path: &Path) -> Result<Arc<dyn Media>> {
    Ok(Arc::new(existing_media(path)?))
}

fn existing_media(path: &Path) -> Result<FileMedia> {
    let label = path.display().to_string();
    if path.is_dir() {
        return Ok(FileMedia::new(path));
    }
    if !path.exists() {
        return Err(not_found(&label));
    }
    let message = format!("{label} is a file, not a ledger's directory");
    Err(Error::new(Code::NotALedger, message).path(label).remedy("Give a directory"))
}

/// Gives a handle back; the last one closes the writer.
pub(super) fn release(slot: &Slot) -> Result<()> {
    let mut shared = slot.lock();
    let Some((_, handles)) = &mut *shared else { return Ok(()) };
    *handles -= 1;
    if *handles > 0 {
        return Ok(());
    }
    // Under the slot's lock, so that whoever opens meanwhile waits for the lock file to be free.
    match shared.take() {
        Some((Open { writer: Some(writer), .. }, _)) => writer.close(),
        _ => Ok(()),
    }
}

fn key(path: &Path) -> (Process, PathBuf) {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    (Process::current(), path)
}

fn slot(path: &Path) -> Result<Slot> {
    // The mutex may have been held by another thread of the parent when we were forked.
    let Some(mut writers) = WRITERS.try_lock_for(Duration::from_secs(10)) else {
        return Err(Error::new(Code::Forked, "the process was forked while opening a ledger")
            .remedy("Start processes with spawn instead"));
    };
    writers.retain(|(process, _), slot| {
        !process.is_current() || Arc::strong_count(slot) > 1 || slot.try_lock().is_none()
    });
    Ok(writers.entry(key(path)).or_default().clone())
}
