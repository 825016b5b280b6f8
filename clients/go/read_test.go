package lineseal

// What strange and large blocks are read as.

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
)

// payloadWith is what comes back as x of a custom event's payload.
func payloadWith(t *testing.T, x any) any {
	t.Helper()
	block, err := NewBlock(Draft{Record: Custom{Type: "a/b", Payload: Map{"x": x}}})
	if err != nil {
		t.Fatal(err)
	}
	event, err := ReadEvent(block)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := event.Payload()
	if err != nil {
		t.Fatal(err)
	}
	return payload["x"]
}

func TestWhatOnlyLooksLikeAReservedFormStaysAMap(t *testing.T) {
	tensor := func(dtype string, shape any, data any) Map {
		return Map{"lineseal:tensor": Map{"dtype": dtype, "shape": shape, "data": data}}
	}
	if found := payloadWith(t, tensor("int8", []int{2}, []byte{1, 2})); !reflect.DeepEqual(found,
		Tensor{"int8", []int64{2}, []byte{1, 2}}) {
		t.Error(found)
	}
	for _, form := range []Map{
		{"lineseal:float": "NaN", "more": int64(1)},
		{"lineseal:float": "nan"},
		{"lineseal:tensor": "none"},
		{"lineseal:tensor": Map{"dtype": "int8", "shape": []any{}, "data": []byte{1}, "more": int64(1)}},
		{"lineseal:tensor": Map{"dtype": "int8", "shape": []any{}, "data": []byte{1}}, "more": int64(1)},
		tensor("int8", []any{int64(3)}, []byte{1, 2}),
		tensor("int8", []any{int64(-1), int64(-2)}, []byte{1, 2}),
		tensor("int8", []any{"2"}, []byte{}),
		tensor("int8", "none", []byte{1}),
		tensor("int8", []any{}, "x"),
		tensor("no type", []any{}, []byte{}),
	} {
		if found := payloadWith(t, form); !reflect.DeepEqual(found, form) {
			t.Errorf("%v became %v", form, found)
		}
	}
}

func TestTheLargestBlocksAreRead(t *testing.T) {
	deep := any("bottom")
	for range 22 {
		deep = []any{deep}
	}
	many := make(map[string]any, 140_000)
	for i := range 140_000 {
		many[fmt.Sprint(i)] = nil
	}
	for _, x := range []any{make([]any, 1_000_000), many, deep, bytes.Repeat([]byte{7}, 1<<20-200)} {
		if found := payloadWith(t, x); !reflect.DeepEqual(found, x) {
			t.Errorf("%T came back as %T", x, found)
		}
	}
}

func TestAnEventInMemoryIsNotMuchMoreThanItsBlock(t *testing.T) {
	block, err := NewBlock(Draft{Record: Custom{Type: "a/b", Payload: Map{"x": make([]any, 1_000_000)}}})
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	events := make([]*Event, 2)
	for i := range events {
		if events[i], err = ReadEvent(bytes.Clone(block)); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > 2*int64(len(events)*len(block)) {
		t.Errorf("%d MiB for %d events of one", grown>>20, len(events))
	}
}
