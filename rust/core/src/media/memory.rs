//! Files in memory: what `Tracker()` stands on. May use media, line and error. Nothing is durable and
//! every sync succeeds at once.

use super::line::Line;
use super::{File, Holder, Lock, Media, Mode, Purpose, Right};
use crate::error::{Code, Error, Result};
use crate::sync::{Mutex, RwLock};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A tree of files in memory.
#[derive(Debug, Default)]
pub struct MemoryMedia {
    files: Mutex<BTreeMap<String, Arc<MemoryFile>>>,
    lines: Arc<Mutex<BTreeMap<(String, Right), Line>>>,
}

#[derive(Debug, Default)]
struct MemoryFile(RwLock<Vec<u8>>);

#[derive(Debug)]
struct MemoryLock {
    on: (String, Right),
    who: u64,
    lines: Arc<Mutex<BTreeMap<(String, Right), Line>>>,
}

/// Who comes to a line next.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl MemoryMedia {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }
}

fn absent(path: &str) -> Error {
    Error::new(Code::Storage, format!("there is no file {path} in memory")).path(path)
}

impl Media for MemoryMedia {
    fn open(&self, path: &str, mode: Mode) -> Result<Option<Arc<dyn File>>> {
        let mut files = self.files.lock();
        if mode != Mode::Create {
            return Ok(files.get(path).map(|file| file.clone() as Arc<dyn File>));
        }
        if files.contains_key(path) {
            return Err(Error::new(Code::Storage, format!("{path} is there already")).path(path));
        }
        let file = Arc::new(MemoryFile::default());
        files.insert(path.to_owned(), file.clone());
        Ok(Some(file))
    }

    fn list(&self, dir: &str) -> Result<Vec<String>> {
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let names: BTreeSet<String> = (self.files.lock().keys())
            .filter_map(|path| path.strip_prefix(&prefix))
            .map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
            .collect();
        Ok(names.into_iter().collect())
    }

    fn create_dir(&self, _dir: &str) -> Result<()> {
        Ok(()) // a directory is the common beginning of its files' paths
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let mut files = self.files.lock();
        let file = files.remove(from).ok_or_else(|| absent(from))?;
        files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<()> {
        self.files.lock().remove(path).map(|_| ()).ok_or_else(|| absent(path))
    }

    fn sync_dir(&self, _dir: &str, _purpose: Purpose) -> Result<()> {
        Ok(())
    }

    fn line_up(&self, path: &str, right: Right) -> Result<Box<dyn Lock>> {
        let (on, lines) = ((path.to_owned(), right), self.lines.clone());
        Ok(Box::new(MemoryLock { on, who: NEXT.fetch_add(1, Relaxed), lines }))
    }

    fn is_locked(&self, path: &str) -> Result<bool> {
        let on = (path.to_owned(), Right::Log);
        Ok(self.lines.lock().get(&on).is_some_and(Line::is_held))
    }

    fn holder(&self, _path: &str) -> Option<Holder> {
        None
    }
}

impl Lock for MemoryLock {
    fn advance(&mut self) -> Result<bool> {
        Ok(self.lines.lock().entry(self.on.clone()).or_default().advance(self.who))
    }

    fn is_wanted(&self) -> Result<bool> {
        Ok(self.lines.lock().get(&self.on).is_some_and(Line::is_wanted))
    }

    fn is_current(&self) -> bool {
        true
    }
}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        if let Some(line) = self.lines.lock().get_mut(&self.on) {
            line.leave(|who| who == self.who);
        }
    }
}

fn place(offset: u64) -> Result<usize> {
    usize::try_from(offset).map_err(|_| Error::new(Code::StorageFull, "memory ends before this"))
}

impl File for MemoryFile {
    fn is_current(&self) -> bool {
        true
    }

    fn size(&self) -> Result<u64> {
        Ok(self.0.read().len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let bytes = self.0.read();
        let rest = bytes.get(place(offset)?..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        let mut all = self.0.write();
        let start = place(offset)?;
        if start == all.len() {
            all.extend_from_slice(bytes);
            return Ok(());
        }
        let end = start.saturating_add(bytes.len());
        if all.len() < end {
            all.resize(end, 0);
        }
        if let Some(to) = all.get_mut(start..end) {
            to.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn reserve(&self, _length: u64) -> Result<()> {
        Ok(())
    }

    fn truncate(&self, length: u64) -> Result<()> {
        self.0.write().truncate(place(length)?);
        Ok(())
    }

    fn sync(&self, _purpose: Purpose) -> Result<()> {
        Ok(())
    }
}
