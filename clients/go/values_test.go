package lineseal

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"
)

// stored records a prediction with these inputs and reads them back from its block.
func stored(t *testing.T, inputs any) any {
	t.Helper()
	made, err := newFixed(Draft{Record: Prediction{Inputs: inputs}, NoParents: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	event, failed := ReadEvent(made.block)
	if failed != nil {
		t.Fatal(failed)
	}
	payload, failed := event.Payload()
	if failed != nil {
		t.Fatal(failed)
	}
	return payload["inputs"]
}

type (
	label string
	id    [2]byte
)

func TestValuesComeBackAsTheRulesSay(t *testing.T) {
	link := LinkTo([]byte("an artifact"))
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.FixedZone("", 3600))
	number := 7
	var none *int
	for name, pair := range map[string][2]any{
		"null":             {Null, nil},
		"bool":             {true, true},
		"int":              {int8(-5), int64(-5)},
		"2^53+1":           {int64(1<<53 + 1), int64(1<<53 + 1)},
		"greatest int64":   {int64(math.MaxInt64), int64(math.MaxInt64)},
		"least int64":      {int64(math.MinInt64), int64(math.MinInt64)},
		"greatest uint64":  {uint64(math.MaxUint64), uint64(math.MaxUint64)},
		"least beyond":     {uint64(1 << 63), uint64(1 << 63)},
		"whole float":      {1.0, 1.0},
		"float32":          {float32(0.5), 0.5},
		"minus zero":       {math.Copysign(0, -1), 0.0},
		"infinity":         {math.Inf(-1), math.Inf(-1)},
		"text":             {label("žluť 🐎\x00"), "žluť 🐎\x00"},
		"empty text":       {"", ""},
		"bytes":            {[]byte{0, 255}, []byte{0, 255}},
		"array of bytes":   {id{1, 2}, []byte{1, 2}},
		"link":             {link, link},
		"time":             {moment, "2026-01-02T02:04:05.000006Z"},
		"list":             {[]string{"b", "a"}, []any{"b", "a"}},
		"nil list":         {[]any(nil), []any{}},
		"nil inside":       {[]any{nil, none}, []any{nil, nil}},
		"map":              {map[label]int{"b": 1, "": 2}, map[string]any{"b": int64(1), "": int64(2)}},
		"pointer":          {&number, int64(7)},
		"tensor":           {TensorOf([]int16{1, -1}), Tensor{"int16", []int64{2}, []byte{1, 0, 255, 255}}},
		"tensor of floats": {TensorOf([]float32{1}, 1, 1), Tensor{"float32", []int64{1, 1}, []byte{0, 0, 128, 63}}},
		"tensor of none":   {Tensor{DType: "float16", Shape: []int64{0}}, Tensor{"float16", []int64{0}, []byte{}}},
	} {
		t.Run(name, func(t *testing.T) {
			if found := stored(t, pair[0]); !reflect.DeepEqual(found, pair[1]) {
				t.Errorf("%#v", found)
			}
		})
	}
	if found, ok := stored(t, math.NaN()).(float64); !ok || !math.IsNaN(found) {
		t.Error("NaN", found)
	}
	if found := stored(t, []float64{math.Copysign(0, -1)}).([]any)[0].(float64); math.Signbit(found) {
		t.Error("-0.0 is in the block")
	}
}

func TestValuesWithoutAFormAreRefusedWithTheirPath(t *testing.T) {
	loop := map[string]any{}
	loop["again"] = loop
	for path, value := range map[string]any{
		"payload.inputs":              func() {},
		"payload.inputs.x":            map[string]any{"x": make(chan int)},
		`payload.inputs["two words"]`: map[string]any{"two words": struct{}{}},
		"payload.inputs[1]":           []any{0, "\xff"},
		"payload.inputs.when":         map[string]any{"when": time.Unix(0, 1)},
		"payload.inputs.map":          map[string]any{"map": map[int]int{}},
		"payload.inputs.span":         map[string]any{"span": time.Second},
		"payload.inputs.complex":      map[string]any{"complex": 1i},
		"payload.inputs.tensor":       map[string]any{"tensor": Tensor{"int8", []int64{2}, []byte{1}}},
		"payload.inputs.dtype":        map[string]any{"dtype": Tensor{"float", nil, make([]byte, 8)}},
		"payload.inputs.wraps":        map[string]any{"wraps": Tensor{"int8", []int64{1 << 62, 4}, nil}},
	} {
		_, err := newFixed(Draft{Record: Prediction{Inputs: value}}, nil)
		if err == nil || err.Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := newFixed(Draft{Record: Custom{Type: "a/b", Payload: loop}}, nil)
	if !errors.Is(err, InvalidRecord) {
		t.Error(err)
	}
}

func TestWhatWasHandedInMayBeChangedAfterwards(t *testing.T) {
	bytes, metrics, ids := []byte("abc"), map[string]float64{"a": 1}, []string{"z:1", "a:1"}
	record := Evaluation{Metrics: metrics, Properties: Map{"b": bytes}, IDs: ids}
	made, err := newFixed(Draft{Record: record}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bytes[0], metrics["a"], ids[0] = 'x', 2, "x:1"
	if HashOf(blockOf(made.message, nil)) != made.hash {
		t.Error("the message changed")
	}
}

func TestPredictionsGetATimeAndAUUIDOfVersion7(t *testing.T) {
	made, err := newFixed(Draft{Record: Prediction{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if id := made.message.GetPrediction().PredictionId; len(id) != 36 || id[14] != '7' {
		t.Error(id)
	}
	if since := time.Since(time.UnixMicro(*made.message.Time)); since < 0 || since > time.Minute {
		t.Error(since)
	}
	thing, err := newFixed(Draft{Record: Model{Name: "m"}}, nil)
	if err != nil || thing.message.Time != nil {
		t.Error("a thing has no time of itself", err)
	}
}
