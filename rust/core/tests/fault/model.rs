//! What a ledger has promised so far, and whether it keeps it.

use crate::events::Events;
use lineseal_core::control::Control;
use lineseal_core::dag::report::{Finding, Verdict};
use lineseal_core::dag::verify_log;
use lineseal_core::hash::Hash;
use lineseal_core::ledger::{Ledger, Receipt, Snapshot};
use lineseal_core::media::fault::Rng;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Promises broken are told as text: where syncs are taken away they are what we look for.
pub type Kept<T = ()> = Result<T, String>;

/// The acknowledged events by index, and the batches that may or may not be there.
#[derive(Debug, Default)]
pub struct Model {
    promised: BTreeMap<u64, (Hash, Vec<u8>)>,
    indices: HashMap<Hash, u64>,
    pub unknown: Vec<Events>,
}

impl Model {
    pub fn names(&self) -> Vec<Hash> {
        self.promised.values().map(|(hash, _)| *hash).collect()
    }

    pub fn is_promised(&self, hash: &Hash) -> bool {
        self.indices.contains_key(hash)
    }

    /// A few acknowledged events, in any order of their indices.
    pub fn some_promised(&self, rng: &mut Rng) -> Events {
        let mut events = Events::default();
        for (hash, block) in self.promised.values().filter(|_| rng.percent(30)).take(8) {
            events.hashes.push(*hash);
            events.blocks.push(block.clone());
        }
        events
    }

    /// Takes in an acknowledgement; it must not contradict an earlier one.
    pub fn acknowledge(&mut self, events: &Events, receipts: &[Receipt]) -> Kept {
        demand(receipts.len() == events.hashes.len(), || "receipts are missing".into())?;
        for ((receipt, hash), block) in receipts.iter().zip(&events.hashes).zip(&events.blocks) {
            demand(receipt.hash == *hash, || format!("{hash} was answered by {receipt:?}"))?;
            let known = self.indices.get(hash).copied();
            demand(known.is_none_or(|index| index == receipt.index), || {
                format!("{hash} stands at {known:?} and was answered by {receipt:?}")
            })?;
            self.promise(receipt.index, hash, block)?;
        }
        self.unknown.retain(|batch| batch != events);
        Ok(())
    }

    fn promise(&mut self, index: u64, hash: &Hash, block: &[u8]) -> Kept {
        let before = self.promised.insert(index, (*hash, block.to_vec()));
        demand(before.is_none_or(|(other, _)| other == *hash), || {
            format!("index {index} was promised twice")
        })?;
        self.indices.insert(*hash, index);
        Ok(())
    }

    /// Holds what is there against what was promised. With `settle`, what is there of the unknown
    /// batches becomes a promise (a ledger opened for writing made it durable).
    pub fn check(&mut self, ledger: &Ledger, settle: bool) -> Kept {
        let snapshot = ledger.snapshot().map_err(|e| format!("snapshot: {e}"))?;
        self.check_promises(&snapshot)?;
        let found = self.check_rest(&snapshot)?;
        check_all(&snapshot, settle)?;
        ledger.stats().map_err(|e| format!("stats: {e}"))?;
        if settle {
            for (index, hash, block) in found {
                self.promise(index, &hash, &block)?;
            }
        }
        Ok(())
    }

    /// Holds only the ledger against itself.
    pub fn check_sound(ledger: &Ledger) -> Kept {
        check_all(&ledger.snapshot().map_err(|e| format!("snapshot: {e}"))?, true)
    }

    fn check_promises(&self, snapshot: &Snapshot) -> Kept {
        for (index, (hash, block)) in &self.promised {
            let stored = snapshot.get(hash).map_err(|e| format!("acknowledged {hash}: {e}"))?;
            demand(stored.index == *index && stored.block == *block, || {
                format!("{hash} was acknowledged at {index} and is {} now", stored.index)
            })?;
        }
        Ok(())
    }

    /// All else that is there: whole batches of those whose outcome was unknown.
    fn check_rest(&self, snapshot: &Snapshot) -> Kept<Vec<(u64, Hash, Vec<u8>)>> {
        let mut found = Vec::new();
        for index in 0..snapshot.len() {
            let stored = snapshot.at(index).map_err(|e| format!("event {index}: {e}"))?;
            demand(stored.index == index, || format!("{index} is stored as {}", stored.index))?;
            if !self.promised.contains_key(&index) {
                found.push((index, stored.hash, stored.block));
            }
        }
        let there: HashSet<_> = found.iter().map(|(_, hash, _)| *hash).collect();
        let mut explained: HashSet<&Hash> = HashSet::new();
        for batch in &self.unknown {
            let new: Vec<_> = batch.hashes.iter().filter(|h| !self.is_promised(h)).collect();
            let present = new.iter().filter(|hash| there.contains(**hash)).count();
            demand(present == 0 || present == new.len(), || {
                format!("{present} of {} events of a batch are there", new.len())
            })?;
            explained.extend(new);
        }
        demand(there.iter().all(|hash| explained.contains(hash)), || {
            "an event is there that was refused or never sent".into()
        })?;
        Ok(found)
    }
}

/// A write of DURABLE that was cut short is reported until the next writer mends it.
fn check_all(snapshot: &Snapshot, mended: bool) -> Kept {
    let mut log = snapshot.log().map_err(|e| format!("log: {e}"))?;
    let report = verify_log(log.as_mut(), &[], &Control::new()).map_err(|e| e.to_string())?;
    let slot = |finding: &Finding| finding.message.contains("of DURABLE is damaged");
    let sound = report.verdict() == Verdict::Ok || !mended && report.findings.iter().all(slot);
    demand(sound, || format!("verify_all: {:?}", report.findings))?;
    demand(report.checked == snapshot.len(), || {
        format!("verify_all checked {} of {}", report.checked, snapshot.len())
    })
}

pub fn demand(holds: bool, message: impl FnOnce() -> String) -> Kept {
    if holds { Ok(()) } else { Err(message()) }
}
