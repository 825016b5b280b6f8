package lineseal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

var model = Parent{Hash: HashOf([]byte("a model"))}

// quick are options of a logger that does not wait for more.
func quick(options LoggerOptions) LoggerOptions {
	options.Parents, options.Age, options.Stream = []Parent{model}, time.Millisecond, "s"
	return options
}

func log(t *testing.T, logger *Logger, count int) []Hash {
	t.Helper()
	hashes := make([]Hash, count)
	for i := range hashes {
		hash, err := logger.Log(t.Context(), Prediction{Output: i})
		if err != nil {
			t.Fatal(err)
		}
		hashes[i] = hash
	}
	return hashes
}

func closed(t *testing.T, logger *Logger) Stats {
	t.Helper()
	if err := logger.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return logger.Stats()
}

// seqs are the places in the stream that were recorded, in order; gaps as first to last.
func seqs(t *testing.T, service *fake) (found []int64, gaps [][2]int64) {
	t.Helper()
	service.mu.Lock()
	defer service.mu.Unlock()
	for _, hash := range service.recorded {
		event, err := ReadEvent(service.blocks[hash])
		if err != nil {
			t.Fatal(err)
		}
		payload, err := event.Payload()
		if err != nil || payload["stream"] != "s" {
			t.Fatal(payload, err)
		}
		if event.Type == "lineseal/gap" {
			gaps = append(gaps, [2]int64{payload["first_seq"].(int64), payload["last_seq"].(int64)})
			continue
		}
		found = append(found, payload["seq"].(int64))
	}
	return found, gaps
}

func TestWhatIsLoggedIsRecordedInOrderUnderTheHashesThatLogGave(t *testing.T) {
	service, client := serve(t)
	logger := client.Logger(quick(LoggerOptions{Batch: 100}))
	hashes := log(t, logger, 1050)
	stats := closed(t, logger)
	if stats.Recorded != 1050 || stats.Waiting != 0 || len(service.recorded) != 1050 {
		t.Fatalf("%+v", stats)
	}
	for i, hash := range service.recorded {
		if hash != hashes[i] {
			t.Fatal("out of order at", i)
		}
	}
	for _, request := range service.requests {
		if len(request.Events) > 100 {
			t.Error("a batch of", len(request.Events))
		}
	}
}

func TestBatchesAreWhatAnyServerOrProxyTakes(t *testing.T) {
	service, client := serve(t)
	options := quick(LoggerOptions{})
	options.Age = time.Hour
	logger := client.Logger(options)
	for range 20 {
		if _, err := logger.Log(t.Context(), Prediction{Output: make([]byte, 700_000)}); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, logger)
	if len(service.recorded) != 20 || len(service.requests) != 4 {
		t.Error(len(service.recorded), len(service.requests))
	}
	for _, request := range service.requests {
		if size := proto.Size(request); size > 4<<20 {
			t.Error("a request of", size)
		}
	}
}

func TestManyGoroutinesShareOneStreamWithoutHoles(t *testing.T) {
	service, client := serve(t)
	logger := client.Logger(quick(LoggerOptions{Batch: 64, Buffer: 100}))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { log(t, logger, 250) })
	}
	all.Wait()
	closed(t, logger)
	found, gaps := seqs(t, service)
	if len(found) != 2000 || len(gaps) != 0 {
		t.Fatal(len(found), gaps)
	}
	for i, seq := range found {
		if seq != int64(i) {
			t.Fatalf("seq %d at %d", seq, i)
		}
	}
}

func TestAnOutageLosesNothingAndSendsTheSameBytes(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(n int, _ *pb.RecordRequest) error {
		if n <= 5 {
			return []error{
				status.Error(codes.Unavailable, "down"), refusal(codes.ResourceExhausted, Overloaded, nil),
				refusal(codes.FailedPrecondition, ReadOnly, nil), status.Error(codes.Unauthenticated, "who?"),
				refusal(codes.DataLoss, CorruptLedger, nil),
			}[n-1]
		}
		return nil
	}
	logger := client.Logger(quick(LoggerOptions{}))
	log(t, logger, 10)
	stats := closed(t, logger)
	if found, _ := seqs(t, service); len(found) != 10 || stats.Resent == 0 || stats.Lost+stats.Refused != 0 {
		t.Errorf("%+v %v", stats, found)
	}
}

