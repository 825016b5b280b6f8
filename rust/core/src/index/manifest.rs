//! Which runs make up an index, and the ledger's note of the last group in them: one small file,
//! replaced as a whole. May use run, media, hash.

use super::MAX_NOTE;
use super::item::take;
use super::run::{DIR, Listed};
use crate::error::Result;
use crate::hash::Hash;
use crate::media::replace::{self, Replace};
use crate::media::{Media, Purpose};

/// The file's name.
pub(super) const NAME: &str = "index/MANIFEST";

const MAGIC: [u8; 8] = *b"lsindex\x01";

/// More than this is not read.
const MAX_BYTES: usize = 1 << 20;

/// Bytes of one run.
const RUN: usize = 32;

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) runs: Vec<Listed>,
    pub(super) note: Vec<u8>,
}

impl Manifest {
    /// Reads it; `None` when there is none that is whole.
    pub(super) fn read(media: &dyn Media) -> Result<Option<Manifest>> {
        let bytes = replace::read_small(media, NAME, MAX_BYTES)?;
        Ok(bytes.as_deref().and_then(parse))
    }

    /// The event behind the last one that is covered.
    pub(super) fn end(&self) -> Option<u64> {
        self.runs.last().map(|run| run.first.saturating_add(run.events.into()))
    }

    /// Puts it in the place of the one before.
    pub(super) fn write(&self, media: &dyn Media) -> Result<()> {
        let to = Replace {
            dir: DIR,
            name: NAME,
            content: Purpose::IndexManifest,
            names: Purpose::IndexNames,
        };
        replace::replace(media, &to, &self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&(self.runs.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.note.len() as u32).to_le_bytes());
        for run in &self.runs {
            for number in [run.number, run.tag, run.first] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.extend_from_slice(&run.events.to_le_bytes());
            out.extend_from_slice(&run.count.to_le_bytes());
        }
        out.extend_from_slice(&self.note);
        let digest = Hash::of(&out);
        out.extend_from_slice(&digest.0);
        out
    }
}

fn parse(bytes: &[u8]) -> Option<Manifest> {
    let (body, digest) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
    if Hash::of(body).0 != digest {
        return None;
    }
    let mut rest = body.strip_prefix(&MAGIC)?;
    let count = u32::from_le_bytes(take(&mut rest)?) as usize;
    let note = u32::from_le_bytes(take(&mut rest)?) as usize;
    if note > MAX_NOTE || rest.len() != count.checked_mul(RUN)?.checked_add(note)? {
        return None;
    }
    let (runs, note) = rest.split_at(count * RUN);
    let runs: Option<Vec<Listed>> = runs.chunks_exact(RUN).map(listed).collect();
    Some(Manifest { runs: runs.filter(|runs| are_in_line(runs))?, note: note.to_vec() })
}

fn listed(mut rest: &[u8]) -> Option<Listed> {
    let mut number = || take(&mut rest).map(u64::from_le_bytes);
    let (number, tag, first) = (number()?, number()?, number()?);
    let mut half = || take(&mut rest).map(u32::from_le_bytes);
    Some(Listed { number, tag, first, events: half()?, count: half()? })
}

/// Whether each run begins where the one before ends, and the first with event 0.
fn are_in_line(runs: &[Listed]) -> bool {
    let mut next = 0;
    runs.iter().all(|run| {
        let fits = run.first == next && run.events > 0;
        next = next.saturating_add(run.events.into());
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let run = Listed { number: 3, tag: 4, first: 0, events: 7, count: 9 };
        let next = Listed { number: 5, first: 7, ..run };
        Manifest { runs: vec![run, next], note: b"note".to_vec() }
    }

    #[test]
    fn it_is_read_as_it_was_written_and_not_otherwise() {
        let bytes = manifest().bytes();
        assert_eq!(parse(&bytes), Some(manifest()));
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x10;
            assert_eq!(parse(&bad), None, "byte {at}");
            assert_eq!(parse(&bytes[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn runs_that_do_not_follow_one_another_are_none() {
        let mut gap = manifest();
        gap.runs[1].first = 8;
        assert_eq!(parse(&gap.bytes()), None);
        gap.runs.remove(0);
        assert_eq!(parse(&gap.bytes()), None);
    }
}
