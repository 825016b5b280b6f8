//! Gathers findings in whatever order they come; the report has the first in the order of the
//! log. May use report and limits.

use crate::dag::report::{Anchor, Check, Finding, Report};
use crate::limits::MAX_FINDINGS;
use std::collections::BTreeMap;

/// Place in the log, check, and the order of arrival.
type Key = (u64, Check, u64);

/// Exact counts, and as many of the first findings as a report keeps.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: BTreeMap<Key, Finding>,
    counts: BTreeMap<Check, u64>,
    added: u64,
}

impl Findings {
    /// Counts a finding about the event at `place`, and makes it only if it is kept.
    pub(super) fn add(&mut self, place: u64, check: Check, make: impl FnOnce() -> Finding) {
        *self.counts.entry(check).or_default() += 1;
        self.added += 1;
        let key = (place, check, self.added);
        let full = self.kept.len() >= MAX_FINDINGS;
        if full && self.kept.last_key_value().is_some_and(|(last, _)| key > *last) {
            return;
        }
        if full {
            self.kept.pop_last();
        }
        self.kept.insert(key, make());
    }

    pub(super) fn into_report(self, anchor: Anchor, checked: u64) -> Report {
        let findings = self.kept.into_values().collect();
        Report { checked, anchor, findings, counts: self.counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dag::say;
    use crate::hash::Hash;

    #[test]
    fn the_first_in_the_log_are_kept_and_all_are_counted() {
        let mut findings = Findings::default();
        let most = MAX_FINDINGS as u64;
        for place in (0..2 * most).rev() {
            let who = say::Who { hash: Hash([0; 32]), index: Some(place), kind: None };
            findings.add(place, Check::Duplicate, || say::duplicate(&who, 0));
        }
        let mut made = false;
        findings.add(3 * most, Check::Hash, || {
            made = true;
            say::expected_missing(Hash([0; 32]))
        });
        let report = findings.into_report(Anchor::None, 0);
        assert!(!made);
        assert_eq!(report.counts, [(Check::Duplicate, 2 * most), (Check::Hash, 1)].into());
        let places: Vec<_> = report.findings.iter().filter_map(|f| f.index).collect();
        assert_eq!(places, (0..most).collect::<Vec<_>>());
    }
}
