//! Verification of some events and all their ancestors. May use source, visit, graph.
//!
//! Goes breadth first: each event is found, read, rehashed and checked once, many at a time where
//! the graph is wide. Links are judged at the end, in the order of the log. Memory: 100 bytes an
//! event, and 4 a link.

use crate::control::Control;
use crate::dag::graph::{Graph, Node, Show};
use crate::dag::judge::kind_of;
use crate::dag::pool;
use crate::dag::report::{Anchor, Report};
use crate::dag::source::Source;
use crate::dag::visit::{Visit, unknown, visit};
use crate::error::Result;
use crate::hash::Hash;
use rayon::ThreadPool;
use rayon::prelude::*;

/// Events that are visited before their links are noted.
const ROUND: usize = 1_024;

/// Fewer are visited before other threads have woken.
const WORTH_SHARING: usize = 64;

/// Verifies the events under these names and their ancestors. `EventNotFound` names one that the
/// ledger does not hold.
pub fn verify(source: &dyn Source, names: &[Hash], control: &Control) -> Result<Report> {
    let mut climb = Climb { source, control, graph: Graph::new(0), checked: 0, threads: None };
    for name in names {
        climb.graph.names.number(*name)?;
    }
    let mut roots = climb.graph.names.len();
    while !climb.graph.is_whole() {
        climb.advance()?;
        climb.expect(&mut roots)?;
    }
    climb.settle()?;
    let anchor = if names.is_empty() { Anchor::None } else { Anchor::Hash };
    Ok(climb.graph.findings.into_report(anchor, climb.checked))
}

struct Climb<'a> {
    source: &'a dyn Source,
    control: &'a Control,
    graph: Graph,
    checked: u64,
    threads: Option<ThreadPool>,
}

impl Climb<'_> {
    /// Visits the next events and notes their links.
    fn advance(&mut self) -> Result<()> {
        let from = self.graph.nodes.len() as u32;
        let to = self.graph.names.len().min(from + ROUND as u32);
        let names: Vec<_> = (from..to).filter_map(|n| self.graph.names.get(n)).collect();
        for seen in self.visit_all(&names)? {
            self.checked += u64::from(seen.read);
            self.graph.note(seen.index, seen.finding, seen.parents)?;
        }
        self.control.advance(names.len() as u64)
    }

    fn visit_all(&mut self, names: &[Hash]) -> Result<Vec<Visit>> {
        let (source, control) = (self.source, self.control);
        let one = |buffer: &mut Vec<u8>, name| {
            control.check()?;
            visit(source, name, buffer)
        };
        if names.len() < WORTH_SHARING {
            let mut buffer = Vec::new();
            return names.iter().map(|name| one(&mut buffer, name)).collect();
        }
        let threads = self.threads.take().map_or_else(pool::threads, Ok)?;
        let all = threads.install(|| names.par_iter().map_init(Vec::new, one).collect());
        self.threads = Some(threads);
        all
    }

    /// Fails when one of the first `roots` events, which the caller named, is not there; those
    /// that were looked at need not be looked at again.
    fn expect(&self, roots: &mut u32) -> Result<()> {
        let named = self.graph.nodes.iter().take(*roots as usize);
        let missing = named.clone().position(Node::is_missing);
        if named.len() == *roots as usize {
            *roots = 0;
        }
        match missing.and_then(|number| self.graph.names.get(number as u32)) {
            Some(name) => Err(unknown(self.source, &name)),
            None => Ok(()),
        }
    }

    /// Judges the links, parents before children.
    fn settle(&mut self) -> Result<()> {
        let nodes = (0..).zip(&self.graph.nodes);
        let mut order: Vec<(Option<u64>, u32)> =
            nodes.map(|(number, node)| (node.place, number)).collect();
        order.sort_unstable();
        let kind = |index| {
            let mut buffer = Vec::new();
            self.source.read(index, &mut buffer).ok()?;
            kind_of(&buffer).map(str::to_owned)
        };
        let show = Show { log: true, kind: &kind };
        for some in order.chunks(ROUND) {
            self.control.check()?;
            some.iter().for_each(|&(_, number)| self.graph.settle(number, &show));
        }
        Ok(())
    }
}