// outputOf is what a sent prediction answers; -1 of other events.
func outputOf(sent *pb.NewEvent) int64 {
	prediction := sent.GetDraft().GetPrediction()
	if prediction == nil {
		return -1
	}
	return prediction.GetOutput().GetIntValue()
}

// poisoned refuses requests with a prediction whose output is 3 or 7, with its place or without.
func poisoned(placed bool) func(int, *pb.RecordRequest) error {
	return func(_ int, request *pb.RecordRequest) error {
		for i, event := range request.Events {
			if output := outputOf(event); output == 3 || output == 7 {
				metadata := map[string]string{}
				if placed {
					metadata["position"] = fmt.Sprint(i)
				}
				return refusal(codes.InvalidArgument, InvalidRecord, metadata)
			}
		}
		return nil
	}
}

func TestARefusedPredictionHoldsUpNoOther(t *testing.T) {
	for _, placed := range []bool{true, false} {
		t.Run(fmt.Sprint(placed), func(t *testing.T) {
			service, client := serve(t)
			service.refuse = poisoned(placed)
			var refused []int64
			logger := client.Logger(quick(LoggerOptions{OnRefused: func(refusal Refusal) {
				if !refusal.Lost && errors.Is(refusal.Err, InvalidRecord) {
					refused = append(refused, refusal.Seq)
				}
			}}))
			log(t, logger, 10)
			stats := closed(t, logger)
			found, gaps := seqs(t, service)
			if fmt.Sprint(found) != "[0 1 2 4 5 6 8 9]" || fmt.Sprint(refused) != "[3 7]" {
				t.Error(found, refused)
			}
			if last := service.requests[len(service.requests)-1]; len(last.Events) != 2 {
				t.Error("the gaps did not go together")
			}
			if fmt.Sprint(gaps) != "[[3 3] [7 7]]" || stats.Refused != 2 || stats.Recorded != 8 {
				t.Errorf("%v %+v", gaps, stats)
			}
		})
	}
}

func TestWhatIsGivenUpIsToldAndLeavesOneGap(t *testing.T) {
	service, client := serve(t)
	down := true
	service.refuse = func(int, *pb.RecordRequest) error {
		if down {
			return status.Error(codes.Unavailable, "down")
		}
		return nil
	}
	lost := make(chan Refusal, 100)
	logger := client.Logger(quick(LoggerOptions{
		Batch: 2, GiveUp: 10 * time.Millisecond, OnRefused: func(refusal Refusal) { lost <- refusal },
	}))
	log(t, logger, 2)
	for range 2 {
		if refusal := <-lost; !refusal.Lost || !errors.Is(refusal.Err, ServiceUnavailable) {
			t.Error(refusal)
		}
	}
	service.mu.Lock()
	down = false
	service.mu.Unlock()
	log(t, logger, 1)
	stats := closed(t, logger)
	found, gaps := seqs(t, service)
	if fmt.Sprint(found, gaps) != "[2] [[0 1]]" || stats.Lost != 2 {
		t.Errorf("%v %v %+v", found, gaps, stats)
	}
}

