package lineseal

// What a logger makes of errors: which of them are a row's fault, and what finding that row costs.

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestWhatAProxySaysIsNoFaultOfARow(t *testing.T) {
	for _, said := range []error{
		status.Error(codes.ResourceExhausted, "rate limit"),
		status.Error(codes.ResourceExhausted, "request rate exceeds max of 100 a second"),
		status.Error(codes.InvalidArgument, "no such header"),
		status.Error(codes.FailedPrecondition, "try another cluster"),
		status.Error(codes.OutOfRange, "quota"),
		status.Error(codes.NotFound, "no route"),
		status.Error(codes.Unknown, "HTTP 413"),
		refusalOf("example.org", codes.InvalidArgument, InvalidRecord, map[string]string{"position": "0"}),
	} {
		t.Run(said.Error(), func(t *testing.T) {
			service, client := serve(t)
			service.refuse = func(n int, _ *pb.RecordRequest) error {
				if n == 1 {
					return said
				}
				return nil
			}
			logger := client.Logger(quick(LoggerOptions{}))
			log(t, logger, 4)
			stats := closed(t, logger)
			found, gaps := seqs(t, service)
			if len(found) != 4 || len(gaps) != 0 || stats.Refused+stats.Lost != 0 || stats.Resent == 0 {
				t.Errorf("%v %v %+v", found, gaps, stats)
			}
		})
	}
}

func TestACallWaitsForARateLimit(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(n int, _ *pb.RecordRequest) error {
		if n == 1 {
			return status.Error(codes.ResourceExhausted, "rate limit")
		}
		return nil
	}
	mustRecord(t, client, Dataset{Name: "a"})
	service.refuse = func(int, *pb.RecordRequest) error { return status.Error(codes.ResourceExhausted, "rate limit") }
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := client.Record(ctx, Draft{Record: Dataset{Name: "b"}}); !errors.Is(err, Overloaded) {
		t.Error(err)
	}
}

func TestAMessageThatIsTooLongGoesInParts(t *testing.T) {
	for _, text := range []string{
		"grpc: received message larger than max (5 vs. 4)",
		"SERVER: Received message larger than max (5 vs. 4)",
		"gRPC message exceeds maximum size 4: 5",
		"Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes",
	} {
		for _, code := range []codes.Code{codes.ResourceExhausted, codes.OutOfRange} {
			service, client := serve(t)
			service.refuse = func(_ int, request *pb.RecordRequest) error {
				if len(request.Events) > 2 || outputOf(request.Events[0]) == 6 {
					return status.Error(code, text)
				}
				return nil
			}
			logger := client.Logger(quick(LoggerOptions{Age: time.Hour}))
			log(t, logger, 8)
			stats := closed(t, logger)
			found, gaps := seqs(t, service)
			if fmt.Sprint(found, gaps) != "[0 1 2 3 4 5 7] [[6 6]]" || stats.Refused != 1 {
				t.Errorf("%s: %v %v %+v", text, found, gaps, stats)
			}
		}
	}
}

func TestABatchThatIsRefusedWholeIsNotSentAsOftenAsItHasRows(t *testing.T) {
	for _, placed := range []bool{true, false} {
		t.Run(fmt.Sprint(placed), func(t *testing.T) {
			const rows = 1000
			service, client := serve(t)
			sent, gaps := 0, 0
			service.refuse = func(_ int, request *pb.RecordRequest) error {
				if outputOf(request.Events[0]) < 0 {
					gaps++
					return nil
				}
				sent += len(request.Events)
				metadata := map[string]string{}
				if placed {
					metadata["position"] = "0"
				}
				return refusal(codes.FailedPrecondition, ParentNotFound, metadata)
			}
			options := quick(LoggerOptions{})
			options.Age = time.Hour
			logger := client.Logger(options)
			log(t, logger, rows)
			stats := closed(t, logger)
			if stats.Refused != rows || sent > 12*rows || service.times() > 2*rows+1 {
				t.Errorf("%+v: %d rows in %d requests", stats, sent, service.times())
			}
			if _, told := seqs(t, service); fmt.Sprint(told) != "[[0 999]]" || gaps != 1 {
				t.Errorf("%v in %d requests", told, gaps)
			}
		})
	}
}

