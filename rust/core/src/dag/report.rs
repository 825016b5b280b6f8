//! What verification found: checks, findings, verdict and the anchor it rests on.
//! May use hash, error and limits.

use crate::hash::Hash;
use crate::limits::MAX_FINDINGS;
use std::collections::BTreeMap;

/// Everything that verification looks at; a closed set. The order is that of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// The bytes do not have the hash under which they were reached.
    Hash,
    /// Not one whole canonical item within the limits with `v` and `parents`.
    Canonical,
    /// The envelope breaks a rule.
    Schema,
    /// A parent is not there.
    ParentMissing,
    /// A parent does not stand before its child.
    ParentOrder,
    /// A stored index or count disagrees with the place.
    Index,
    /// One event is stored twice.
    Duplicate,
    /// Events are each other's ancestors.
    Cycle,
    /// A header, frame, slot or section of the files is damaged.
    Segment,
    /// A signed statement about the ledger does not hold.
    Checkpoint,
    /// An event that the caller expected is not there.
    ExpectedMissing,
    /// An event of a newer version: neither sound nor tampered.
    UnsupportedVersion,
    /// Sound in itself, but an ancestor is not.
    RestsOn,
}

impl Check {
    /// Every check.
    pub const ALL: &'static [Check] = &[
        Check::Hash,
        Check::Canonical,
        Check::Schema,
        Check::ParentMissing,
        Check::ParentOrder,
        Check::Index,
        Check::Duplicate,
        Check::Cycle,
        Check::Segment,
        Check::Checkpoint,
        Check::ExpectedMissing,
        Check::UnsupportedVersion,
        Check::RestsOn,
    ];

    /// Stable name, as reports print it.
    pub const fn name(self) -> &'static str {
        match self {
            Check::Hash => "hash",
            Check::Canonical => "canonical",
            Check::Schema => "schema",
            Check::ParentMissing => "parent_missing",
            Check::ParentOrder => "parent_order",
            Check::Index => "index",
            Check::Duplicate => "duplicate",
            Check::Cycle => "cycle",
            Check::Segment => "segment",
            Check::Checkpoint => "checkpoint",
            Check::ExpectedMissing => "expected_missing",
            Check::UnsupportedVersion => "unsupported_version",
            Check::RestsOn => "rests_on",
        }
    }
}

/// One thing that verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The event, by the name under which it was reached; none for damage to the files.
    pub hash: Option<Hash>,
    /// Its place in the log, where known.
    pub index: Option<u64>,
    /// What was looked at.
    pub check: Check,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// One sentence for people.
    pub message: String,
}

/// What the verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Names that the caller gave in full.
    Hash,
    /// Nothing from outside: a rewritten leaf or a cut tail is not excluded.
    None,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything checked holds.
    Ok,
    /// Something does not.
    Failed,
    /// Nothing is known to be wrong, but not everything could be judged.
    Undetermined,
}

/// Everything that verification has to say.
#[derive(Clone, Debug)]
pub struct Report {
    /// Events whose bytes were rehashed.
    pub checked: u64,
    /// What the verdict rests on.
    pub anchor: Anchor,
    /// The first findings in the order of the log, at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many findings there were of each check, exactly.
    pub counts: BTreeMap<Check, u64>,
}

impl Report {
    /// An empty report.
    pub fn new(anchor: Anchor) -> Self {
        Report { checked: 0, anchor, findings: Vec::new(), counts: BTreeMap::new() }
    }

    /// Adds a finding: always counted, kept while there is room.
    pub fn add(&mut self, finding: Finding) {
        *self.counts.entry(finding.check).or_default() += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    /// `Ok` only without any finding; `Undetermined` when all that was found is newer versions
    /// (and what rests on them).
    pub fn verdict(&self) -> Verdict {
        let newer = self.counts.get(&Check::UnsupportedVersion).copied().unwrap_or(0);
        let hard = self
            .counts
            .keys()
            .any(|check| !matches!(check, Check::UnsupportedVersion | Check::RestsOn));
        match (hard, newer) {
            (true, _) => Verdict::Failed,
            (false, 0) if self.counts.is_empty() => Verdict::Ok,
            (false, 0) => Verdict::Failed,
            (false, _) => Verdict::Undetermined,
        }
    }
}
