//! A directory of files. May use os, lock and error. Contract: the comments in `media/mod.rs`;
//! the system calls of each happy path stand above the function.

use super::{File, Holder, Lock, Media, Mode, Purpose, Right, lock, os};
use crate::error::{Code, Error, Result};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files below one directory.
#[derive(Debug)]
pub struct FileMedia {
    root: PathBuf,
}

/// One file, with its path for messages.
#[derive(Debug)]
struct OsFile {
    file: std::fs::File,
    path: PathBuf,
}

impl FileMedia {
    /// Over a directory that is there.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        FileMedia { root: root.into() }
    }

    /// Makes the directory (and those above it) durably: `mkdir`, then `fsync` of the one above,
    /// for each that was missing.
    pub fn create(root: &Path) -> Result<Self> {
        make_dir(root)?;
        Ok(FileMedia::new(root))
    }

    /// Whoever made our directory may have died before its name was durable. One above that we
    /// may not read was not ours to change.
    fn sync_own_name(&self) -> Result<()> {
        let above = self.root.join("..");
        match os::sync_dir(&above) {
            Err(error) if error.kind() != ErrorKind::PermissionDenied => {
                Err(os::refusal(&error, "sync the directory", &above, true))
            }
            _ => Ok(()),
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }
}

fn make_dir(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let above = match dir.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    make_dir(above)?;
    match std::fs::create_dir(dir) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists && dir.is_dir() => {}
        Err(error) => return Err(os::refusal(&error, "make the directory", dir, true)),
    }
    os::sync_dir(above).map_err(|e| os::refusal(&e, "sync the directory", above, true))
}

impl Media for FileMedia {
    // openat, fstat
    fn open(&self, path: &str, mode: Mode) -> Result<Option<Arc<dyn File>>> {
        let path = self.at(path);
        let mut options = OpenOptions::new();
        options.read(true).write(mode != Mode::Read).create_new(mode == Mode::Create);
        match os::open(&mut options, &path) {
            Ok(file) => Ok(Some(Arc::new(OsFile { file, path }))),
            Err(error) if error.kind() == ErrorKind::NotFound && mode != Mode::Create => Ok(None),
            Err(error) => Err(os::refusal(&error, "open", &path, mode != Mode::Read)),
        }
    }

    // openat, getdents64
    fn list(&self, dir: &str) -> Result<Vec<String>> {
        let dir = self.at(dir);
        let refused = |e: std::io::Error| os::refusal(&e, "list", &dir, false);
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(refused(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(refused)?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    // mkdir
    fn create_dir(&self, dir: &str) -> Result<()> {
        let dir = self.at(dir);
        match std::fs::create_dir(&dir) {
            Err(error) if !(error.kind() == ErrorKind::AlreadyExists && dir.is_dir()) => {
                Err(os::refusal(&error, "make the directory", &dir, true))
            }
            _ => Ok(()),
        }
    }

    // rename
    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let to = self.at(to);
        std::fs::rename(self.at(from), &to).map_err(|e| os::refusal(&e, "rename to", &to, true))
    }

    // unlink
    fn remove(&self, path: &str) -> Result<()> {
        let path = self.at(path);
        std::fs::remove_file(&path).map_err(|e| os::refusal(&e, "remove", &path, true))
    }

    // openat, fsync; for a ledger's first names its own name too: openat, fsync of the one above
    fn sync_dir(&self, dir: &str, purpose: Purpose) -> Result<()> {
        let dir = self.at(dir);
        if purpose == Purpose::LedgerNames {
            self.sync_own_name()?;
        }
        os::sync_dir(&dir).map_err(|e| os::refusal(&e, "sync the directory", &dir, true))
    }

    fn line_up(&self, path: &str, right: Right) -> Result<Box<dyn Lock>> {
        lock::line_up(&self.at(path), right)
    }

    fn is_locked(&self, path: &str) -> Result<bool> {
        lock::test(&self.at(path))
    }

    fn holder(&self, path: &str) -> Option<Holder> {
        lock::holder(&self.at(path))
    }
}

impl File for OsFile {
    // fstat, stat
    fn is_current(&self) -> bool {
        os::is_at(&self.file, &self.path)
    }

    // fstat
    fn size(&self) -> Result<u64> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(|e| os::refusal(&e, "measure", &self.path, false))?.len())
    }

    // pread64
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        os::read_at(&self.file, offset, buffer)
            .map_err(|e| os::refusal(&e, "read", &self.path, false))
    }

    // pwrite64
    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        os::write_at(&self.file, offset, bytes).map_err(|e| match e.kind() {
            ErrorKind::WriteZero => Error::new(
                Code::StorageFull,
                format!("{} takes no more bytes", self.path.display()),
            ),
            _ => os::refusal(&e, "write", &self.path, true),
        })
    }

    // fallocate
    fn reserve(&self, length: u64) -> Result<()> {
        os::reserve(&self.file, length);
        Ok(())
    }

    // ftruncate
    fn truncate(&self, length: u64) -> Result<()> {
        self.file.set_len(length).map_err(|e| os::refusal(&e, "cut", &self.path, true))
    }

    // fdatasync: flushes the bytes and, of the metadata, what is needed to read them back
    fn sync(&self, _purpose: Purpose) -> Result<()> {
        self.file.sync_data().map_err(|e| os::refusal(&e, "sync", &self.path, true))
    }
}
