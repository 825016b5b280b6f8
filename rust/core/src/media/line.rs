//! A line for a lock within one process: media that are not the system's files have theirs here.
//! May use nothing.

use std::collections::VecDeque;

/// Who stands in line, by a number of their own, the first one in front.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    standing: VecDeque<u64>,
    held: bool,
}

impl Line {
    /// Joins the line, unless `who` stands in it; whether `who` holds the lock now.
    pub(super) fn advance(&mut self, who: u64) -> bool {
        if !self.standing.contains(&who) {
            self.standing.push_back(who);
        }
        let first = self.standing.front() == Some(&who);
        self.held |= first;
        first
    }

    /// Everyone goes who is meant.
    pub(super) fn leave(&mut self, meant: impl Fn(u64) -> bool) {
        self.held &= !self.standing.front().is_some_and(|first| meant(*first));
        self.standing.retain(|who| !meant(*who));
    }

    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    /// Whether someone stands behind the first.
    pub(super) fn is_wanted(&self) -> bool {
        self.standing.len() > 1
    }
}
