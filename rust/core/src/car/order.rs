//! The events of a file as a graph of numbers, and ways through it, parents first. May use dag
//! (numbers for names), error, hash.

use crate::dag::Names;
use crate::error::{Code, Error, Result};
use crate::hash::Hash;

/// Where an event's block is, and where its parents' numbers are.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    at: u64,
    links: u64,
    /// 0: it is not in the file, and only named.
    length: u32,
    parents: u32,
}

/// The events of a file: some 90 bytes each.
#[derive(Debug)]
pub(super) struct Nodes {
    names: Names,
    nodes: Vec<Node>,
    links: Vec<u32>,
}

/// A way through events of a file, parents first.
#[derive(Debug, Default)]
pub struct Order {
    pub(super) numbers: Vec<u32>,
    /// Parents that are not in the file, each with the first child that names it.
    pub(super) outside: Vec<(u32, u32)>,
}

impl Order {
    /// How many events it has.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// How many parents are named that are not in the file.
    pub fn outside(&self) -> usize {
        self.outside.len()
    }
}

impl Nodes {
    pub(super) fn new() -> Nodes {
        Nodes { names: Names::new(0), nodes: Vec::new(), links: Vec::new() }
    }

    /// Notes an event; `false` when it is there already.
    pub(super) fn add(
        &mut self,
        hash: Hash,
        at: u64,
        length: usize,
        parents: &[Hash],
    ) -> Result<bool> {
        let number = self.number(hash)?;
        if self.node(number).length > 0 {
            return Ok(false);
        }
        let links = self.links.len() as u64;
        for parent in parents {
            let parent = self.number(*parent)?;
            self.links.push(parent);
        }
        if let Some(node) = self.nodes.get_mut(number as usize) {
            *node = Node { at, links, length: length as u32, parents: parents.len() as u32 };
        }
        Ok(true)
    }

    fn number(&mut self, hash: Hash) -> Result<u32> {
        let number = self.names.number(hash)?;
        if number as usize == self.nodes.len() {
            self.nodes.push(Node::default());
        }
        Ok(number)
    }

    fn node(&self, number: u32) -> Node {
        self.nodes.get(number as usize).copied().unwrap_or_default()
    }

    pub(super) fn hash(&self, number: u32) -> Hash {
        self.names.get(number).unwrap_or(Hash([0; 32]))
    }

    /// Where the event's block is, and how many bytes it has.
    pub(super) fn place(&self, number: u32) -> (u64, usize) {
        let node = self.node(number);
        (node.at, node.length as usize)
    }

    fn parents(&self, node: Node) -> &[u32] {
        let links = self.links.get(node.links as usize..).unwrap_or_default();
        links.get(..node.parents as usize).unwrap_or_default()
    }

    /// The event that a text stands for: a full hash, or the beginning of exactly one.
    pub(super) fn find(&self, full: Option<Hash>, text: &str) -> Result<u32> {
        let fits = |number: &u32| {
            self.node(*number).length > 0 && self.hash(*number).to_string().starts_with(text)
        };
        let mut found = match full {
            Some(hash) => self.names.find(&hash).filter(|n| self.node(*n).length > 0),
            None => None,
        };
        if full.is_none() {
            let mut all = (0..self.names.len()).filter(fits);
            found = all.next();
            if all.next().is_some() {
                let message = format!("{text} fits several events of the file");
                return Err(Error::new(Code::AmbiguousHash, message)
                    .hash(text)
                    .remedy("Give more digits"));
            }
        }
        found.ok_or_else(|| {
            Error::new(Code::EventNotFound, format!("the file holds no event {text}"))
                .hash(text)
                .remedy("Check the hash, and that this is the file it was exported to")
        })
    }

    /// All events, in the order in which they were named first, but parents before children.
    pub(super) fn all(&self) -> Order {
        self.order(0..self.names.len())
    }

