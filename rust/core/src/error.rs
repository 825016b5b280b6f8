//! The one error table: every way in which lineseal refuses, and what each front end makes of it.
//!
//! May use nothing. Python classes, gRPC statuses and exit codes are total maps over [`Code`];
//! tests hold them against [`Code::ALL`].

use std::fmt;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! codes {
    ($($variant:ident $name:literal $class:literal $grpc:literal $exit:literal $retry:literal $doc:literal;)*) => {
        /// Why something was refused. One row of the table a variant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $doc] $variant,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// Stable machine name, as `--json` prints it.
            pub const fn name(self) -> &'static str { match self { $(Code::$variant => $name,)* } }

            /// Name of the Python exception class.
            pub const fn class(self) -> &'static str { match self { $(Code::$variant => $class,)* } }

            /// Name of the gRPC status.
            pub const fn grpc(self) -> &'static str { match self { $(Code::$variant => $grpc,)* } }

            /// Exit status of the command line.
            pub const fn exit(self) -> i32 { match self { $(Code::$variant => $exit,)* } }

            /// Whether sending the same request again may help.
            pub const fn retry(self) -> bool { match self { $(Code::$variant => $retry,)* } }

            /// What the code means, in a line.
            pub const fn meaning(self) -> &'static str { match self { $(Code::$variant => $doc,)* } }
        }
    };
}

// variant         name                class                      gRPC                  exit  retry meaning
codes! {
    InvalidRecord   "invalid_record"    "InvalidRecordError"       "INVALID_ARGUMENT"       2 false "A record, draft or block breaks a rule of the event format.";
    Encoding        "encoding"          "EncodingError"            "INVALID_ARGUMENT"       2 false "Bytes are not canonical DAG-CBOR, or a value has no encoding.";
    InvalidArgument "invalid_argument"  "InvalidArgumentError"     "INVALID_ARGUMENT"       2 false "An argument of a call is unusable.";
    ParentNotFound  "parent_not_found"  "ParentNotFoundError"      "FAILED_PRECONDITION"    3 false "An event names a parent that the ledger does not hold.";
    EventNotFound   "event_not_found"   "EventNotFoundError"       "NOT_FOUND"              3 false "The ledger holds no such event.";
    AmbiguousHash   "ambiguous_hash"    "AmbiguousHashError"       "INVALID_ARGUMENT"       2 false "A shortened hash fits several events.";
    LedgerNotFound  "ledger_not_found"  "LedgerNotFoundError"      "NOT_FOUND"              3 false "There is no ledger at this place.";
    NotALedger      "not_a_ledger"      "NotALedgerError"          "FAILED_PRECONDITION"    2 false "The directory holds other things than a ledger.";
    Unsupported     "unsupported"       "UnsupportedFormatError"   "FAILED_PRECONDITION"    6 false "The ledger or event has a format that this version does not read.";
    LedgerLocked    "ledger_locked"     "LedgerLockedError"        "UNAVAILABLE"            4 true  "Another process is writing to the ledger.";
    CorruptLedger   "corrupt_ledger"    "CorruptLedgerError"       "DATA_LOSS"              5 false "Stored bytes are not what was written.";
    OutcomeUnknown  "outcome_unknown"   "OutcomeUnknownError"      "UNAVAILABLE"            5 true  "The disk failed while a batch was written: it may or may not be there. Send the same bytes again after reopening.";
    ReadOnly        "read_only"         "ReadOnlyError"            "FAILED_PRECONDITION"    4 false "The ledger cannot be written through this handle or on this file system.";
    Forked          "forked"            "ForkedError"              "FAILED_PRECONDITION"    2 false "The ledger was opened before a fork and is used in the child.";
    Closed          "closed"            "LedgerClosedError"        "FAILED_PRECONDITION"    2 false "The handle is closed.";
    StorageFull     "storage_full"      "StorageFullError"         "RESOURCE_EXHAUSTED"     4 true  "There is no room left on the disk.";
    Storage         "storage"           "StorageError"             "UNAVAILABLE"            4 true  "The operating system refused to read or write.";
    Timeout         "timeout"           "LedgerTimeoutError"       "DEADLINE_EXCEEDED"      4 false "The deadline passed first.";
    Cancelled       "cancelled"         "OperationCancelledError"  "CANCELLED"          130 false "The caller gave up.";
    Unavailable     "service_unavailable" "ServiceUnavailableError" "UNAVAILABLE"          4 true  "Nobody answers at the service's address, or not in time.";
    Overloaded      "overloaded"        "ServiceOverloadedError"   "RESOURCE_EXHAUSTED"   4 true  "The service has too much to do at the moment.";
    Internal        "internal"          "InternalError"            "INTERNAL"             70 false "A fault in lineseal itself; please report it.";
}

