//! A verification report as plain tuples; `lineseal.report` makes its classes of them.

use lineseal_core::dag::report::{Anchor, Check, Report, Verdict};
use std::collections::BTreeMap;

/// hash, index, check, expected, found, message
type FindingRow = (Option<String>, Option<u64>, &'static str, String, String, String);

/// verdict, anchor, checked, findings, counts
pub type ReportRow =
    (&'static str, &'static str, u64, Vec<FindingRow>, BTreeMap<&'static str, u64>);

/// The report's content.
pub fn row(report: Report) -> ReportRow {
    let verdict = match report.verdict() {
        Verdict::Ok => "ok",
        Verdict::Failed => "failed",
        Verdict::Undetermined => "undetermined",
    };
    let anchor = match report.anchor {
        Anchor::Hash => "hash",
        Anchor::None => "none",
    };
    let counts = report.counts.iter().map(|(check, count)| (check.name(), *count)).collect();
    let findings = report
        .findings
        .into_iter()
        .map(|f| {
            (f.hash.map(|h| h.to_string()), f.index, f.check.name(), f.expected, f.found, f.message)
        })
        .collect();
    (verdict, anchor, report.checked, findings, counts)
}

/// The closed set of checks, in the order of severity.
#[pyo3::pyfunction]
pub fn checks() -> Vec<&'static str> {
    Check::ALL.iter().map(|check| check.name()).collect()
}