func TestAFullBufferRefusesOrWaits(t *testing.T) {
	service, client := serve(t)
	held := make(chan struct{})
	service.refuse = func(int, *pb.RecordRequest) error { <-held; return nil }
	refusing := client.Logger(quick(LoggerOptions{Buffer: 2, Refuse: true}))
	log(t, refusing, 2)
	if _, err := refusing.Log(t.Context(), Prediction{}); !errors.Is(err, Overloaded) {
		t.Error(err)
	}
	waiting := client.Logger(quick(LoggerOptions{BufferBytes: 1}))
	log(t, waiting, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := waiting.Log(ctx, Prediction{})
	if !errors.Is(err, Overloaded) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	go close(held)
	log(t, waiting, 1)
	if stats := closed(t, waiting); stats.Recorded != 2 || stats.Logged != 2 {
		t.Errorf("%+v", stats)
	}
	closed(t, refusing)
}

func TestCloseSaysHowManyWereNotRecordedInTime(t *testing.T) {
	service, client := serve(t)
	service.refuse = func(int, *pb.RecordRequest) error { return status.Error(codes.Unavailable, "down") }
	logger := client.Logger(quick(LoggerOptions{}))
	log(t, logger, 3)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := logger.Close(ctx)
	if !errors.Is(err, Timeout) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if stats := logger.Stats(); stats.Lost != 3 || stats.Waiting != 0 {
		t.Errorf("%+v", stats)
	}
	if _, err := logger.Log(t.Context(), Prediction{}); !errors.Is(err, Closed) {
		t.Error(err)
	}
}

func TestAnInvalidPredictionFailsInLogAndLeavesNoHole(t *testing.T) {
	service, client := serve(t)
	logger := client.Logger(quick(LoggerOptions{}))
	if _, err := logger.Log(t.Context(), Prediction{Inputs: func() {}}); !errors.Is(err, Encoding) {
		t.Error(err)
	}
	if _, err := logger.LogDraft(t.Context(), Draft{Record: Dataset{}}); !errors.Is(err, InvalidArgument) {
		t.Error(err)
	}
	log(t, logger, 1)
	closed(t, logger)
	if found, _ := seqs(t, service); fmt.Sprint(found) != "[0]" {
		t.Error(found)
	}
}

func TestFlushWaitsForWhatWasLoggedBeforeIt(t *testing.T) {
	service, client := serve(t)
	logger := client.Logger(LoggerOptions{Parents: []Parent{model}, Age: time.Hour})
	log(t, logger, 5)
	if err := logger.Flush(t.Context()); err != nil || len(service.recorded) != 5 {
		t.Error(err, len(service.recorded))
	}
	closed(t, logger)
}

func TestGapsWaitForTheServiceAndOneThatItRefusesIsDropped(t *testing.T) {
	t.Parallel()
	service, client := serve(t)
	down, poison := true, poisoned(true)
	service.refuse = func(n int, request *pb.RecordRequest) error {
		gap := request.Events[0].GetDraft().GetGap()
		switch {
		case gap != nil && down:
			return status.Error(codes.Unavailable, "down")
		case gap != nil && gap.GetFirstSeq() == 3:
			return refusal(codes.InvalidArgument, InvalidRecord, map[string]string{"position": "0"})
		}
		return poison(n, request)
	}
	options := quick(LoggerOptions{GiveUp: 20 * time.Millisecond})
	options.Age = time.Second
	logger := client.Logger(options)
	log(t, logger, 10)
	for logger.Stats().Refused < 2 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	service.mu.Lock()
	down = false
	service.mu.Unlock()
	stats := closed(t, logger)
	if found, gaps := seqs(t, service); len(found) != 8 || fmt.Sprint(gaps) != "[[7 7]]" || stats.Lost != 0 {
		t.Errorf("%v %v %+v", found, gaps, stats)
	}
}

func TestNothingIsSentWhileTooManyGapsWaitToBeTold(t *testing.T) {
	t.Parallel()
	service, client := serve(t)
	down := true
	service.refuse = func(_ int, request *pb.RecordRequest) error {
		if request.Events[0].GetDraft().GetGap() != nil {
			if down {
				return status.Error(codes.Unavailable, "down")
			}
			return nil
		}
		for i, event := range request.Events {
			if outputOf(event)%2 == 0 {
				return refusal(codes.InvalidArgument, InvalidRecord, map[string]string{"position": fmt.Sprint(i)})
			}
		}
		return nil
	}
	options := quick(LoggerOptions{Batch: 2 * mostRuns, GiveUp: time.Millisecond})
	options.Age = time.Hour
	logger := client.Logger(options)
	log(t, logger, 4*mostRuns)
	time.Sleep(lastPause + time.Second)
	if stats := logger.Stats(); stats.Refused != mostRuns {
		t.Errorf("%+v", stats)
	}
	service.mu.Lock()
	down = false
	service.mu.Unlock()
	if stats := closed(t, logger); stats.Refused != 2*mostRuns || stats.Recorded != 2*mostRuns {
		t.Errorf("%+v", stats)
	}
}

func TestAnOutageIsOneGapWhateverTheErrors(t *testing.T) {
	t.Parallel()
	service, client := serve(t)
	service.refuse = func(_ int, request *pb.RecordRequest) error {
		switch output := outputOf(request.Events[0]); {
		case output == 0:
			return status.Error(codes.Unavailable, "down")
		case output == 1 || output == -1 && request.Events[0].GetDraft().GetGap().GetLastSeq() == 0:
			return status.Error(codes.ResourceExhausted, "busy")
		}
		return nil
	}
	logger := client.Logger(quick(LoggerOptions{Batch: 1, GiveUp: 10 * time.Millisecond}))
	log(t, logger, 3)
	closed(t, logger)
	if found, gaps := seqs(t, service); fmt.Sprint(found, gaps) != "[2] [[0 1]]" {
		t.Error(found, gaps)
	}
}
