//! Strongly connected components (Tarjan 1972), without recursion. May use nothing.

/// Number of a node that has not been met.
const NEW: u32 = 0;
/// Lowest number of a node whose component is complete.
const DONE: u32 = u32::MAX;

/// Hands `emit` each component of the graph of `nodes` nodes, a component only after all that its
/// links lead to. `links(n)` are the ends of the links from `n`; those beyond `nodes` are ignored.
pub(super) fn components<'a>(
    nodes: u32,
    links: impl Fn(u32) -> &'a [u32],
    mut emit: impl FnMut(&[u32]),
) {
    let mut search = Search { low: vec![NEW; nodes as usize], met: 0, open: Vec::new() };
    // Nodes on the way down: the node, its number, and how many of its links were followed.
    let mut path: Vec<(u32, u32, usize)> = Vec::new();
    for root in 0..nodes {
        if search.low(root) == NEW {
            path.push((root, search.enter(root), 0));
        }
        while let Some((node, number, followed)) = path.last_mut() {
            let (from, number) = (*node, *number);
            if let Some(&to) = links(from).get(*followed) {
                *followed += 1;
                match search.low(to) {
                    NEW => path.push((to, search.enter(to), 0)),
                    low => search.lower(from, low),
                }
                continue;
            }
            path.pop();
            let low = search.low(from);
            if low == number {
                search.complete(from, &mut emit);
            } else if let Some(&(above, ..)) = path.last() {
                search.lower(above, low);
            }
        }
    }
}

struct Search {
    /// For each node the lowest number that it is known to reach.
    low: Vec<u32>,
    met: u32,
    /// Nodes whose component is not complete.
    open: Vec<u32>,
}

impl Search {
    fn low(&self, node: u32) -> u32 {
        self.low.get(node as usize).copied().unwrap_or(DONE)
    }

    fn enter(&mut self, node: u32) -> u32 {
        self.met += 1;
        self.open.push(node);
        self.set(node, self.met);
        self.met
    }

    fn lower(&mut self, node: u32, low: u32) {
        self.set(node, low.min(self.low(node)));
    }

    fn complete(&mut self, first: u32, emit: &mut impl FnMut(&[u32])) {
        let start = self.open.iter().rposition(|&node| node == first).unwrap_or(0);
        let component = self.open.split_off(start);
        component.iter().for_each(|&node| self.set(node, DONE));
        emit(&component);
    }

    fn set(&mut self, node: u32, low: u32) {
        if let Some(slot) = self.low.get_mut(node as usize) {
            *slot = low;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(links: &[&[u32]]) -> Vec<Vec<u32>> {
        let mut all = Vec::new();
        components(links.len() as u32, |n| links[n as usize], |some| all.push(some.to_vec()));
        all.iter_mut().for_each(|some| some.sort_unstable());
        all
    }

    #[test]
    fn what_links_lead_to_comes_first() {
        assert_eq!(of(&[&[1, 2], &[2], &[], &[0, 9]]), [vec![2], vec![1], vec![0], vec![3]]);
    }

    #[test]
    fn a_way_between_two_cycles_belongs_to_neither() {
        let links: &[&[u32]] = &[&[1], &[0, 2], &[3], &[4], &[3], &[5]];
        assert_eq!(of(links), [vec![3, 4], vec![2], vec![0, 1], vec![5]]);
    }

    #[test]
    fn crossing_cycles_are_one() {
        assert_eq!(of(&[&[1], &[2, 3], &[0], &[1]]), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn a_cycle_of_a_million_needs_no_stack() {
        let next: Vec<u32> = (0..1_000_000).map(|n| (n + 1) % 1_000_000).collect();
        let mut sizes = Vec::new();
        let links = |n: u32| &next[n as usize..=n as usize];
        components(1_000_000, links, |some| sizes.push(some.len()));
        assert_eq!(sizes, [1_000_000]);
    }
}
