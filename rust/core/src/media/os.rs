//! Every call that differs between platforms. May use std, nix, rustix and error.
//!
//! Linux is checked; the others are written for. The writer's lock is an *open file description*
//! lock of a byte: it can be tested without being taken, another descriptor of the file that the same
//! process closes (a copy of the directory, say) does not release it, and it is gone with the
//! process.

use crate::error::{Code, Error};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::Path;

/// An operating system's refusal in our words. `writing` tells a read-only place from a mere
/// lack of permission to read.
pub(super) fn refusal(error: &io::Error, doing: &str, path: &Path, writing: bool) -> Error {
    use io::ErrorKind::{
        FileTooLarge, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    let (code, remedy) = match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => (
            Code::StorageFull,
            "Make room on the disk, then close the ledger and open it again; nothing recorded \
             before is harmed",
        ),
        ReadOnlyFilesystem | PermissionDenied if writing => (
            Code::ReadOnly,
            "Open it with read_only=True, or give this user the right to write there",
        ),
        PermissionDenied => (Code::Storage, "Give this user the right to read it"),
        _ => (Code::Storage, "Check the disk and the path, then open the ledger again"),
    };
    Error::new(code, format!("cannot {doing} {}: {error}", path.display()))
        .path(path.display().to_string())
        .remedy(remedy)
}

/// Opens a file. What bears its name and is none is told apart before anyone waits for it: a FIFO
/// would keep its opener until somebody writes into it.
pub(super) fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(nix::libc::O_NONBLOCK);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::other("it is a directory, FIFO or device, where a file should be"))
}

/// Which file this is, however it is reached.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Which file this is: not known here, so the path has to do.
#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Whether an open file is still the one on its path.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(ours), Ok(there)) => identity(&ours) == identity(&there),
        _ => false,
    }
}

/// Locks the byte at once; `false` when another description of the file holds it.
#[cfg(target_os = "linux")]
pub(super) fn try_lock(file: &File, byte: u64) -> io::Result<bool> {
    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    match fcntl(file, FcntlArg::F_OFD_SETLK(&bytes(nix::libc::F_WRLCK, byte..byte + 1))) {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Lets go of the byte, for every descriptor that a fork may have copied.
#[cfg(target_os = "linux")]
pub(super) fn unlock(file: &File, byte: u64) {
    use nix::fcntl::{FcntlArg, fcntl};
    // Failing leaves the lock to the close of the descriptor, which follows.
    let _ = fcntl(file, FcntlArg::F_OFD_SETLK(&bytes(nix::libc::F_UNLCK, byte..byte + 1)));
}

/// Whether another description of the file holds any of the bytes; never takes one.
#[cfg(target_os = "linux")]
pub(super) fn test_lock(file: &File, range: Range<u64>) -> io::Result<bool> {
    use nix::fcntl::{FcntlArg, fcntl};
    let mut probe = bytes(nix::libc::F_RDLCK, range);
    fcntl(file, FcntlArg::F_OFD_GETLK(&mut probe))?;
    Ok(i32::from(probe.l_type) != nix::libc::F_UNLCK)
}

#[cfg(target_os = "linux")]
fn bytes(kind: i32, range: Range<u64>) -> nix::libc::flock {
    let number = |at: u64| nix::libc::off_t::try_from(at).unwrap_or_default();
    nix::libc::flock {
        l_type: i16::try_from(kind).unwrap_or_default(),
        l_whence: 0, // SEEK_SET
        l_start: number(range.start),
        l_len: number(range.end - range.start),
        l_pid: 0,
    }
}

/// Locks the file at once for byte 0; `false` when another description of the file holds it.
/// There is no line here: whoever looks first when it is free gets it. Bytes behind the line are
/// no locks either: nobody gets them, so that no two ever do.
#[cfg(not(target_os = "linux"))]
pub(super) fn try_lock(file: &File, byte: u64) -> io::Result<bool> {
    if byte > 0 {
        return Ok(byte < super::lock::PLACES);
    }
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Lets go, for every descriptor that a fork may have copied; leaves those who look every
/// millisecond time to see it.
#[cfg(not(target_os = "linux"))]
pub(super) fn unlock(file: &File, byte: u64) {
    if byte == 0 {
        let _ = file.unlock();
        std::thread::sleep(std::time::Duration::from_millis(3));
    }
}

/// Whether another holds the lock. Here it cannot be tested without being shared for a moment, and
/// nobody knows who waits: perhaps someone does.
#[cfg(not(target_os = "linux"))]
pub(super) fn test_lock(file: &File, range: Range<u64>) -> io::Result<bool> {
    if range.start > 0 {
        return Ok(true);
    }
    match file.try_lock_shared() {
        Ok(()) => file.unlock().map(|()| false),
        Err(std::fs::TryLockError::WouldBlock) => Ok(true),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Makes room for `length` bytes, so that writing them need not look for it. Best effort.
#[cfg(target_os = "linux")]
pub(super) fn reserve(file: &File, length: u64) {
    // A file system without fallocate, or a full one, is met by the write that follows.
    let _ = rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, length);
}

/// Makes room: not done here.
#[cfg(not(target_os = "linux"))]
pub(super) fn reserve(_file: &File, _length: u64) {}

/// This machine's name.
#[cfg(unix)]
pub(super) fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// This machine's name.
#[cfg(not(unix))]
pub(super) fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this-machine".to_owned())
}

/// Makes a directory's names durable.
#[cfg(unix)]
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Directories cannot be synced here; the file system's journal has to do.
#[cfg(not(unix))]
pub(super) fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// A positioned read: fewer bytes than asked only at the end of the file.
pub(super) fn read_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<usize> {
    let mut total = 0;
    while !buffer.is_empty() {
        match read_once(file, offset, buffer) {
            Ok(0) => break,
            Ok(n) => {
                total += n;
                offset += n as u64;
                buffer = buffer.get_mut(n..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(total)
}

#[cfg(unix)]
fn read_once(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_once(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// A positioned write of everything.
#[cfg(unix)]
pub(super) fn write_at(file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

/// A positioned write of everything.
#[cfg(windows)]
pub(super) fn write_at(file: &File, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        offset += n as u64;
        bytes = bytes.get(n..).unwrap_or_default();
    }
    Ok(())
}
