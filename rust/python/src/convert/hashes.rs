//! Names of events as users give them: hex, CID, or a shortened hash.

use lineseal_core::cid::{Cid, Codec};
use lineseal_core::error::{Code, Error, Result};
use lineseal_core::hash::Hash;
use lineseal_core::ledger::Snapshot;

/// The hash that `text` gives in full, as 64 hex digits or a CID.
pub fn full(text: &str) -> Option<Hash> {
    if text.len() == 64 {
        return text.parse().ok();
    }
    let cid: Cid = text.parse().ok()?;
    (cid.codec == Codec::DagCbor).then_some(cid.hash)
}

/// Like [`full`], for names that must come from outside the ledger.
pub fn required(text: &str) -> Result<Hash> {
    full(text).ok_or_else(|| {
        Error::new(Code::InvalidArgument, format!("{text:?} is no full hash"))
            .remedy("Give all 64 hex digits, or the CID")
    })
}

/// Every name, shortened ones looked up in `snapshot`.
pub fn resolve(snapshot: &Snapshot, texts: &[String]) -> Result<Vec<Hash>> {
    texts.iter().map(|text| full(text).map_or_else(|| snapshot.resolve(text), Ok)).collect()
}
