package lineseal

// Values as nodes of go-ipld-prime.

import (
	"math"
	"slices"

	"github.com/ipfs/go-cid"
	"github.com/ipld/go-ipld-prime/datamodel"
	"github.com/ipld/go-ipld-prime/fluent/qp"
	cidlink "github.com/ipld/go-ipld-prime/linking/cid"
	"github.com/ipld/go-ipld-prime/node/basicnode"
	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

func valueNode(value *pb.Value) qp.Assemble {
	switch kind := value.GetKind().(type) {
	case *pb.Value_BoolValue:
		return qp.Bool(kind.BoolValue)
	case *pb.Value_IntValue:
		return qp.Int(kind.IntValue)
	case *pb.Value_UintValue:
		return qp.Node(basicnode.NewUint(kind.UintValue))
	case *pb.Value_DoubleValue:
		return float(kind.DoubleValue)
	case *pb.Value_TextValue:
		return qp.String(kind.TextValue)
	case *pb.Value_BytesValue:
		return qp.Bytes(kind.BytesValue)
	case *pb.Value_ListValue:
		return list(kind.ListValue.Items, valueNode)
	case *pb.Value_MapValue:
		return mapNode(kind.MapValue.Entries)
	case *pb.Value_LinkValue:
		_, id, _ := cid.CidFromBytes(kind.LinkValue)
		return qp.Link(cidlink.Link{Cid: id})
	}
	return qp.Null()
}

// float has NaN and infinities in their reserved form, and no -0.0 (E8.1).
func float(number float64) qp.Assemble {
	name := ""
	switch {
	case math.IsNaN(number):
		name = "NaN"
	case math.IsInf(number, 1):
		name = "Infinity"
	case math.IsInf(number, -1):
		name = "-Infinity"
	case number == 0:
		number = 0
	}
	if name == "" {
		return qp.Float(number)
	}
	return assembled(map[string]qp.Assemble{"lineseal:float": qp.String(name)})
}

func mapNode(entries map[string]*pb.Value) qp.Assemble {
	nodes := make(map[string]qp.Assemble, len(entries))
	for key, value := range entries {
		nodes[key] = valueNode(value)
	}
	return assembled(nodes)
}

// customPayload is that of a custom record, whose ids have the form of all ids (E11.5).
func customPayload(entries map[string]*pb.Value) qp.Assemble {
	nodes := make(map[string]qp.Assemble, len(entries))
	for key, value := range entries {
		nodes[key] = valueNode(value)
	}
	if list := entries["ids"].GetListValue(); list != nil {
		ids := make([]string, len(list.Items))
		for i, item := range list.Items {
			ids[i] = item.GetTextValue()
		}
		nodes["ids"] = sortedTexts(ids)
	}
	if value := entries["ids"]; value != nil && len(value.GetListValue().GetItems()) == 0 {
		delete(nodes, "ids") // null and [] count as absent (E12.1); all else is refused
	}
	return assembled(nodes)
}

func assembled(entries map[string]qp.Assemble) qp.Assemble {
	return qp.Map(int64(len(entries)), func(m datamodel.MapAssembler) {
		for key, node := range entries {
			qp.MapEntry(m, key, node)
		}
	})
}

func list[T any](items []T, node func(T) qp.Assemble) qp.Assemble {
	return qp.List(int64(len(items)), func(l datamodel.ListAssembler) {
		for _, item := range items {
			qp.ListEntry(l, node(item))
		}
	})
}

func sortedTexts(texts []string) qp.Assemble {
	slices.Sort(texts)
	return list(texts, qp.String)
}
