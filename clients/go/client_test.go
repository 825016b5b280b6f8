package lineseal

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func mustRecord(t *testing.T, client *Client, record Record, parents ...Hash) Hash {
	t.Helper()
	draft := Draft{Record: record}
	for _, parent := range parents {
		draft.Parents = append(draft.Parents, Parent{Hash: parent})
	}
	receipt, err := client.Record(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Hash
}

func TestAnUnavailableServiceIsAskedAgainWithTheSameBytes(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(n int, _ *pb.RecordRequest) error {
		if n < 3 {
			return status.Error(codes.Unavailable, "not yet")
		}
		return nil
	}
	mustRecord(t, client, Prediction{Output: 1})
	if len(service.requests) != 3 {
		t.Fatalf("%d requests", len(service.requests))
	}
	for _, request := range service.requests {
		if !proto.Equal(request, service.requests[0]) {
			t.Error("another request")
		}
	}
}

func TestARefusalHasTheServersCodePathAndPosition(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(int, *pb.RecordRequest) error {
		return refusal(codes.InvalidArgument, InvalidRecord, map[string]string{
			"field": "num_rows", "path": "payload.num_rows", "position": "1", "remedy": "Give it one",
		})
	}
	_, err := client.RecordBatch(t.Context(), []Draft{{Record: Dataset{Name: "a"}}})
	var refusal *Error
	if !errors.As(err, &refusal) || !errors.Is(err, InvalidRecord) || errors.Is(err, Timeout) {
		t.Fatal(err)
	}
	if refusal.Path != "payload.num_rows" || refusal.Field != "num_rows" || *refusal.Position != 1 {
		t.Errorf("%+v", refusal)
	}
	if status.Code(errors.Unwrap(err)) != codes.InvalidArgument || service.times() != 1 {
		t.Error("sent again, or no gRPC error inside")
	}
	if want := "INVALID_RECORD: refused for a test (position 1) (at payload.num_rows). Give it one"; err.Error() != want {
		t.Error(err)
	}
}

func TestADeadlineEndsTheAttemptsWithWhatFailed(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(int, *pb.RecordRequest) error {
		return refusal(codes.ResourceExhausted, StorageFull, nil)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := client.Record(ctx, Draft{Record: Dataset{Name: "a"}})
	if !errors.Is(err, StorageFull) || service.times() < 2 {
		t.Errorf("%v after %d", err, service.times())
	}
}

func TestATimeoutSaysWhatFailedBeforeIt(t *testing.T) {
	service, client := serve(t)
	held := make(chan struct{})
	t.Cleanup(func() { close(held) })
	service.refuse = func(n int, _ *pb.RecordRequest) error {
		if n > 1 {
			<-held
		}
		return refusal(codes.ResourceExhausted, StorageFull, nil)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := client.Record(ctx, Draft{Record: Dataset{Name: "a"}})
	if !errors.Is(err, StorageFull) {
		t.Error(err)
	}
}

func TestAContextThatIsCancelledEndsTheCall(t *testing.T) {
	_, client := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Record(ctx, Draft{Record: Dataset{Name: "a"}})
	if !errors.Is(err, Cancelled) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAServiceThatIsSilentIsATimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	options := &Options{ConnectTimeout: 200 * time.Millisecond}
	_, err = Connect(t.Context(), listener.Addr().String(), options)
	if !errors.Is(err, Timeout) && !errors.Is(err, ServiceUnavailable) {
		t.Error(err)
	}
}

func TestParentsMayStandInTheSameBatch(t *testing.T) {
	service, client := serve(t)
	receipts, err := client.RecordBatch(t.Context(), []Draft{
		{Record: Dataset{Name: "a"}},
		{Record: Training{RunID: "r"}, Parents: []Parent{{Batch: Ptr(0), Role: "train"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	event, err := client.Get(t.Context(), receipts[1].Hash)
	if err != nil || event.Parents[0] != (Edge{receipts[0].Hash, "train"}) {
		t.Error(event, err)
	}
	for _, place := range []int{-1, 1} {
		drafts := []Draft{{Record: Dataset{Name: "b"}}, {Record: Model{Name: "m"}, Parents: []Parent{{Batch: &place}}}}
		drafts = drafts[1:]
		if _, err := client.RecordBatch(t.Context(), drafts); !errors.Is(err, InvalidRecord) {
			t.Error(place, err)
		}
	}
	var refusal *Error
	_, err = client.RecordBatch(t.Context(), []Draft{{Record: Dataset{Name: "c"}}, {}})
	if !errors.As(err, &refusal) || refusal.Position == nil || *refusal.Position != 1 {
		t.Error(err)
	}
	if service.times() != 1 {
		t.Error("a batch that cannot be was sent")
	}
}

func TestTargets(t *testing.T) {
	for target, want := range map[string][2]string{
		"localhost:1":             {"localhost:1", "default"},
		"localhost":               {"localhost:50051", "default"},
		"grpc://localhost:1/mine": {"localhost:1", "mine"},
		"grpc://[::1]/mine":       {"[::1]:50051", "mine"},
	} {
		address, ledger, err := parseTarget(target, "")
		if err != nil || [2]string{address, ledger} != want {
			t.Error(target, address, ledger, err)
		}
	}
	for _, bad := range []string{"", "grpc://", "grpc://host/a/b"} {
		if _, _, err := parseTarget(bad, ""); err == nil {
			t.Error(bad)
		}
	}
	if _, _, err := parseTarget("grpc://host/mine", "yours"); err == nil {
		t.Error("two names")
	}
}

func TestNamesAreReadStrictly(t *testing.T) {
	hash := HashOf(nil)
	for _, text := range []string{hash.String(), hash.CID()} {
		if found, err := ParseHash(text); err != nil || found != hash {
			t.Error(text, err)
		}
	}
	for _, bad := range []string{"", "ab", hash.String()[1:] + "g", Link(hash).String(), "Qm" + hash.CID()[2:]} {
		if _, err := ParseHash(bad); !errors.Is(err, InvalidArgument) {
			t.Error(bad, err)
		}
	}
	if link, err := ParseLink(Link(hash).String()); err != nil || link != Link(hash) {
		t.Error(err)
	}
	if _, err := ParseLink(hash.CID()); !errors.Is(err, InvalidArgument) {
		t.Error(err)
	}
}

func TestCodesToComeAreToldByTheirStatus(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(n int, _ *pb.RecordRequest) error {
		return refusal([]codes.Code{codes.Unavailable, codes.FailedPrecondition}[n-1], "NEW", nil)
	}
	_, err := client.Record(t.Context(), Draft{Record: Dataset{Name: "a"}})
	if !errors.Is(err, Code("NEW")) || service.times() != 2 {
		t.Error(err, service.times())
	}
}

func TestAnEventThatIsTooLongIsRefusedHere(t *testing.T) {
	service, client := serve(t)
	_, err := client.Record(t.Context(), Draft{Record: Dataset{Name: string(make([]byte, MaxBlock))}})
	if !errors.Is(err, InvalidRecord) || service.times() != 0 {
		t.Error(err)
	}
}
