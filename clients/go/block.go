package lineseal

// The block that a draft must become, written by go-ipld-prime: so that its hash is known before
// the server is asked, and its answer need not be believed. What makes a draft valid is for the
// server to say; this only follows what becomes of a valid one (docs/spec/event-format.md).

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/ipfs/go-cid"
	"github.com/ipld/go-ipld-prime/codec/dagcbor"
	"github.com/ipld/go-ipld-prime/datamodel"
	"github.com/ipld/go-ipld-prime/fluent/qp"
	cidlink "github.com/ipld/go-ipld-prime/linking/cid"
	"github.com/ipld/go-ipld-prime/node/basicnode"
	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// encode writes the block of a draft whose parents have these hashes.
func encode(draft *pb.EventDraft, parents []Hash) ([]byte, *Error) {
	kind, payload, err := payloadOf(draft)
	if err != nil {
		return nil, err
	}
	pairs := sortedPairs(draft, parents)
	event, failed := qp.BuildMap(basicnode.Prototype.Any, -1, func(m datamodel.MapAssembler) {
		qp.MapEntry(m, "v", qp.Int(1))
		qp.MapEntry(m, "type", qp.String(kind))
		if draft.Time != nil {
			qp.MapEntry(m, "time", qp.Int(*draft.Time))
		}
		if draft.Actor != "" {
			qp.MapEntry(m, "actor", qp.String(draft.Actor))
		}
		if slices.ContainsFunc(pairs, func(pair pair) bool { return pair.role != "" }) {
			qp.MapEntry(m, "roles", list(pairs, func(pair pair) qp.Assemble { return qp.String(pair.role) }))
		}
		qp.MapEntry(m, "parents", list(pairs, func(pair pair) qp.Assemble {
			return qp.Link(cidlink.Link{Cid: pair.hash.cid(cid.DagCBOR)})
		}))
		qp.MapEntry(m, "payload", payload)
	})
	var block bytes.Buffer
	if failed == nil {
		failed = dagcbor.Encode(event, &block)
	}
	if failed != nil {
		return nil, fault(Encoding, "", "", "the draft cannot be encoded: %v", failed)
	}
	return block.Bytes(), nil
}

type pair struct {
	hash Hash
	role string
}

// sortedPairs are the parents in the block's order (E4.5), that of feedback with its role (E13.10).
func sortedPairs(draft *pb.EventDraft, parents []Hash) []pair {
	pairs := make([]pair, len(parents))
	for i, hash := range parents {
		pairs[i] = pair{hash, draft.Parents[i].Role}
		if draft.GetFeedback() != nil && pairs[i].role == "" {
			pairs[i].role = "of"
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.role, b.role))
	})
	return pairs
}

// payloadOf is the type of a draft, and its record as the block has it.
func payloadOf(draft *pb.EventDraft) (string, qp.Assemble, *Error) {
	if custom := draft.GetCustom(); custom != nil {
		return custom.Type, customPayload(custom.Payload), nil
	}
	reflected := draft.ProtoReflect()
	which := reflected.WhichOneof(reflected.Descriptor().Oneofs().ByName("record"))
	if which == nil {
		return "", nil, fault(InvalidRecord, "record", "Give it a record", "the draft has no record")
	}
	kind := string(which.Name())
	if kind == "gap" {
		kind = "lineseal/gap"
	}
	return kind, record(reflected.Get(which).Message()), nil
}

// record is a message field by field; what counts as absent is left out (E12.1).
func record(message protoreflect.Message) qp.Assemble {
	return qp.Map(-1, func(m datamodel.MapAssembler) {
		fields := message.Descriptor().Fields()
		for i := range fields.Len() {
			field := fields.Get(i)
			if message.Has(field) || field.FullName() == "lineseal.v1.HyperparametersRecord.values" {
				if node := fieldNode(field, message.Get(field)); node != nil {
					qp.MapEntry(m, string(field.Name()), node)
				}
			}
		}
	})
}

func fieldNode(field protoreflect.FieldDescriptor, value protoreflect.Value) qp.Assemble {
	switch {
	case field.IsMap():
		entries := map[string]qp.Assemble{}
		value.Map().Range(func(key protoreflect.MapKey, item protoreflect.Value) bool {
			entries[key.String()] = fieldNode(field.MapValue(), item)
			return true
		})
		return assembled(entries)
	case field.IsList():
		ids := make([]string, value.List().Len())
		for i := range ids {
			ids[i] = value.List().Get(i).String()
		}
		return sortedTexts(ids)
	}
	switch field.Kind() {
	case protoreflect.BoolKind:
		return qp.Bool(value.Bool())
	case protoreflect.DoubleKind:
		return float(value.Float())
	case protoreflect.Int64Kind:
		return qp.Int(value.Int())
	case protoreflect.StringKind:
		return qp.String(value.String())
	}
	switch message := value.Message().Interface().(type) {
	case *pb.SourceCode:
		if message.Uri == "" && message.Revision == "" && message.Dirty == nil {
			return nil
		}
		return record(message.ProtoReflect())
	case *pb.Value:
		return valueNode(message)
	}
	return nil
}
