//! The tree of names twice: what everyone sees, and what is on disk. May use choices.

use super::choices::Choices;
use std::collections::BTreeMap;

/// What a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Dir,
    /// A place in the list of files.
    File(usize),
}

type Tree = BTreeMap<String, Node>;

/// A change of one directory that its disk does not know yet.
#[derive(Clone, Debug)]
enum Change {
    Link {
        path: String,
        node: Node,
    },
    Unlink {
        path: String,
    },
    /// One step: the old or the new. Belongs to the directory of the new name.
    Move {
        from: String,
        to: String,
        node: Node,
    },
}

impl Change {
    fn dir(&self) -> &str {
        match self {
            Change::Link { path, .. } | Change::Unlink { path } => parent(path),
            Change::Move { to, .. } => parent(to),
        }
    }

    fn apply(&self, tree: &mut Tree) {
        match self {
            Change::Link { path, node } => tree.insert(path.clone(), *node),
            Change::Unlink { path } => tree.remove(path),
            Change::Move { from, to, node } => {
                tree.remove(from);
                tree.insert(to.clone(), *node)
            }
        };
    }
}

/// The directory that a path stands in; `""` is the root.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The two trees.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    seen: Tree,
    disk: Tree,
    pending: Vec<Change>,
}

impl Names {
    pub(super) fn get(&self, path: &str) -> Option<Node> {
        if path.is_empty() { Some(Node::Dir) } else { self.seen.get(path).copied() }
    }

    /// Names in a directory, sorted.
    pub(super) fn list(&self, dir: &str) -> Vec<String> {
        let inside = self.seen.keys().filter(|path| parent(path) == dir);
        inside.map(|path| path.rsplit('/').next().unwrap_or(path).to_owned()).collect()
    }

    /// Every file, with its place in the list of files.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, usize)> {
        self.seen.iter().filter_map(|(path, node)| match node {
            Node::File(inode) => Some((path.as_str(), *inode)),
            Node::Dir => None,
        })
    }

    pub(super) fn link(&mut self, path: &str, node: Node) {
        self.push(Change::Link { path: path.to_owned(), node });
    }

    pub(super) fn unlink(&mut self, path: &str) {
        self.push(Change::Unlink { path: path.to_owned() });
    }

    pub(super) fn rename(&mut self, from: &str, to: &str, node: Node) {
        self.push(Change::Move { from: from.to_owned(), to: to.to_owned(), node });
    }

    fn push(&mut self, change: Change) {
        change.apply(&mut self.seen);
        self.pending.push(change);
    }

    /// Makes a directory's changes durable.
    pub(super) fn sync(&mut self, dir: &str) {
        let (done, kept) = self.pending.drain(..).partition(|change| change.dir() == dir);
        let done: Vec<Change> = done;
        self.pending = kept;
        for change in done {
            change.apply(&mut self.disk);
        }
    }

    /// Makes every change durable.
    pub(super) fn sync_all(&mut self) {
        self.pending.drain(..).for_each(|change| change.apply(&mut self.disk));
    }

    /// The power goes: any subset of the pending changes is on disk. What stands in a directory
    /// without a name is gone with it.
    pub(super) fn power_loss(&mut self, choices: &mut dyn Choices) {
        let bias = choices.bias();
        for change in std::mem::take(&mut self.pending) {
            if choices.keeps(bias) {
                change.apply(&mut self.disk);
            }
        }
        self.seen.clear();
        for (path, node) in &self.disk {
            let dir = parent(path);
            if dir.is_empty() || self.seen.get(dir) == Some(&Node::Dir) {
                self.seen.insert(path.clone(), *node);
            }
        }
        self.disk.clone_from(&self.seen);
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

    #[test]
    fn a_name_stays_only_with_its_directory() {
        for seed in 0..50 {
            let mut names = Names::default();
            names.link("torn", Node::Dir);
            names.link("torn/a", Node::File(0));
            names.sync("torn");
            names.power_loss(&mut Rng::new(seed));
            assert_eq!(names.get("torn").is_some(), names.get("torn/a").is_some());
        }
    }

    #[test]
    fn a_rename_leaves_the_old_or_the_new() {
        let mut met = [false; 2];
        for seed in 0..50 {
            let mut names = Names::default();
            names.link("a", Node::File(0));
            names.link("b", Node::File(1));
            names.sync("");
            names.rename("b", "a", Node::File(1));
            names.power_loss(&mut Rng::new(seed));
            let after = (names.get("a"), names.get("b"));
            match after {
                (Some(Node::File(0)), Some(Node::File(1))) => met[0] = true,
                (Some(Node::File(1)), None) => met[1] = true,
                _ => panic!("{after:?}"),
            }
        }
        assert_eq!(met, [true; 2]);
    }

    #[test]
    fn synced_names_survive() {
        for seed in 0..50 {
            let mut names = Names::default();
            names.link("a", Node::File(0));
            names.sync("");
            names.link("b", Node::File(1));
            names.power_loss(&mut Rng::new(seed));
            assert_eq!(names.get("a"), Some(Node::File(0)));
        }
    }
}