/// What was refused, where, and what to do about it.
///
/// `Display` gives one line: the message, the place when it is not in the message, the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Body>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Body {
    code: Code,
    message: String,
    field: Option<String>,
    path: Option<String>,
    hash: Option<String>,
    position: Option<u64>,
    remedy: Option<String>,
}

impl Error {
    /// A refusal: `message` says what is wrong, in a phrase that names the thing.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error(Box::new(Body {
            code,
            message: message.into(),
            field: None,
            path: None,
            hash: None,
            position: None,
            remedy: None,
        }))
    }

    /// Names the field of the record (`num_rows`).
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Names the place inside a value (`payload.inputs.pixels[3]`) or the file.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// Names the event, as hex digits.
    #[must_use]
    pub fn hash(mut self, hash: impl fmt::Display) -> Self {
        self.0.hash = Some(hash.to_string());
        self
    }

    /// Names the place in the batch (from 0), or the byte offset in a block or file.
    #[must_use]
    pub fn position(mut self, position: u64) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Puts it in another row of the table.
    #[must_use]
    pub fn recoded(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    /// Says in which row of a table it is, and that this is its place.
    #[must_use]
    pub fn in_row(mut self, row: usize) -> Self {
        self.0.message = format!("row {row}: {}", self.0.message);
        self.position(row as u64)
    }

    /// Counts the place in a batch from where the batch begins.
    #[must_use]
    pub fn after(self, first: usize) -> Self {
        match self.0.position {
            Some(position) => self.position(first as u64 + position),
            None => self,
        }
    }

    /// Says what to do about it, as a sentence without its full stop.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    /// The row of the table.
    pub fn code(&self) -> Code {
        self.0.code
    }
    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// The field of the record, when one is at fault.
    pub fn field_name(&self) -> Option<&str> {
        self.0.field.as_deref()
    }
    /// The place inside the value, or the file.
    pub fn path_name(&self) -> Option<&str> {
        self.0.path.as_deref()
    }
    /// The event, as hex digits.
    pub fn hash_hex(&self) -> Option<&str> {
        self.0.hash.as_deref()
    }
    /// The place in the batch, or the byte offset.
    pub fn position_number(&self) -> Option<u64> {
        self.0.position
    }
    /// What to do about it.
    pub fn remedy_text(&self) -> Option<&str> {
        self.0.remedy.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(path) = &self.0.path
            && !self.0.message.contains(path.as_str())
        {
            write!(f, " (at {path})")?;
        }
        if let Some(remedy) = &self.0.remedy {
            write!(f, ". {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_its_own_name_and_class() {
        let names: HashSet<_> = Code::ALL.iter().map(|c| c.name()).collect();
        let classes: HashSet<_> = Code::ALL.iter().map(|c| c.class()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert_eq!(classes.len(), Code::ALL.len());
    }

    #[test]
    fn an_error_reads_as_what_where_and_what_to_do() {
        let error = Error::new(Code::InvalidRecord, "name is required")
            .path("record.name")
            .remedy("Give the dataset a name");
        assert_eq!(error.to_string(), "name is required (at record.name). Give the dataset a name");
    }
}
