//! What shall go wrong, and when. May use inode.

use super::inode::Loss;

/// A kind of call on the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `open` of a file that is there.
    Open,
    /// `open` with `Mode::Create`, and `create_dir`.
    Create,
    /// `list`.
    List,
    /// `read_at`.
    Read,
    /// `write_at`.
    Write,
    /// `reserve`.
    Reserve,
    /// `truncate`.
    Truncate,
    /// `sync` of a file.
    Sync,
    /// `rename`.
    Rename,
    /// `remove`.
    Remove,
    /// `sync_dir`.
    SyncDir,
}

impl Op {
    /// Whether it changes what is seen or what is on disk.
    pub const fn changes(self) -> bool {
        !matches!(self, Op::Open | Op::List | Op::Read)
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call is refused and does nothing.
    Refused,
    /// Some of the bytes are written, then the call is refused.
    Short,
    /// Some of the bytes are written, then there is no room.
    Full,
    /// The sync fails; this becomes of what it should have made durable. A directory keeps its
    /// changes pending, or has them durable when `Persisted`.
    Sync(Loss),
    /// The same for want of room: disks that allocate late find out in the sync.
    SyncFull(Loss),
    /// The process dies in the call: a write may be there in part.
    Death,
}

#[derive(Clone, Debug)]
struct Rule {
    op: Option<Op>,
    path: String,
    after: u64,
    fault: Fault,
}

/// Faults that wait for their call.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan(Vec<Rule>);

impl Plan {
    pub(super) fn add(&mut self, op: Option<Op>, path: &str, after: u64, fault: Fault) {
        self.0.push(Rule { op, path: path.to_owned(), after, fault });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for this call, if one is due; rules for any kind of call wait for one that
    /// changes something.
    pub(super) fn strike(&mut self, op: Op, path: &str) -> Option<Fault> {
        let mut due = None;
        self.0.retain_mut(|rule| {
            let kind = rule.op.map_or(op.changes(), |wanted| wanted == op);
            if !kind || !path.starts_with(&rule.path) || due.is_some() {
                return true;
            }
            if rule.after > 0 {
                rule.after -= 1;
                return true;
            }
            due = Some(rule.fault);
            false
        });
        due
    }
}