func TestAPositionThatIsNotInTheBatchIsNotBelieved(t *testing.T) {
	for _, position := range []string{"10", "-1", "x", "99999999999999999999"} {
		service, client := serve(t)
		service.refuse = func(_ int, request *pb.RecordRequest) error {
			for _, event := range request.Events {
				if outputOf(event) == 4 {
					return refusal(codes.InvalidArgument, InvalidRecord, map[string]string{"position": position})
				}
			}
			return nil
		}
		options := quick(LoggerOptions{})
		options.Age = time.Hour
		logger := client.Logger(options)
		log(t, logger, 10)
		closed(t, logger)
		if found, gaps := seqs(t, service); len(found) != 9 || fmt.Sprint(gaps) != "[[4 4]]" {
			t.Error(position, found, gaps)
		}
	}
}

func TestAServerThatAsksForAnHourIsNotWaitedForSoLong(t *testing.T) {
	hour := &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)}
	for _, info := range []*errdetails.ErrorInfo{
		{Domain: "lineseal", Reason: string(Overloaded)}, {Domain: "example.org"},
	} {
		made, err := status.New(codes.ResourceExhausted, "busy").WithDetails(info, hour)
		if err != nil {
			t.Fatal(err)
		}
		if found := rebuilt(made.Err(), "here"); found.delay != longestDelay || !found.Retry() {
			t.Errorf("%+v", found)
		}
		service, client := serve(t)
		service.refuse = func(int, *pb.RecordRequest) error { return made.Err() }
		lost := make(chan Refusal, 1)
		logger := client.Logger(quick(LoggerOptions{
			GiveUp: 50 * time.Millisecond, OnRefused: func(refusal Refusal) { lost <- refusal },
		}))
		log(t, logger, 1)
		select {
		case refusal := <-lost:
			if !refusal.Lost || !errors.Is(refusal.Err, Overloaded) {
				t.Error(refusal)
			}
		case <-time.After(10 * time.Second):
			t.Error("it waits longer than GiveUp")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		_ = logger.Close(ctx)
		cancel()
	}
}

func TestARowThatNoServerCanGetFailsInLog(t *testing.T) {
	service, client := serve(t)
	logger := client.Logger(quick(LoggerOptions{}))
	bad := "\xff"
	for _, draft := range []Draft{
		{Record: Prediction{PredictionID: bad}}, {Record: Prediction{}, Actor: bad},
		{Record: Prediction{Inputs: Map{bad: 1}}}, {Record: Prediction{Properties: Map{bad: 1}}},
		{Record: Prediction{IDs: []string{bad}}}, {Record: Prediction{}, Parents: []Parent{{Role: bad}}},
	} {
		if _, err := logger.LogDraft(t.Context(), draft); !errors.Is(err, Encoding) {
			t.Errorf("%+v: %v", draft, err)
		}
	}
	var refusal *Error
	_, err := logger.Log(t.Context(), Prediction{Inputs: []any{1, map[string]int{bad: 1}}})
	if !errors.As(err, &refusal) || refusal.Path != "payload.inputs[1]" {
		t.Error(err)
	}
	closed(t, logger)
	orphans := client.Logger(LoggerOptions{})
	if _, err := orphans.Log(t.Context(), Prediction{}); !errors.Is(err, InvalidRecord) {
		t.Error(err)
	}
	if _, err := orphans.LogDraft(t.Context(), Draft{Record: Prediction{}, NoParents: true}); err != nil {
		t.Error(err)
	}
	closed(t, orphans)
	if len(service.recorded) != 1 {
		t.Error(service.recorded)
	}
}

func TestWhoWaitsForRoomIsToldWhenTheLoggerCloses(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(int, *pb.RecordRequest) error { return status.Error(codes.Unavailable, "down") }
	logger := client.Logger(quick(LoggerOptions{Buffer: 1}))
	log(t, logger, 1)
	waited := make(chan error)
	go func() {
		_, err := logger.Log(context.Background(), Prediction{})
		waited <- err
	}()
	time.Sleep(20 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_ = logger.Close(ctx)
	select {
	case err := <-waited:
		if !errors.Is(err, Closed) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits for ever")
	}
}

func TestTheBufferTakesTheMemoryThatItSays(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(int, *pb.RecordRequest) error { return status.Error(codes.Unavailable, "down") }
	options := quick(LoggerOptions{Buffer: 400, Batch: 1})
	logger := client.Logger(options)
	inputs := make([]float64, 784)
	for i := range inputs {
		inputs[i] = 1 / float64(i+1)
	}
	before := heap()
	for range 400 {
		if _, err := logger.Log(t.Context(), Prediction{Inputs: inputs}); err != nil {
			t.Fatal(err)
		}
	}
	// 9 bytes a number, and what else a row is.
	if grown := heap() - before; grown > 2*400*784*9 {
		t.Errorf("%d MiB of heap for %d MiB of rows", grown>>20, logger.bytes>>20)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_ = logger.Close(ctx)
}

func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
