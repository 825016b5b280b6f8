//! Verification of blocks without a ledger: each against the name that is claimed for it, and all
//! links among them. May use judge, graph, components.

use crate::control::Control;
use crate::dag::components::components;
use crate::dag::graph::{Graph, Show};
use crate::dag::judge::{judge, kind_of, view_of};
use crate::dag::pool;
use crate::dag::report::{Anchor, Check, Finding, Report};
use crate::dag::say::{self, Who};
use crate::error::Result;
use crate::event::View;
use crate::hash::Hash;
use rayon::ThreadPool;
use rayon::prelude::*;
use smallvec::SmallVec;

/// Blocks that are judged before their links are noted.
const ROUND: usize = 4_096;

/// Fewer bytes are judged before other threads have woken.
const WORTH_SHARING: usize = 256 << 10;

/// Verifies blocks under claimed names: every one gets a verdict, and every parent must be among
/// them. Names are claims, so that cycles are possible: they are findings. The findings stand in
/// the order of the blocks, and have no index.
pub fn verify_blocks(blocks: &[(Hash, &[u8])], control: &Control) -> Result<Report> {
    control.set_total(blocks.len() as u64);
    let mut graph = Graph::new(blocks.len());
    let mut firsts: Vec<u64> = Vec::with_capacity(blocks.len());
    for (at, (name, _)) in (0..).zip(blocks) {
        if graph.names.number(*name)? as usize == firsts.len() {
            firsts.push(at);
        }
    }
    let bytes: usize = blocks.iter().map(|(_, block)| block.len()).sum();
    let threads = if bytes < WORTH_SHARING { None } else { Some(pool::threads()?) };
    for (round, some) in blocks.chunks(ROUND).enumerate() {
        let judged = judge_all(some, threads.as_ref(), control)?;
        for (at, (block, seen)) in (round * ROUND..).zip(some.iter().zip(judged)) {
            note(&mut graph, &firsts, at as u64, block, seen)?;
        }
        control.advance(some.len() as u64)?;
    }
    links(&mut graph, blocks, control)?;
    Ok(graph.findings.into_report(Anchor::Hash, blocks.len() as u64))
}

/// What is wrong with a block, and the parents that it names.
type Seen = (Option<Finding>, SmallVec<[Hash; 2]>);

fn judge_all(
    blocks: &[(Hash, &[u8])],
    threads: Option<&ThreadPool>,
    control: &Control,
) -> Result<Vec<Seen>> {
    let one = |(name, block): &(Hash, &[u8])| {
        control.check()?;
        let judged = judge(name, None, block);
        // Links of a block that is not what its name says still make cycles.
        let view = judged.view.or_else(|| view_of(block));
        Ok((judged.finding, view.iter().flat_map(View::distinct_parents).collect()))
    };
    match threads {
        Some(threads) => threads.install(|| blocks.par_iter().map(one).collect()),
        None => blocks.iter().map(one).collect(),
    }
}

/// Notes one block: the first of its name as a node, others as duplicates.
fn note(
    graph: &mut Graph,
    firsts: &[u64],
    at: u64,
    (name, block): &(Hash, &[u8]),
    (finding, parents): Seen,
) -> Result<()> {
    let number = graph.names.number(*name)?;
    let first = firsts.get(number as usize).copied().unwrap_or(at);
    if first == at {
        return graph.note(Some(at), finding, parents);
    }
    if let Some(finding) = finding {
        graph.findings.add(at, finding.check, || finding);
    }
    let who = Who { hash: *name, index: None, kind: kind_of(block) };
    graph.findings.add(at, Check::Duplicate, || say::duplicate(&who, first));
    Ok(())
}

/// Judges the links, parents before children, and finds cycles on the way.
fn links(graph: &mut Graph, blocks: &[(Hash, &[u8])], control: &Control) -> Result<()> {
    let kind = |at: u64| kind_of(blocks.get(at as usize)?.1).map(str::to_owned);
    let show = Show { log: false, kind: &kind };
    let mut order = Vec::with_capacity(graph.nodes.len());
    let mut cycles = Vec::new();
    components(
        graph.nodes.len() as u32,
        |number| graph.parents(number),
        |component| {
            order.extend_from_slice(component);
            let itself = component.first().is_some_and(|n| graph.parents(*n).contains(n));
            if component.len() > 1 || itself {
                cycles.extend(component.iter().map(|&number| (number, component.len())));
            }
        },
    );
    for (number, length) in cycles {
        graph.report(number, Check::Cycle, &show, |who| say::cycle(who, length));
        if let Some(node) = graph.nodes.get_mut(number as usize) {
            node.holds = false;
        }
    }
    for some in order.chunks(ROUND) {
        control.check()?;
        some.iter().for_each(|&number| graph.settle(number, &show));
    }
    Ok(())
}
