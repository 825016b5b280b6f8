package lineseal

// Events as they are read, from blocks whose hash was taken here.

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"

	"github.com/ipfs/go-cid"
	"github.com/ipld/go-ipld-prime/codec/dagcbor"
	"github.com/ipld/go-ipld-prime/datamodel"
	cidlink "github.com/ipld/go-ipld-prime/linking/cid"
	"github.com/ipld/go-ipld-prime/node/basicnode"
	"github.com/lineseal/lineseal/clients/go/internal/strict"
)

// MaxBlock is how many bytes a block may have.
const MaxBlock = 1 << 20

// Event is an event of a ledger, its block rehashed here.
type Event struct {
	Hash  Hash
	Index uint64 // its place in the ledger, as the server states it
	Block []byte // what the hash is of; do not change it
	// RecordedAt is the server's clock, in microseconds since 1970: a claim, which no hash covers.
	RecordedAt int64

	// Version is 1; of an event of a later version only Hash and Parents are known.
	Version uint64
	Type    string
	Time    *int64 // microseconds since 1970, as its producer states it; nil where it has none
	Actor   string
	Parents []Edge

	hasPayload bool
}

// Edge is a parent of an event, and as what it was used.
type Edge struct {
	Hash Hash
	Role string
}

// ReadEvent reads a block: strict DAG-CBOR, with the envelope that every event has. What it was
// hashed as is for the caller to compare.
func ReadEvent(block []byte) (*Event, error) {
	if len(block) > MaxBlock {
		return nil, fault(Encoding, "", "", "a block of %d bytes is too long", len(block))
	}
	if err := strict.Check(block); err != nil {
		return nil, fault(Encoding, "", "", "no strict DAG-CBOR: %v", err)
	}
	node, err := decode(block)
	if err != nil {
		return nil, err
	}
	event := &Event{Hash: HashOf(block), Block: block}
	if err := event.frame(node); err != nil {
		return nil, err
	}
	return event, nil
}

func decode(block []byte) (datamodel.Node, error) {
	builder := basicnode.Prototype.Any.NewBuilder()
	if err := dagcbor.Decode(builder, bytes.NewReader(block)); err != nil {
		return nil, fault(Encoding, "", "", "no DAG-CBOR: %v", err)
	}
	return builder.Build(), nil
}

// frame reads what events of all versions have (E3.1), and of version 1 the rest.
func (e *Event) frame(node datamodel.Node) *Error {
	if node.Kind() != datamodel.Kind_Map {
		return fault(Encoding, "", "", "an event is a map")
	}
	version, ok := wholeNumber(lookup(node, "v"))
	if !ok || version == 0 {
		return fault(Encoding, "v", "", "v is an integer from 1")
	}
	parents := lookup(node, "parents")
	if parents == nil || parents.Kind() != datamodel.Kind_List {
		return fault(Encoding, "parents", "", "parents are a list")
	}
	e.Version, e.Parents = version, make([]Edge, parents.Length())
	for i := range e.Parents {
		item, _ := parents.LookupByIndex(int64(i))
		hash, ok := linked(item, cid.DagCBOR)
		if !ok {
			return fault(Encoding, "parents", "", "parent %d is no link to an event", i)
		}
		e.Parents[i].Hash = hash
	}
	if version != 1 {
		return nil
	}
	return e.envelope(node)
}

// envelope reads what version 1 adds (E3, E4).
func (e *Event) envelope(node datamodel.Node) *Error {
	for each := node.MapIterator(); !each.Done(); {
		key, value, _ := each.Next()
		name, _ := key.AsString()
		if !e.keep(name, value) {
			return fault(InvalidRecord, name, "", "%q does not hold what the envelope has there", name)
		}
	}
	switch {
	case e.Type == "" || !e.hasPayload:
		return fault(InvalidRecord, "", "", "the event has no type or no payload")
	case len(e.Parents) > 1024:
		return fault(InvalidRecord, "parents", "", "an event has at most 1,024 parents")
	}
	sorted := slices.IsSortedFunc(e.Parents, func(a, b Edge) int {
		// No pair may occur twice, so equal ones are out of order.
		return cmp.Or(bytes.Compare(a.Hash[:], b.Hash[:]), cmp.Compare(a.Role, b.Role), -1)
	})
	if !sorted {
		return fault(InvalidRecord, "parents", "", "parents are out of order, or one is there twice")
	}
	return nil
}

var (
	builtIn = []string{"dataset", "hyperparameters", "training", "model", "evaluation", "deployment",
		"prediction", "feedback", "approval"}
	nameOf     = `[a-z0-9][a-z0-9._-]{0,62}`
	customName = regexp.MustCompile(`\A` + nameOf + `/` + nameOf + `\z`)
	roleName   = regexp.MustCompile(`\A(` + nameOf + `)?\z`)
)

// keep takes one key of the envelope, and says whether it may be so.
func (e *Event) keep(key string, value datamodel.Node) bool {
	switch key {
	case "v", "parents":
		return true
	case "type":
		e.Type, _ = value.AsString()
		return slices.Contains(builtIn, e.Type) || customName.MatchString(e.Type)
	case "time":
		time, err := value.AsInt()
		e.Time = &time
		return err == nil
	case "actor":
		e.Actor, _ = value.AsString()
		return e.Actor != ""
	case "payload":
		e.hasPayload = value.Kind() == datamodel.Kind_Map
		return e.hasPayload
	case "roles":
		return e.keepRoles(value)
	}
	return false
}

func (e *Event) keepRoles(roles datamodel.Node) bool {
	if roles.Kind() != datamodel.Kind_List || int(roles.Length()) != len(e.Parents) {
		return false
	}
	some := false
	for i := range e.Parents {
		item, _ := roles.LookupByIndex(int64(i))
		role, err := item.AsString()
		if err != nil || !roleName.MatchString(role) {
			return false
		}
		e.Parents[i].Role = role
		some = some || role != ""
	}
	return some
}

func lookup(node datamodel.Node, key string) datamodel.Node {
	found, _ := node.LookupByString(key)
	return found
}

// wholeNumber is an integer from 0 to 2^64-1.
func wholeNumber(node datamodel.Node) (uint64, bool) {
	if node == nil || node.Kind() != datamodel.Kind_Int {
		return 0, false
	}
	if wide, ok := node.(datamodel.UintNode); ok {
		number, err := wide.AsUint()
		return number, err == nil
	}
	number, err := node.AsInt()
	return uint64(number), err == nil && number >= 0
}

func linked(node datamodel.Node, codec uint64) (Hash, bool) {
	link, err := node.AsLink()
	if err != nil {
		return Hash{}, false
	}
	return hashIn(link.(cidlink.Link).Cid, codec)
}
