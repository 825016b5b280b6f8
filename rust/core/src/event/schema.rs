//! The one table of record types, their fields and kinds. Writer, checker, Python records, drafts
//! and docs follow it; tests hold them to it. Uses nothing.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text, not empty.
    Text,
    /// true or false.
    Bool,
    /// An integer from 0 to 2^63−1.
    Count,
    /// An integer from −2^63 to 2^63−1.
    Int,
    /// Microseconds since 1970-01-01 UTC, an integer from −2^63 to 2^63−1.
    Time,
    /// A map with text keys and any values, not empty.
    Map,
    /// The same, but it may be empty.
    OpenMap,
    /// A map from text to float, not empty.
    Metrics,
    /// A map `{uri, revision, dirty: bool}`, each optional, one there at least.
    Code,
    /// Any value, null included.
    Any,
    /// Text `method:hex`.
    Checksum,
    /// 1 … 64 distinct external identifiers `scheme:…`, sorted by bytes.
    Ids,
}

impl Kind {
    /// What it is, with its article, for messages.
    pub const fn describe(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Bool => "a bool",
            Kind::Count => "a count (an integer from 0 to 2^63-1)",
            Kind::Int => "an integer from -2^63 to 2^63-1",
            Kind::Time => "a time (an integer, microseconds since 1970 UTC)",
            Kind::Map | Kind::OpenMap => "a map",
            Kind::Metrics => "a map from names to floats",
            Kind::Code => "a map with uri, revision and dirty",
            Kind::Any => "any value",
            Kind::Checksum => "a checksum such as sha256:9f86d0…",
            Kind::Ids => "a list of identifiers such as mlflow-run:4711",
        }
    }

    /// Whether an empty text, list or map given for it counts as not given.
    pub const fn drops_empty(self) -> bool {
        matches!(
            self,
            Kind::Text | Kind::Checksum | Kind::Map | Kind::Metrics | Kind::Code | Kind::Ids
        )
    }
}

/// A key of the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, in a line.
    pub doc: &'static str,
}

/// A type of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordType {
    /// Its name, as `type` holds it.
    pub name: &'static str,
    /// A thing: the same content is the same event, and no time is added. Else a happening.
    pub thing: bool,
    /// A draft without a parent must say that it has none on purpose.
    pub needs_parent: bool,
    /// The role of parents that are given without one.
    pub default_role: &'static str,
    /// Its payload.
    pub fields: &'static [Field],
    /// What it records, in a line.
    pub doc: &'static str,
}

impl RecordType {
    /// The field of that name, and its place in `fields`.
    pub fn field(&self, name: &str) -> Option<(usize, &'static Field)> {
        self.field_raw(name.as_bytes())
    }

    /// [`RecordType::field`] for one who has bytes.
    pub(crate) fn field_raw(&self, name: &[u8]) -> Option<(usize, &'static Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name.as_bytes() == name)
    }
}

/// The type of that name, if the table has it. Custom types have no entry.
pub fn record_type(name: &str) -> Option<&'static RecordType> {
    TYPES.iter().find(|record| record.name == name)
}

const fn need(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: true, doc }
}

const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: false, doc }
}

use Kind::{Any, Bool, Checksum, Code, Count, Int, Map, Metrics, OpenMap, Text, Time};

const CHECKSUM: Field = may("checksum", Checksum, "Digest of its content, as `method:hex`.");
const METHOD: Field =
    may("checksum_method", Text, "How the content was made bytes before the digest was taken.");
const NUM_ROWS: Field = may("num_rows", Count, "Number of rows.");
const NUM_BYTES: Field = may("num_bytes", Count, "Size in bytes.");
const URI: Field = may("uri", Text, "Where it is kept.");
const LICENSE: Field = may("license", Text, "Licence, preferably an SPDX expression.");
const STATUS: Field = may("status", Text, "How it went, or how it stands.");
const IMAGE: Field = may("image", Text, "Container image that ran, preferably with its digest.");
const PROPERTIES: Field = may("properties", Map, "Whatever else is worth keeping.");
/// External identifiers, a key of every type.
pub const IDS: Field = may("ids", Kind::Ids, "External identifiers, as `scheme:value`.");

