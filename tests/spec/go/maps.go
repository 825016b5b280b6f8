package main

// Maps of DAG-CBOR, read by go-ipld-prime.

import (
	"bytes"
	"fmt"

	"github.com/ipld/go-ipld-prime/codec/dagcbor"
	"github.com/ipld/go-ipld-prime/datamodel"
	"github.com/ipld/go-ipld-prime/node/basicnode"
)

func read(block []byte) (datamodel.Node, error) {
	builder := basicnode.Prototype.Any.NewBuilder()
	if err := dagcbor.Decode(builder, bytes.NewReader(block)); err != nil {
		return nil, err
	}
	return builder.Build(), nil
}

// keyed is a map with exactly the keys that were asked for.
type keyed struct{ datamodel.Node }

// decode reads a map with these keys; that it is canonical, writing it again tells.
func decode(block []byte, keys ...string) (keyed, error) {
	node, err := read(block)
	if err != nil {
		return keyed{}, err
	}
	if node.Kind() != datamodel.Kind_Map || node.Length() != int64(len(keys)) {
		return keyed{}, fmt.Errorf("not a map of %d keys", len(keys))
	}
	for _, key := range keys {
		if _, err := node.LookupByString(key); err != nil {
			return keyed{}, err
		}
	}
	var again bytes.Buffer
	if err := dagcbor.Encode(node, &again); err != nil {
		return keyed{}, err
	}
	if !bytes.Equal(again.Bytes(), block) {
		return keyed{}, fmt.Errorf("not canonical")
	}
	return keyed{node}, nil
}

func (k keyed) at(key string) datamodel.Node {
	found, _ := k.LookupByString(key)
	return found
}

// integer is -1 where there is none, which none of these keys has.
func (k keyed) integer(key string) int64 {
	if found, err := k.at(key).AsInt(); err == nil {
		return found
	}
	return -1
}

func (k keyed) text(key string) string {
	found, _ := k.at(key).AsString()
	return found
}

func (k keyed) bytes(key string) []byte {
	found, _ := k.at(key).AsBytes()
	return found
}

func (k keyed) isNull(key string) bool { return k.at(key).IsNull() }

// ends are where each batch ends, and whether they ascend.
func (k keyed) ends() (found []int64, ascending bool) {
	list := k.at("ends")
	if list.Kind() != datamodel.Kind_List {
		return nil, false
	}
	before := int64(0)
	for each := list.ListIterator(); !each.Done(); {
		_, item, _ := each.Next()
		end, err := item.AsInt()
		if err != nil || end <= before {
			return nil, false
		}
		found, before = append(found, end), end
	}
	return found, true
}
