//! Every number that a user can run into, each with its reason. May use nothing.

use std::time::Duration;

/// Greatest size of one event's block, in bytes: it fits a gRPC message four times over.
pub const MAX_BLOCK: usize = 1 << 20;

/// Maps and lists inside one another, the event's own map being the first: below what protobuf
/// and every CBOR library tried can follow.
pub const MAX_DEPTH: usize = 24;

/// Parents of one event: a block of nothing but parents stays far below [`MAX_BLOCK`].
pub const MAX_PARENTS: usize = 1_024;

/// Events in one batch: what one lock of the sequencer should hold at most.
pub const MAX_BATCH_EVENTS: usize = 10_000;

/// Bytes of blocks in one batch, in process.
pub const MAX_BATCH_BYTES: usize = 64 << 20;

/// External identifiers (`ids`) of one event.
pub const MAX_IDS: usize = 64;

/// Characters of a role, a namespace, and a name of a custom type.
pub const MAX_NAME: usize = 63;

/// Least number of hex digits that may stand for a hash.
pub const MIN_PREFIX: usize = 8;

/// Findings kept in one report; counts stay exact beyond it.
pub const MAX_FINDINGS: usize = 10_000;

/// Greatest integer that a float holds exactly, 2^53: a metric given as a larger one is refused.
pub const MAX_EXACT_FLOAT: u64 = 1 << 53;

/// Bytes of one JSON draft: what a block of [`MAX_BLOCK`] can need when all its text is escaped.
pub const MAX_DRAFT: usize = 8 * MAX_BLOCK;

/// Events that damage may take and a reader still opens: each keeps its index, at some 16 bytes of
/// memory. A forged file name or mark can claim any number.
pub const MAX_LOST: u64 = 1 << 24;

/// How long a writer waits for the lock when nobody says: hundreds of turns of others.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a writer keeps the lock after its last batch: taking it again costs some microseconds,
/// letting it go in order two syncs.
pub const LOCK_IDLE: Duration = Duration::from_secs(1);

/// How long a writer may keep the lock at least while others wait: a thousand times what handing
/// it over costs.
pub const LOCK_SPELL: Duration = Duration::from_millis(100);

/// Bytes of one request to the service: a batch of 10,000 events of some 1.6 KiB.
pub const MAX_REQUEST: usize = 16 << 20;

/// Bytes of one section or header of a CAR file: what other CAR software takes at most.
pub const MAX_CAR_SECTION: usize = 32 << 20;
