//! The parents of an event that is being written: gathered in any order, sorted for the block.
//! May use cbor's pieces, names, limits.

use crate::cbor::{short, write};
use crate::cid::Cid;
use crate::error::{Code, Error, Result};
use crate::event::names::is_role;
use crate::hash::Hash;
use crate::limits::MAX_PARENTS;

/// Pairs of parent and role; the memory is kept from one event to the next.
#[derive(Debug, Default)]
pub(crate) struct ParentList {
    list: Vec<Parent>,
    /// The texts of all roles.
    roles: String,
}

#[derive(Clone, Copy, Debug)]
struct Parent {
    hash: Hash,
    /// Where its role begins and ends in `roles`.
    role: (usize, usize),
}

impl ParentList {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.roles.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn push(&mut self, hash: Hash, role: &str) -> Result<()> {
        let path = || format!("parents[{}]", self.list.len());
        if !is_role(role) {
            return Err(invalid(format!("{} is not a role", short(role)))
                .path(path())
                .remedy("Use at most 63 of [a-z0-9._-], a letter or digit first"));
        }
        if self.list.len() == MAX_PARENTS {
            return Err(invalid(format!("more than {MAX_PARENTS} parents"))
                .path(path())
                .remedy("Record an event that stands for a group of them, and name that"));
        }
        let start = self.roles.len();
        self.roles.push_str(role);
        self.list.push(Parent { hash, role: (start, self.roles.len()) });
        Ok(())
    }

    /// Gives `default` to those without a role, then sorts by hash and role. Equal pairs are
    /// refused.
    pub(crate) fn sort(&mut self, default: &str) -> Result<()> {
        let start = self.roles.len();
        self.roles.push_str(default);
        let ParentList { list, roles } = self;
        for parent in list.iter_mut().filter(|parent| parent.role.0 == parent.role.1) {
            parent.role = (start, roles.len());
        }
        list.sort_unstable_by(|a, b| a.pair(roles).cmp(&b.pair(roles)));
        let mut neighbours = list.iter().zip(list.iter().skip(1));
        match neighbours.find(|(a, b)| a.pair(roles) == b.pair(roles)) {
            None => Ok(()),
            Some((parent, _)) => Err(parent.twice(roles)),
        }
    }

    /// Whether the event has the key `roles`.
    pub(crate) fn with_roles(&self) -> bool {
        self.list.iter().any(|parent| parent.role.0 != parent.role.1)
    }

    pub(crate) fn write_roles(&self, out: &mut Vec<u8>) {
        write::head(out, write::LIST, self.list.len() as u64);
        self.list.iter().for_each(|parent| write::text(out, parent.role(&self.roles)));
    }

    /// The parents as the graph sees them: each once.
    pub(crate) fn distinct(&self) -> impl Iterator<Item = Hash> + '_ {
        let mut last = None;
        let hashes = self.list.iter().map(|parent| parent.hash);
        hashes.filter(move |&hash| last.replace(hash) != Some(hash))
    }

    pub(crate) fn write_links(&self, out: &mut Vec<u8>) {
        write::head(out, write::LIST, self.list.len() as u64);
        self.list.iter().for_each(|parent| write::link(out, Cid::event(parent.hash)));
    }
}

impl Parent {
    fn role<'a>(&self, roles: &'a str) -> &'a str {
        roles.get(self.role.0..self.role.1).unwrap_or_default()
    }

    fn pair<'a>(&self, roles: &'a str) -> (Hash, &'a str) {
        (self.hash, self.role(roles))
    }

    #[cold]
    fn twice(&self, roles: &str) -> Error {
        let role = match self.role(roles) {
            "" => "no role".to_owned(),
            role => format!("the role {role}"),
        };
        invalid(format!("the parent {} is given twice with {role}", self.hash))
            .path("parents")
            .hash(self.hash)
            .remedy("Give it once, or with another role")
    }
}

#[cold]
fn invalid(message: String) -> Error {
    Error::new(Code::InvalidRecord, message).field("parents")
}
