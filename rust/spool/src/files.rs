//! The segments of one spool: appended to by one process, deleted by whoever sends. A row is one
//! `write`: what was written survives the death of the process, and after a sync that of the machine.
//! May use frame.

use lineseal_core::error::{Code, Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much a spool may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of all segments.
    pub total: u64,
    /// Bytes of one segment: a segment ends before the row that would pass it.
    pub segment: u64,
}

/// The segments, the last of which is appended to.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    bounds: Bounds,
    file: Arc<File>,
    number: u64,
    /// Bytes of the last segment, and of all that were not deleted.
    at: u64,
    total: u64,
    /// A row that failed is still there in part, and could not be cut off.
    torn: bool,
    /// Whether rows are to survive the machine, and the files that have unsynced ones.
    durable: bool,
    unsynced: Vec<Arc<File>>,
}

/// Where a segment lies.
pub fn segment_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.rows"))
}

impl Files {
    /// A new spool in an empty folder.
    pub fn create(folder: PathBuf, bounds: Bounds, durable: bool) -> Result<Files> {
        let file = Arc::new(begin(&folder, 0, durable)?);
        let unsynced = Vec::new();
        Ok(Files {
            folder,
            bounds,
            file,
            number: 0,
            at: 0,
            total: 0,
            torn: false,
            durable,
            unsynced,
        })
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether so many bytes more are within the bounds.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.total + bytes as u64 <= self.bounds.total
    }

    /// Appends a sealed frame. After an error it is not there.
    pub fn append(&mut self, frame: &[u8]) -> Result<()> {
        if self.torn || (self.at > 0 && self.at + frame.len() as u64 > self.bounds.segment) {
            self.turn()?;
        }
        if let Err(error) = self.file.as_ref().write_all(frame) {
            // What is left of it would be taken for damage.
            self.torn = self.file.set_len(self.at).is_err();
            return Err(refusal(&error, "write to", &segment_path(&self.folder, self.number)));
        }
        self.at += frame.len() as u64;
        self.total += frame.len() as u64;
        Ok(())
    }

    /// Goes on in a new segment.
    fn turn(&mut self) -> Result<()> {
        let file = Arc::new(begin(&self.folder, self.number + 1, self.durable)?);
        let before = std::mem::replace(&mut self.file, file);
        if self.durable {
            self.unsynced.push(before);
        }
        self.number += 1;
        (self.at, self.torn) = (0, false);
        Ok(())
    }

    /// Empties the last segment, all of which is acknowledged, and gives it the next number: takes
    /// no room, unlike a new one.
    ///
    /// Whoever reads goes on in the next segment from anywhere in one that is empty or gone. After
    /// an error the next row begins a segment.
    pub fn restart(&mut self) -> Result<()> {
        let (path, next) =
            (segment_path(&self.folder, self.number), segment_path(&self.folder, self.number + 1));
        self.file.set_len(0).map_err(|error| refusal(&error, "empty", &path))?;
        self.total = self.total.saturating_sub(self.at);
        self.at = 0;
        if let Err(error) = std::fs::rename(&path, &next) {
            // Rows at its beginning would be taken for acknowledged ones.
            self.torn = true;
            return Err(refusal(&error, "rename", &path));
        }
        self.number += 1;
        if self.durable {
            // So would durable rows, if a power cut brought the old name back.
            self.torn = true;
            sync_names(&self.folder)?;
            self.torn = false;
        }
        Ok(())
    }

    /// The last segment is not what was written: the next row begins another.
    pub fn tear(&mut self) {
        self.torn = true;
    }

    /// The last segment, and how many of its bytes are rows.
    pub fn end(&self) -> (u64, u64) {
        (self.number, self.at)
    }

    /// Bytes of all segments that were not deleted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// A segment of so many bytes was deleted.
    pub fn deleted(&mut self, bytes: u64) {
        self.total = self.total.saturating_sub(bytes);
    }

    /// The files that have to be synced for all rows so far.
    pub fn unsynced(&mut self) -> Vec<Arc<File>> {
        let mut files = std::mem::take(&mut self.unsynced);
        files.push(self.file.clone());
        files
    }
}

/// A new segment.
fn begin(folder: &Path, number: u64, durable: bool) -> Result<File> {
    let path = segment_path(folder, number);
    let file = private(&path, true).map_err(|error| refusal(&error, "make", &path))?;
    if durable {
        sync_names(folder)?;
    }
    Ok(file)
}

/// Makes the names in a folder durable.
fn sync_names(folder: &Path) -> Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| refusal(&error, "sync", folder))
}

/// A new file for this user alone.
pub(crate) fn private(path: &Path, append: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).append(append).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// An operating system's refusal in our words.
pub(crate) fn refusal(error: &io::Error, doing: &str, path: &Path) -> Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let (code, remedy) = match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => {
            (Code::StorageFull, "Make room on the disk of the spool; the row was not logged")
        }
        _ => (Code::Storage, "Check the disk and the folder of the spool"),
    };
    Error::new(code, format!("cannot {doing} {}: {error}", path.display()))
        .path(path.display().to_string())
        .remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(folder: &Path) -> Result<Files> {
        Files::create(folder.to_owned(), Bounds { total: 100, segment: 40 }, false)
    }

    #[test]
    fn segments_end_before_the_row_that_would_pass_their_size()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut files = spool(folder.path())?;
        for _ in 0..5 {
            files.append(&[1; 20])?;
        }
        assert_eq!((files.end(), files.total()), ((2, 20), 100));
        assert!(!files.has_room(1));
        files.deleted(40);
        assert!(files.has_room(40));
        assert_eq!(std::fs::metadata(segment_path(folder.path(), 1))?.len(), 40);
        Ok(())
    }

    #[test]
    fn a_segment_that_begins_anew_has_the_next_number_and_no_rows()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut files = spool(folder.path())?;
        files.append(&[1; 20])?;
        files.restart()?;
        assert_eq!((files.end(), files.total()), ((1, 0), 0));
        files.append(&[2; 20])?;
        assert_eq!(std::fs::read(segment_path(folder.path(), 1))?, [2; 20]);
        assert!(!segment_path(folder.path(), 0).exists());
        Ok(())
    }

    #[test]
    fn a_row_greater_than_a_segment_gets_one_of_its_own()
    -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut files = spool(folder.path())?;
        files.append(&[1; 60])?;
        files.append(&[1; 20])?;
        assert_eq!(files.end(), (1, 20));
        Ok(())
    }
}
