//! One block against the name under which it was reached. May use event, report, hash, error.

use crate::dag::report::Finding;
use crate::dag::say::{self, Who};
use crate::event::{Inspection, View, inspect};
use crate::hash::Hash;

/// What one block says about itself.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    /// What is wrong with it, by itself.
    pub(super) finding: Option<Finding>,
    /// Its content, when its parents may be followed.
    pub(super) view: Option<View<'a>>,
}

/// Rehashes `block` and checks its form.
pub(super) fn judge<'a>(name: &Hash, index: Option<u64>, block: &'a [u8]) -> Judged<'a> {
    judge_hashed(name, Hash::of(block), index, block)
}

/// The same with the block's hash, just computed. The one place that decides what a block is worth.
pub(super) fn judge_hashed<'a>(
    name: &Hash,
    computed: Hash,
    index: Option<u64>,
    block: &'a [u8],
) -> Judged<'a> {
    let mut who = Who { hash: *name, index, kind: None };
    if computed != *name {
        who.kind = kind_of(block);
        return Judged { finding: Some(say::hash(&who, computed)), view: None };
    }
    let inspection = inspect(block);
    let (finding, view) = match inspection {
        Inspection::Sound(view) => (None, Some(view)),
        Inspection::Unsupported(view) => {
            who.kind = kind(&view);
            (Some(say::newer(&who, view.version())), Some(view))
        }
        Inspection::Schema(error, view) => {
            who.kind = kind(&view);
            (Some(say::schema(&who, &error)), Some(view))
        }
        Inspection::Canonical(error) => (Some(say::canonical(&who, &error)), None),
    };
    Judged { finding, view }
}

/// The content of a block as far as it can be read, whatever its name.
pub(super) fn view_of(block: &[u8]) -> Option<View<'_>> {
    match inspect(block) {
        Inspection::Sound(view) | Inspection::Unsupported(view) | Inspection::Schema(_, view) => {
            Some(view)
        }
        Inspection::Canonical(_) => None,
    }
}

/// The type that a block states, if it is one that a sentence can hold.
pub(super) fn kind_of(block: &[u8]) -> Option<&str> {
    view_of(block).as_ref().and_then(kind)
}

fn kind<'a>(view: &View<'a>) -> Option<&'a str> {
    let name = view.type_name();
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._/-".contains(&b);
    (!name.is_empty() && name.len() < 128 && name.bytes().all(plain)).then_some(name)
}