    /// These events and their ancestors: each event's parents in its block's order, then itself.
    /// The same events give the same order, whatever file they stand in.
    pub(super) fn order(&self, from: impl Iterator<Item = u32>) -> Order {
        let mut order = Order::default();
        let mut seen = vec![false; self.nodes.len()];
        let mut stack: Vec<(u32, usize)> = Vec::new();
        for start in from.filter(|number| self.node(*number).length > 0) {
            if mark(&mut seen, start) {
                stack.push((start, 0));
            }
            while let Some((number, next)) = stack.last_mut() {
                let parent = self.parents(self.node(*number)).get(*next).copied();
                *next += 1;
                match parent {
                    None => {
                        order.numbers.push(*number);
                        stack.pop();
                    }
                    Some(parent) if !mark(&mut seen, parent) => {}
                    Some(parent) if self.node(parent).length == 0 => {
                        order.outside.push((parent, *number));
                    }
                    Some(parent) => stack.push((parent, 0)),
                }
            }
        }
        order
    }
}

/// Marks a number; whether it was not marked before.
fn mark(seen: &mut [bool], number: u32) -> bool {
    seen.get_mut(number as usize).is_some_and(|seen| !std::mem::replace(seen, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> Hash {
        Hash([n; 32])
    }

    fn nodes(events: &[(u8, &[u8])]) -> Nodes {
        let mut nodes = Nodes::new();
        for (name, parents) in events {
            let parents: Vec<Hash> = parents.iter().map(|n| hash(*n)).collect();
            assert!(nodes.add(hash(*name), u64::from(*name), 1, &parents).unwrap());
        }
        nodes
    }

    fn names(nodes: &Nodes, order: &Order) -> Vec<u8> {
        order.numbers.iter().map(|number| nodes.hash(*number).0[0]).collect()
    }

    #[test]
    fn parents_come_first_whatever_order_they_stood_in() {
        for events in [
            &[(1, &[][..]), (2, &[1]), (3, &[1, 2]), (4, &[])][..],
            &[(4, &[]), (3, &[1, 2]), (2, &[1]), (1, &[])],
        ] {
            let nodes = nodes(events);
            let all = names(&nodes, &nodes.all());
            let place = |n| all.iter().position(|name| *name == n).unwrap();
            assert!(place(1) < place(2) && place(2) < place(3) && all.len() == 4);
            let three = nodes.find(Some(hash(3)), "").unwrap();
            assert_eq!(names(&nodes, &nodes.order([three].into_iter())), [1, 2, 3]);
        }
    }

    #[test]
    fn a_file_in_order_keeps_its_order_and_a_long_chain_takes_no_stack() {
        let tidy = nodes(&[(5, &[]), (2, &[]), (9, &[2]), (1, &[5, 9])]);
        assert_eq!(names(&tidy, &tidy.all()), [5, 2, 9, 1]);
        let mut nodes = Nodes::new();
        let name = |n: u32| Hash::of(&n.to_le_bytes());
        for n in (0..100_000).rev() {
            nodes.add(name(n), 0, 1, &[name(n + 1)]).unwrap();
        }
        let order = nodes.all();
        assert_eq!((order.len(), order.outside()), (100_000, 1));
    }

    #[test]
    fn what_is_missing_is_named_once_and_what_is_there_is_found() {
        let nodes = nodes(&[(3, &[1, 2]), (4, &[1])]);
        let order = nodes.all();
        let found = order.outside.iter().map(|(p, c)| (nodes.hash(*p), nodes.hash(*c)));
        assert_eq!(found.collect::<Vec<_>>(), [(hash(1), hash(3)), (hash(2), hash(3))]);
        assert_eq!(nodes.find(None, "0404").unwrap(), nodes.find(Some(hash(4)), "").unwrap());
        for missing in ["0101", "05"] {
            let error = nodes.find(None, missing).unwrap_err();
            assert_eq!(error.code(), Code::EventNotFound);
        }
    }
}
