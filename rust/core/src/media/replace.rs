//! A whole small file, written once and durably. May use media and error.

use super::{Media, Mode, Purpose};
use crate::error::{Code, Error, Result};

/// Which file is replaced, and what its syncs are for.
#[derive(Clone, Copy, Debug)]
pub struct Replace<'a> {
    /// The directory that it stands in.
    pub dir: &'a str,
    /// Its path.
    pub name: &'a str,
    /// Why its content is synced.
    pub content: Purpose,
    /// Why its name is.
    pub names: Purpose,
}

/// Puts `bytes` at a path so that, whatever happens, there is either nothing (or what was there)
/// or all of it; when it returns, the new content survives a power cut.
///
/// Happy path: `openat(O_EXCL)` of `name.tmp`, `pwrite64`, `fdatasync`, `rename`, `fsync` of the
/// directory.
pub fn replace(media: &dyn Media, to: &Replace<'_>, bytes: &[u8]) -> Result<()> {
    let temporary = format!("{}.tmp", to.name);
    // What a death on the way here left behind.
    if media.open(&temporary, Mode::Read)?.is_some() {
        media.remove(&temporary)?;
    }
    let file = media
        .open(&temporary, Mode::Create)?
        .ok_or_else(|| Error::new(Code::Internal, format!("{temporary} was not made")))?;
    file.write_at(0, bytes)?;
    file.sync(to.content)?;
    media.rename(&temporary, to.name)?;
    media.sync_dir(to.dir, to.names)
}

/// The whole content of a small file; `None` when there is none. More than `limit` bytes of it
/// are not read.
pub fn read_small(media: &dyn Media, name: &str, limit: usize) -> Result<Option<Vec<u8>>> {
    let Some(file) = media.open(name, Mode::Read)? else { return Ok(None) };
    let size = usize::try_from(file.size()?).unwrap_or(usize::MAX);
    let mut bytes = vec![0; limit.min(size)];
    let n = file.read_at(0, &mut bytes)?;
    bytes.truncate(n);
    Ok(Some(bytes))
}
