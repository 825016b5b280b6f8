package lineseal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// drafts makes random ones that are valid.
type drafts struct{ *rand.Rand }

func (d drafts) text() string {
	runes := make([]rune, d.IntN(6))
	for i := range runes {
		ranges := [][2]rune{{0, 0x7f}, {'a', 'z'}, {0x80, 0xd7ff}, {0xe000, 0xffff}, {0x10000, 0x10ffff}}
		span := ranges[d.IntN(len(ranges))]
		runes[i] = span[0] + d.Int32N(span[1]-span[0]+1)
	}
	return string(runes)
}

func (d drafts) name() string { return "n" + d.text() }

func (d drafts) float() float64 {
	special := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1, 1 << 53}
	if d.IntN(3) == 0 {
		return special[d.IntN(len(special))]
	}
	return math.Float64frombits(d.Uint64())
}

func (d drafts) value(depth int) any {
	kinds := 11
	if depth == 0 {
		kinds = 9
	}
	switch d.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return d.IntN(2) == 0
	case 2:
		return int64(d.Uint64()) >> d.IntN(64)
	case 3:
		return d.Uint64() >> d.IntN(64)
	case 4:
		return d.float()
	case 5:
		return d.text()
	case 6:
		return []byte(d.text())
	case 7:
		return LinkTo([]byte(d.text()))
	case 8:
		numbers := make([]float64, d.IntN(4))
		for i := range numbers {
			numbers[i] = d.float()
		}
		return TensorOf(numbers)
	case 9:
		list := make([]any, d.IntN(5))
		for i := range list {
			list[i] = d.value(depth - 1)
		}
		return list
	}
	return d.entries(depth - 1)
}

func (d drafts) entries(depth int) Map {
	found := Map{}
	for range d.IntN(5) {
		found[d.text()] = d.value(depth)
	}
	return found
}

func (d drafts) ids() (found []string) {
	for i := range d.IntN(4) {
		found = append(found, fmt.Sprintf("%c%d:%s", 'a'+d.IntN(26), i, d.name()))
	}
	return found
}

func (d drafts) metrics() map[string]float64 {
	found := map[string]float64{d.text(): d.float()}
	for range d.IntN(4) {
		found[d.text()] = d.float()
	}
	return found
}

func (d drafts) record() Record {
	switch d.IntN(7) {
	case 0:
		return Dataset{
			Name: d.name(), Version: d.text(), NumRows: Ptr(d.Int64()), Schema: d.entries(3),
			Properties: d.entries(9), IDs: d.ids(),
		}
	case 1:
		return Hyperparameters{Values: d.entries(2), IDs: d.ids()}
	case 2:
		return Training{
			RunID: d.name(), ModelName: d.name(), Seed: Ptr(int64(d.Uint64())), Metrics: d.metrics(),
			Code:      SourceCode{URI: d.text(), Dirty: Ptr(d.IntN(2) == 0)},
			StartedAt: time.UnixMicro(int64(d.Uint64()) >> 8), Hyperparameters: d.entries(1),
		}
	case 3:
		return Evaluation{Metrics: d.metrics(), Slice: d.text(), Passed: Ptr(d.IntN(2) == 0)}
	case 4:
		return Feedback{Value: orNull(d.value(2)), Kind: d.text()}
	case 5:
		payload := d.entries(19)
		payload["ids"] = d.ids()
		return Custom{Type: "a/b", Payload: payload}
	}
	return Prediction{
		PredictionID: d.name(), Inputs: orNull(d.value(4)), Output: d.value(0), Properties: d.entries(1),
	}
}

func orNull(value any) any {
	if value == nil {
		return Null
	}
	return value
}

// The server's writer and this client's are two: whatever is valid, they must agree on its bytes.
func TestTheServerGivesRandomDraftsTheHashesThatWereWorkedOutHere(t *testing.T) {
	client := connected(t, start(t, t.TempDir(), "").address)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	d := drafts{rand.New(rand.NewPCG(seed, 0))}
	earlier := []Hash{mustRecord(t, client, Dataset{Name: "first"})}
	for n := range 600 {
		draft := Draft{Record: d.record(), Actor: d.text(), Time: time.UnixMicro(int64(n) + 1)}
		for i := range 1 + d.IntN(4) {
			role := []string{"", "train", "a.b-c_d"}[d.IntN(3)]
			parent := earlier[max(0, len(earlier)-1-i-d.IntN(3))]
			draft.Parents = append(draft.Parents, Parent{Hash: parent, Role: fmt.Sprint(role, i)})
		}
		if d.IntN(3) == 0 {
			draft.Parents = draft.Parents[:1]
			draft.Parents[0].Role = ""
		}
		receipt, err := client.Record(t.Context(), draft)
		if err != nil {
			t.Fatalf("%v: %+v", err, draft)
		}
		earlier = append(earlier, receipt.Hash)
	}
	if _, err := client.Verify(t.Context(), earlier...); err != nil {
		t.Error(err)
	}
}
