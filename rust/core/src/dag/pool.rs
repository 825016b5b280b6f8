//! Threads for one verification. May use error.
//!
//! A pool a call, not one for the process: a forked child has none of its parent's threads.

use crate::error::{Code, Error, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// One thread a core.
pub(crate) fn threads() -> Result<ThreadPool> {
    let named = ThreadPoolBuilder::new().thread_name(|n| format!("lineseal-verify-{n}"));
    named.build().map_err(|error| {
        Error::new(Code::Storage, format!("cannot start threads: {error}"))
            .remedy("Raise the limit of processes (ulimit -u)")
    })
}
