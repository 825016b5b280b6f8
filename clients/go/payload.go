package lineseal

// Payloads as Go values, for whoever reads events.

import (
	"fmt"
	"math"

	"github.com/ipfs/go-cid"
	"github.com/ipld/go-ipld-prime/datamodel"
)

// Payload is what the event says, as Go values: nil, bool, int64 (uint64 above its range), float64,
// string, []byte, [Link], []any and map[string]any. NaN and infinities come back as floats and
// tensors as [Tensor]. It is read from the block each time: events of a long trace hold no more than
// that. Of an event of a later version than 1 there is none.
func (e *Event) Payload() (map[string]any, error) {
	if !e.hasPayload {
		return nil, fault(Unsupported, "", "Upgrade this client",
			"the event %s is of version %d, of which only hash and parents are known", e.Hash, e.Version)
	}
	node, err := decode(e.Block)
	if err != nil {
		return nil, err
	}
	return plainMap(lookup(node, "payload"))
}

func plainMap(node datamodel.Node) (map[string]any, error) {
	found := make(map[string]any, node.Length())
	for each := node.MapIterator(); !each.Done(); {
		key, value, err := each.Next()
		if err != nil {
			return nil, err
		}
		name, _ := key.AsString()
		if found[name], err = plain(value); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func plain(node datamodel.Node) (any, error) {
	switch node.Kind() {
	case datamodel.Kind_Null:
		return nil, nil
	case datamodel.Kind_Bool:
		return node.AsBool()
	case datamodel.Kind_Int:
		if number, ok := wholeNumber(node); ok && number > math.MaxInt64 {
			return number, nil
		}
		return node.AsInt()
	case datamodel.Kind_Float:
		return node.AsFloat()
	case datamodel.Kind_String:
		return node.AsString()
	case datamodel.Kind_Bytes:
		return node.AsBytes()
	case datamodel.Kind_List:
		return plainList(node)
	case datamodel.Kind_Map:
		return formOrMap(node)
	}
	if hash, ok := linked(node, cid.Raw); ok {
		return Link(hash), nil
	}
	link, err := node.AsLink()
	return fmt.Sprint(link), err // that of lineseal:sealed, by its CID
}

func plainList(node datamodel.Node) (any, error) {
	found := make([]any, 0, node.Length())
	for each := node.ListIterator(); !each.Done(); {
		_, item, err := each.Next()
		if err != nil {
			return nil, err
		}
		value, err := plain(item)
		if err != nil {
			return nil, err
		}
		found = append(found, value)
	}
	return found, nil
}

var floats = map[string]float64{
	"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
}

// formOrMap is a map, or what a reserved form stands for (E7). What only looks like a form, which an
// imported event may hold, stays a map.
func formOrMap(node datamodel.Node) (any, error) {
	found, err := plainMap(node)
	if err != nil || len(found) != 1 {
		return found, err
	}
	if name, ok := found["lineseal:float"].(string); ok {
		if number, ok := floats[name]; ok {
			return number, nil
		}
	}
	if form, ok := found["lineseal:tensor"].(map[string]any); ok && len(form) == 3 {
		if tensor, ok := tensorIn(form); ok {
			return tensor, nil
		}
	}
	return found, nil
}

// tensorIn reads a form that says what a tensor does, and holds as many bytes as it says.
func tensorIn(form map[string]any) (Tensor, bool) {
	dtype, _ := form["dtype"].(string)
	shape, isList := form["shape"].([]any)
	data, isBytes := form["data"].([]byte)
	tensor := Tensor{DType: dtype, Data: data, Shape: make([]int64, len(shape))}
	for i, length := range shape {
		number, isInt := length.(int64)
		isList = isList && isInt
		tensor.Shape[i] = number
	}
	return tensor, isList && isBytes && tensor.check("") == nil
}
