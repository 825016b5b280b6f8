package lineseal

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/protobuf/proto"
)

// lineage3 records dataset, training and model, and gives the model.
func lineage3(t *testing.T, client *Client) Hash {
	t.Helper()
	data := mustRecord(t, client, Dataset{Name: "digits"})
	run := mustRecord(t, client, Training{RunID: "run-1", ModelName: "m"}, data)
	return mustRecord(t, client, Model{Name: "m"}, run)
}

func TestATraceIsTheEventAndItsAncestors(t *testing.T) {
	_, client := serve(t)
	model := lineage3(t, client)
	report, err := client.Verify(t.Context(), model)
	if err != nil || report.Checked() != 3 || report.Undetermined != 0 {
		t.Fatal(report, err)
	}
	types := []string{}
	for _, event := range report.Events {
		types = append(types, event.Type)
	}
	if !slices.Equal(types, []string{"model", "training", "dataset"}) {
		t.Error(types)
	}
}

func TestAStreamThatBreaksGoesOnWhereItEnded(t *testing.T) {
	service, client := serve(t)
	model := lineage3(t, client)
	service.broken = 1
	if report, err := client.Verify(t.Context(), model); err != nil || report.Checked() != 3 {
		t.Error(report, err)
	}
}

func TestATraceThatLiesIsRefused(t *testing.T) {
	edit := func(event *pb.Event) {
		event.Block = bytes.ReplaceAll(event.Block, []byte("run-1"), []byte("run-2"))
	}
	lies := map[string]func(*pb.TraceResponse){
		"edited": func(trace *pb.TraceResponse) { edit(trace.Events[1]) },
		"edited and renamed": func(trace *pb.TraceResponse) {
			edit(trace.Events[1])
			hash := HashOf(trace.Events[1].Block)
			trace.Events[1].Hash = hash[:]
		},
		"the first left out": func(trace *pb.TraceResponse) { trace.Events = trace.Events[1:] },
		"the last left out":  func(trace *pb.TraceResponse) { trace.Events = trace.Events[:2] },
		"turned round":       func(trace *pb.TraceResponse) { slices.Reverse(trace.Events) },
		"twice":              func(trace *pb.TraceResponse) { trace.Events = append(trace.Events, trace.Events[2]) },
		"indices that rise":  func(trace *pb.TraceResponse) { trace.Events[2].Index = 9 },
		"nothing":            func(trace *pb.TraceResponse) { trace.Events = nil },
		"no hash":            func(trace *pb.TraceResponse) { trace.Events[0].Hash = nil },
		"no event":           func(trace *pb.TraceResponse) { trace.Events[0] = &pb.Event{} },
		"no block of ours": func(trace *pb.TraceResponse) {
			hash := HashOf([]byte{0xa0})
			trace.Events[0] = &pb.Event{Block: []byte{0xa0}, Hash: hash[:]}
		},
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			service, client := serve(t)
			model := lineage3(t, client)
			service.lie = func(answer proto.Message) { lie(answer.(*pb.TraceResponse)) }
			_, err := client.Verify(t.Context(), model)
			var refusal *Error
			if !errors.Is(err, CorruptLedger) || !errors.As(err, &refusal) || len(refusal.Hash) != 64 {
				t.Error(err)
			}
		})
	}
}

func TestReceiptsThatLieAreRefused(t *testing.T) {
	lies := map[string]func(*pb.RecordResponse){
		"another hash": func(answer *pb.RecordResponse) { answer.Receipts[0].Hash = make([]byte, 32) },
		"no hash":      func(answer *pb.RecordResponse) { answer.Receipts[0].Hash = nil },
		"none":         func(answer *pb.RecordResponse) { answer.Receipts = nil },
		"two": func(answer *pb.RecordResponse) {
			answer.Receipts = append(answer.Receipts, answer.Receipts[0])
		},
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			service, client := serve(t)
			service.lie = func(answer proto.Message) { lie(answer.(*pb.RecordResponse)) }
			_, err := client.Record(t.Context(), Draft{Record: Dataset{Name: "a"}})
			if !errors.Is(err, CorruptLedger) {
				t.Error(err)
			}
			if _, err := client.RecordBlocks(t.Context(), [][]byte{{0xa0}}); !errors.Is(err, CorruptLedger) {
				t.Error(err)
			}
		})
	}
}

func TestAnotherEventThanTheOneAskedForIsRefused(t *testing.T) {
	service, client := serve(t)
	one, other := mustRecord(t, client, Dataset{Name: "one"}), mustRecord(t, client, Dataset{Name: "other"})
	service.lie = func(answer proto.Message) {
		answer.(*pb.GetEventResponse).Event = &pb.Event{Hash: other[:], Block: service.blocks[other]}
	}
	if _, err := client.Get(t.Context(), one); !errors.Is(err, CorruptLedger) {
		t.Error(err)
	}
}

func TestWhatIsFoundMustBeCalledSoAndComeInOrder(t *testing.T) {
	service, client := serve(t)
	parent := mustRecord(t, client, Dataset{Name: "digits", Version: "1"})
	mustRecord(t, client, Dataset{Name: "digits", Version: "2"}, parent)
	if found, err := client.Find(t.Context(), Key{Dataset: "digits"}); err != nil || len(found) != 2 {
		t.Error(found, err)
	}
	if _, err := client.Find(t.Context(), Key{Dataset: "digits@2"}); !errors.Is(err, CorruptLedger) {
		t.Error(err)
	}
	service.lie = func(answer proto.Message) { answer.(*pb.FindEventsResponse).Events[0].Index = 5 }
	if _, err := client.Find(t.Context(), Key{Dataset: "digits"}); !errors.Is(err, CorruptLedger) {
		t.Error(err)
	}
}

func TestAnEventOfALaterVersionIsUndeterminedAndNoLie(t *testing.T) {
	_, client := serve(t)
	later := append([]byte{0xa2, 0x61, 'v', 2, 0x67}, "parents\x80"...)
	receipts, err := client.RecordBlocks(t.Context(), [][]byte{later})
	if err != nil {
		t.Fatal(err)
	}
	report, err := client.Verify(t.Context(), receipts[0].Hash)
	if err != nil || report.Checked() != 1 || report.Undetermined != 1 {
		t.Error(report, err)
	}
	if _, err := client.Find(t.Context(), Key{Dataset: "digits"}); !errors.Is(err, Unsupported) {
		t.Error(err)
	}
}

func TestAListThatHasNoEndIsRefused(t *testing.T) {
	service, client := serve(t)
	mustRecord(t, client, Dataset{Name: "digits"})
	service.lie = func(answer proto.Message) {
		found := answer.(*pb.FindEventsResponse)
		found.Events, found.NextPageToken = nil, "more"
	}
	if _, err := client.Find(t.Context(), Key{Dataset: "digits"}); !errors.Is(err, CorruptLedger) {
		t.Error(err)
	}
}

func TestTheOnlyOneIsLookedForWithoutReadingAll(t *testing.T) {
	service, client := serve(t)
	for range 30 {
		mustRecord(t, client, Training{RunID: "r"})
	}
	_, err := client.FindOne(t.Context(), Key{RunID: "r"})
	newest := service.recorded[29].String() + ", " + service.recorded[28].String()
	if !errors.Is(err, InvalidArgument) || !strings.Contains(err.Error(), newest) {
		t.Error(err)
	}
	if len(service.found) != 11 || service.found[0] != 11 { // the fake sends one a page
		t.Error(service.found)
	}
}
