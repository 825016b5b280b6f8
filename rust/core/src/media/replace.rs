//! A whole small file, written once and durably. May use media and error.

use super::{Media, Mode, Purpose};
use crate::error::{Code, Error, Result};

/// Puts `bytes` at `name` in the root so that, whatever happens, there is either nothing (or what
/// was there) or all of it; when it returns, the new content survives a power cut.
///
/// Happy path: `openat(O_EXCL)` of `name.tmp`, `pwrite64`, `fdatasync`, `rename`, `fsync` of the
/// directory.
pub fn replace(media: &dyn Media, name: &str, bytes: &[u8]) -> Result<()> {
    let temporary = format!("{name}.tmp");
    // What a death on the way here left behind.
    if media.open(&temporary, Mode::Read)?.is_some() {
        media.remove(&temporary)?;
    }
    let file = media
        .open(&temporary, Mode::Create)?
        .ok_or_else(|| Error::new(Code::Internal, format!("{temporary} was not made")))?;
    file.write_at(0, bytes)?;
    file.sync(Purpose::LedgerFile)?;
    media.rename(&temporary, name)?;
    media.sync_dir("", Purpose::LedgerNames)
}

/// The whole content of a small file; `None` when there is none. More than `limit` bytes of it
/// are not read.
pub fn read_small(media: &dyn Media, name: &str, limit: usize) -> Result<Option<Vec<u8>>> {
    let Some(file) = media.open(name, Mode::Read)? else { return Ok(None) };
    let mut bytes = vec![0; limit];
    let n = file.read_at(0, &mut bytes)?;
    bytes.truncate(n);
    Ok(Some(bytes))
}
