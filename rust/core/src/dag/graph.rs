//! Events as verification met them, and the judgement of the links between them.
//! May use names, findings, say.

use crate::dag::findings::Findings;
use crate::dag::names::Names;
use crate::dag::report::{Check, Finding};
use crate::dag::say::{self, Who};
use crate::error::Result;
use crate::hash::Hash;

/// Events numbered by name in the order in which they were first named. Those with a node have
/// been looked at.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) names: Names,
    pub(super) nodes: Vec<Node>,
    /// The parents of each node, one after another.
    parents: Vec<u32>,
    pub(super) findings: Findings,
    /// For each node the event at fault under it, plus one; itself, when it does not hold.
    fallen: Vec<u32>,
}

/// What was found under one name.
#[derive(Debug)]
pub(super) struct Node {
    /// Its place in the log or list; none when it is not there, or cannot be read.
    pub(super) place: Option<u64>,
    /// Whether nothing is wrong with it by itself.
    pub(super) holds: bool,
    /// Whether its links are its own: not when its bytes are not what its name says.
    pub(super) follow: bool,
    ends: usize,
}

impl Node {
    pub(super) fn is_missing(&self) -> bool {
        self.place.is_none() && self.holds
    }
}

/// How findings show an event.
pub(super) struct Show<'a> {
    /// Whether places are indices of a log, where parents stand before their children.
    pub(super) log: bool,
    /// The type of the event at a place.
    pub(super) kind: &'a dyn Fn(u64) -> Option<String>,
}

impl Graph {
    /// Room for `expected` events before anything grows.
    pub(super) fn new(expected: usize) -> Self {
        Graph {
            names: Names::new(expected as u64),
            nodes: Vec::with_capacity(expected),
            parents: Vec::new(),
            findings: Findings::default(),
            fallen: Vec::new(),
        }
    }

    /// Whether all that was named has been looked at.
    pub(super) fn is_whole(&self) -> bool {
        self.nodes.len() >= self.names.len() as usize
    }

    /// Notes what was found under the next name.
    pub(super) fn note(
        &mut self,
        place: Option<u64>,
        finding: Option<Finding>,
        parents: impl IntoIterator<Item = Hash>,
    ) -> Result<()> {
        for parent in parents {
            self.parents.push(self.names.number(parent)?);
        }
        let follow = finding.as_ref().is_none_or(|f| !matches!(f.check, Check::Hash));
        let node = Node { place, holds: finding.is_none(), follow, ends: self.parents.len() };
        self.nodes.push(node);
        if let Some(finding) = finding {
            self.findings.add(place.unwrap_or(u64::MAX), finding.check, || finding);
        }
        Ok(())
    }

    pub(super) fn parents(&self, number: u32) -> &[u32] {
        let before = number.checked_sub(1).and_then(|n| self.nodes.get(n as usize));
        let end = self.nodes.get(number as usize).map_or(0, |node| node.ends);
        self.parents.get(before.map_or(0, |node| node.ends)..end).unwrap_or_default()
    }

    /// Judges the links of one event. Its parents' come first; where that cannot be, the link is
    /// wrong anyway.
    pub(super) fn settle(&mut self, number: u32, show: &Show<'_>) {
        self.fallen.resize(self.nodes.len(), 0);
        let Some(node) = self.nodes.get(number as usize) else { return };
        let (mut holds, mut ground) = (node.holds, 0);
        let (place, follow) = (node.place, node.follow);
        for at in 0..if follow { self.parents(number).len() } else { 0 } {
            let Some(&parent) = self.parents(number).get(at) else { break };
            let name = self.names.get(parent).unwrap_or(Hash([0; 32]));
            let found = self.nodes.get(parent as usize).filter(|node| !node.is_missing());
            match (found, found.and_then(|node| node.place)) {
                (None, _) => {
                    self.report(number, Check::ParentMissing, show, |who| say::missing(who, name));
                    holds = false;
                }
                (_, Some(at)) if show.log && place.is_some_and(|place| place <= at) => {
                    self.report(number, Check::ParentOrder, show, |who| say::order(who, name, at));
                    holds = false;
                }
                _ if ground == 0 => ground = self.fallen.get(parent as usize).copied().unwrap_or(0),
                _ => {}
            }
        }
        if holds && ground != 0 {
            let origin = self.names.get(ground - 1).unwrap_or(Hash([0; 32]));
            self.report(number, Check::RestsOn, show, |who| say::rests_on(who, origin));
        }
        if let Some(slot) = self.fallen.get_mut(number as usize) {
            *slot = if holds { ground } else { number + 1 };
        }
    }

    /// Adds a finding about an event, which is made only if it is kept.
    pub(super) fn report(
        &mut self,
        number: u32,
        check: Check,
        show: &Show<'_>,
        make: impl FnOnce(&Who<'_>) -> Finding,
    ) {
        let hash = self.names.get(number).unwrap_or(Hash([0; 32]));
        let place = self.nodes.get(number as usize).and_then(|node| node.place);
        self.findings.add(place.unwrap_or(u64::MAX), check, || {
            let kind = place.and_then(show.kind);
            make(&Who { hash, index: place.filter(|_| show.log), kind: kind.as_deref() })
        });
    }
}
