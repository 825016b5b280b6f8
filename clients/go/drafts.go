package lineseal

// Drafts: what a program hands in, and the message that is made of it, in which all is fixed.

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/protobuf/proto"
)

// Draft is an event to record.
type Draft struct {
	Record Record
	// Parents are the events that it was made from.
	Parents []Parent
	// NoParents says that there are none on purpose, where the type asks for one.
	NoParents bool
	// Time is when it happened, in microseconds; what is finer is cut off. When zero, it is now for
	// all but datasets, hyperparameters and models, which have a time only when given one.
	Time time.Time
	// Actor is who recorded it, as you state it.
	Actor string
}

// Parent is an event that another was made from.
type Parent struct {
	// Hash is its name.
	Hash Hash
	// Batch is the draft's place among those of the same call, from 0, where it has no hash yet.
	Batch *int
	// Role is as what it was used, such as train; may be empty.
	Role string
}

// fixed is a draft as it is sent, however often.
type fixed struct {
	message *pb.EventDraft
	wire    []byte // the message
	block   []byte
	hash    Hash
}

// newFixed draws what is missing, makes the message and, from it, the block that the event must be.
// Earlier are those of the same batch.
func newFixed(draft Draft, earlier []fixed) (fixed, *Error) {
	if draft.Record == nil {
		return fixed{}, fault(InvalidRecord, "record", "Give it a record", "the draft has no record")
	}
	message := &pb.EventDraft{
		Actor: draft.Actor, NoParents: draft.NoParents, Time: micros(draft.Time),
	}
	hashes := make([]Hash, len(draft.Parents))
	for i, parent := range draft.Parents {
		made, hash, err := newParent(parent, earlier)
		if err != nil {
			return fixed{}, err
		}
		message.Parents = append(message.Parents, made)
		hashes[i] = hash
	}
	f := filling{draft: message}
	draft.Record.fill(&f)
	if f.err != nil {
		return fixed{}, f.err
	}
	draw(message)
	// A text that is not UTF-8 has no form on the wire; in the logger it would fail each time anew.
	wire, failed := proto.Marshal(message)
	if failed != nil {
		return fixed{}, fault(Encoding, "", "Give bytes as []byte among values", "the draft has no form: %v", failed)
	}
	block, err := encode(message, hashes)
	if err != nil {
		return fixed{}, err
	}
	if len(block) > MaxBlock {
		return fixed{}, fault(InvalidRecord, "", "Record a link to it, or its checksum",
			"the event has %d bytes, and may have %d", len(block), MaxBlock)
	}
	return fixed{message: message, wire: wire, block: block, hash: HashOf(block)}, nil
}

func newParent(parent Parent, earlier []fixed) (*pb.Parent, Hash, *Error) {
	if parent.Batch == nil {
		event := &pb.Parent_Hash{Hash: parent.Hash[:]}
		return &pb.Parent{Event: event, Role: parent.Role}, parent.Hash, nil
	}
	place := *parent.Batch
	if place < 0 || place >= len(earlier) {
		return nil, Hash{}, fault(InvalidRecord, "parents", "Parents stand before their children",
			"there is no draft %d before this one", place)
	}
	event := &pb.Parent_Position{Position: uint32(place)}
	return &pb.Parent{Event: event, Role: parent.Role}, earlier[place].hash, nil
}

// draw gives a happening a time and a prediction an id, where they have none (E5.4).
func draw(message *pb.EventDraft) {
	switch record := message.Record.(type) {
	case *pb.EventDraft_Dataset, *pb.EventDraft_Hyperparameters, *pb.EventDraft_Model:
		return
	case *pb.EventDraft_Prediction:
		if record.Prediction.PredictionId == "" {
			record.Prediction.PredictionId = newID(time.Now())
		}
	}
	if message.Time == nil {
		message.Time = Ptr(time.Now().UnixMicro())
	}
}

// newID is a UUIDv7 (RFC 9562): the time in milliseconds, then random bits.
func newID(now time.Time) string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	millis := now.UnixMilli()
	for i := range 6 {
		id[i] = byte(millis >> (40 - 8*i))
	}
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