/// Every type but custom ones, whose payload is the user's map.
pub const TYPES: &[RecordType] = &[
    RecordType {
        name: "dataset",
        thing: true,
        needs_parent: false,
        default_role: "",
        doc: "Data that something is made from or measured on.",
        fields: &[
            need("name", Text, "Name of the dataset."),
            may("version", Text, "Version of the dataset."),
            CHECKSUM,
            METHOD,
            NUM_ROWS,
            NUM_BYTES,
            URI,
            may("split", Text, "Part of the data that this is, such as train or test."),
            LICENSE,
            may("schema", Map, "Columns and their types."),
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "hyperparameters",
        thing: true,
        needs_parent: false,
        default_role: "",
        doc: "A configuration to train with.",
        fields: &[need("values", OpenMap, "Names and values; may be empty."), PROPERTIES, IDS],
    },
    RecordType {
        name: "training",
        thing: false,
        needs_parent: false,
        default_role: "",
        doc: "A training run.",
        fields: &[
            need("run_id", Text, "Identifier of the run."),
            need("model_name", Text, "Name of the model being trained."),
            may("model_version", Text, "Version of the model being trained."),
            STATUS,
            may("hyperparameters", Map, "Configuration, when it is no event of its own."),
            may("started_at", Time, "When the run began."),
            may("finished_at", Time, "When the run ended."),
            may("seed", Int, "Seed of the random numbers."),
            may(
                "code",
                Code,
                "The sources that ran: where, which revision, and whether they were changed.",
            ),
            IMAGE,
            may("metrics", Metrics, "What the run measured."),
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "model",
        thing: true,
        needs_parent: false,
        default_role: "",
        doc: "A trained model as a thing that can be deployed.",
        fields: &[
            need("name", Text, "Name of the model."),
            may("version", Text, "Version of the model."),
            CHECKSUM,
            METHOD,
            NUM_BYTES,
            may("format", Text, "Format of the file, such as pickle or onnx."),
            URI,
            LICENSE,
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "evaluation",
        thing: false,
        needs_parent: false,
        default_role: "",
        doc: "How good something was, measured on something.",
        fields: &[
            need("metrics", Metrics, "Names and values of what was measured."),
            may("dataset", Text, "Name of the dataset it was measured on."),
            may("split", Text, "Part of the dataset."),
            may("slice", Text, "Subgroup that the metrics are about."),
            NUM_ROWS,
            may("passed", Bool, "Whether it met what was asked."),
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "deployment",
        thing: false,
        needs_parent: false,
        default_role: "",
        doc: "A model put to use.",
        fields: &[
            need("name", Text, "Name of the deployment."),
            may("stage", Text, "Stage, such as staging or production."),
            may("endpoint", Text, "Where it answers."),
            IMAGE,
            STATUS,
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "prediction",
        thing: false,
        needs_parent: true,
        default_role: "",
        doc: "One answer of a model.",
        fields: &[
            need("prediction_id", Text, "Identifier of the prediction; drawn when not given."),
            may("inputs", Any, "What went in."),
            may("output", Any, "What came out."),
            STATUS,
            may("error", Text, "What went wrong."),
            may("latency_us", Count, "Time taken, in microseconds."),
            may("stream", Text, "Stream of predictions that `seq` counts in."),
            may("seq", Count, "Place in the stream."),
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "feedback",
        thing: false,
        needs_parent: true,
        default_role: "of",
        doc: "What was learnt later about an event, such as the true label of a prediction.",
        fields: &[
            need("value", Any, "The feedback itself."),
            may("kind", Text, "What it is, such as label or rating."),
            may("source", Text, "Who or what gave it."),
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "approval",
        thing: false,
        needs_parent: true,
        default_role: "",
        doc: "Somebody's decision about an event.",
        fields: &[
            need("decision", Text, "The decision, such as approved or rejected."),
            may("meaning", Text, "What the signature means."),
            may("signer_name", Text, "Who decided, in print."),
            may("reason", Text, "Why."),
            PROPERTIES,
            IDS,
        ],
    },
    RecordType {
        name: "lineseal/gap",
        thing: false,
        needs_parent: false,
        default_role: "",
        doc: "Predictions of a stream that are known to be lost.",
        fields: &[
            need("stream", Text, "The stream."),
            need("first_seq", Count, "Place of the first that is lost."),
            need("last_seq", Count, "Place of the last that is lost."),
            need("count", Count, "How many are lost."),
            need("reason", Text, "Why."),
            IDS,
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_every_type_takes_ids() {
        let names: HashSet<_> = TYPES.iter().map(|record| record.name).collect();
        assert_eq!(names.len(), TYPES.len());
        for record in TYPES {
            let fields: HashSet<_> = record.fields.iter().map(|field| field.name).collect();
            assert_eq!(fields.len(), record.fields.len(), "{}", record.name);
            assert_eq!(record.field("ids").map(|(_, field)| *field), Some(IDS));
            assert_eq!(record_type(record.name), Some(record));
        }
        assert_eq!(record_type("custom"), None);
    }

    #[test]
    fn fields_fit_the_mask_that_the_writer_and_the_checker_keep() {
        assert!(TYPES.iter().all(|record| record.fields.len() <= 32));
    }
}
