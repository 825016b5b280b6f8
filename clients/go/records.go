package lineseal

// The records that a draft can hold. What their fields mean, and which of them are required, is
// said in docs/spec/event-format.md (E9); the server checks them.

import "time"

// Record is what a draft says: one of the types of this file.
type Record interface{ fill(*filling) }

// Ptr is for optional fields: NumRows: lineseal.Ptr[int64](1797).
func Ptr[T any](value T) *T { return &value }

// Map is names and free values; see [Value] for what those may be.
type Map = map[string]any

// Dataset is data that something is made from or measured on. A thing: the same content is the
// same event.
type Dataset struct {
	Name           string // required
	Version        string
	Checksum       string // method:hex, such as sha256:…
	ChecksumMethod string // docs/spec/checksums.md
	NumRows        *int64
	NumBytes       *int64
	URI            string
	Split          string
	License        string
	Schema         Map
	Properties     Map
	IDs            []string // scheme:value, as other systems know it
}

// Hyperparameters are a configuration to train with. A thing.
type Hyperparameters struct {
	Values     Map // required; may be empty
	Properties Map
	IDs        []string
}

// SourceCode is the sources that ran.
type SourceCode struct {
	URI      string
	Revision string
	Dirty    *bool // changed against the revision
}

// Training is a training run.
type Training struct {
	RunID           string // required
	ModelName       string // required
	ModelVersion    string
	Status          string
	Hyperparameters Map       // where they are no event of their own
	StartedAt       time.Time // microseconds; what is finer is cut off. Zero: absent
	FinishedAt      time.Time
	Seed            *int64
	Code            SourceCode
	Image           string
	Metrics         map[string]float64 // NaN and infinities are kept
	Properties      Map
	IDs             []string
}

// Model is a trained model as a thing that can be deployed. A thing.
type Model struct {
	Name           string // required
	Version        string
	Checksum       string
	ChecksumMethod string
	NumBytes       *int64
	Format         string
	URI            string
	License        string
	Properties     Map
	IDs            []string
}

// Evaluation is how good something was, measured on something.
type Evaluation struct {
	Metrics    map[string]float64 // required
	Dataset    string
	Split      string
	Slice      string
	NumRows    *int64
	Passed     *bool
	Properties Map
	IDs        []string
}

// Deployment is a model put to use.
type Deployment struct {
	Name       string // required
	Stage      string
	Endpoint   string
	Image      string
	Status     string
	Properties Map
	IDs        []string
}

// Prediction is one answer of a model. Needs a parent, or NoParents.
type Prediction struct {
	PredictionID string // drawn (UUIDv7) when recorded, where empty
	Inputs       any    // nil: absent; Null: null
	Output       any
	Status       string
	Error        string
	LatencyUS    *int64
	Stream       string
	Seq          *int64
	Properties   Map
	IDs          []string
}

// Feedback is what was learnt later about an event. Needs a parent, whose role is "of".
type Feedback struct {
	Value      any // required; Null: null
	Kind       string
	Source     string
	Properties Map
	IDs        []string
}

// Approval is somebody's decision about an event. Needs a parent.
type Approval struct {
	Decision   string // required
	Meaning    string
	SignerName string
	Reason     string
	Properties Map
	IDs        []string
}

// Gap is predictions of a stream that are known to be lost.
type Gap struct {
	Stream   string // required, as all are
	FirstSeq int64
	LastSeq  int64
	Count    int64
	Reason   string
	IDs      []string
}

// Custom is a record of your own type, namespace/name.
type Custom struct {
	Type    string // required
	Payload Map
}
