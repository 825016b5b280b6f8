package lineseal

// A service in this process, that keeps events in memory and does as a test tells it.

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
)

type fake struct {
	pb.UnimplementedProvenanceServiceServer
	pb.UnimplementedLedgerServiceServer

	mu       sync.Mutex
	requests []*pb.RecordRequest // all that came, refused ones too
	recorded []Hash
	found    []int32 // the page sizes that FindEvents was asked for
	blocks   map[Hash][]byte
	// refuse may refuse a request, which is the nth.
	refuse func(n int, request *pb.RecordRequest) error
	// lie may change an answer.
	lie func(answer proto.Message)
	// broken is how many events a trace sends before its stream breaks; for ever when 0.
	broken int
}

func (f *fake) CreateLedger(context.Context, *pb.CreateLedgerRequest) (*pb.CreateLedgerResponse, error) {
	return &pb.CreateLedgerResponse{}, nil
}

// Record names drafts by the client's own encoder, which the history holds against foreign codecs.
func (f *fake) Record(_ context.Context, request *pb.RecordRequest) (*pb.RecordResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, request)
	if f.refuse != nil {
		if err := f.refuse(len(f.requests), request); err != nil {
			return nil, err
		}
	}
	answer := &pb.RecordResponse{}
	hashes := make([]Hash, len(request.Events))
	for i, event := range request.Events {
		block := event.GetBlock()
		if draft := event.GetDraft(); draft != nil {
			block = blockOf(draft, hashes)
		}
		hashes[i] = HashOf(block)
		if f.blocks[hashes[i]] == nil {
			f.blocks[hashes[i]] = block
			f.recorded = append(f.recorded, hashes[i])
		}
		answer.Receipts = append(answer.Receipts, &pb.Receipt{Hash: hashes[i][:], Index: uint64(i), Created: true})
	}
	if f.lie != nil {
		f.lie(answer)
	}
	return answer, nil
}

func blockOf(draft *pb.EventDraft, earlier []Hash) []byte {
	hashes := make([]Hash, len(draft.Parents))
	for i, parent := range draft.Parents {
		if place, ok := parent.Event.(*pb.Parent_Position); ok {
			hashes[i] = earlier[place.Position]
		} else {
			hashes[i] = Hash(parent.GetHash())
		}
	}
	block, err := encode(draft, hashes)
	if err != nil {
		panic(err)
	}
	return block
}

func (f *fake) GetEvent(_ context.Context, request *pb.GetEventRequest) (*pb.GetEventResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	hash := Hash(request.Name.GetHash())
	if f.blocks[hash] == nil {
		return nil, refusal(codes.NotFound, EventNotFound, map[string]string{"hash": hash.String()})
	}
	answer := &pb.GetEventResponse{Event: &pb.Event{Hash: hash[:], Block: f.blocks[hash]}}
	if f.lie != nil {
		f.lie(answer)
	}
	return answer, nil
}

// FindEvents sends all that was recorded, the latest first, a page an event.
func (f *fake) FindEvents(_ context.Context, request *pb.FindEventsRequest) (*pb.FindEventsResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := len(f.recorded) - 1 - len(request.PageToken)
	hash := f.recorded[at]
	f.found = append(f.found, request.PageSize)
	answer := &pb.FindEventsResponse{
		Events: []*pb.Event{{Hash: hash[:], Index: uint64(at), Block: f.blocks[hash]}},
	}
	if at > 0 {
		answer.NextPageToken = request.PageToken + "x"
	}
	if f.lie != nil {
		f.lie(answer)
	}
	return answer, nil
}

// Trace sends all that was recorded, the latest first: a trace where that is one lineage.
func (f *fake) Trace(request *pb.TraceRequest, stream grpc.ServerStreamingServer[pb.TraceResponse]) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer, sent := &pb.TraceResponse{}, 0
	for i := len(f.recorded) - 1; i >= 0; i-- {
		if request.AfterIndex != nil && uint64(i) >= *request.AfterIndex {
			continue
		}
		if sent++; f.broken > 0 && sent > f.broken {
			_ = stream.Send(answer)
			return status.Error(codes.Unavailable, "the stream broke")
		}
		hash := f.recorded[i]
		answer.Events = append(answer.Events, &pb.Event{Hash: hash[:], Index: uint64(i), Block: f.blocks[hash]})
	}
	if f.lie != nil {
		f.lie(answer)
	}
	return stream.Send(answer)
}

func (f *fake) times() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.requests)
}

// refusal is an error as the service makes it.
func refusal(code codes.Code, reason Code, metadata map[string]string) error {
	return refusalOf("lineseal", code, reason, metadata)
}

func refusalOf(domain string, code codes.Code, reason Code, metadata map[string]string) error {
	made, err := status.New(code, "refused for a test").WithDetails(&errdetails.ErrorInfo{
		Domain: domain, Reason: string(reason), Metadata: metadata,
	})
	if err != nil {
		panic(err)
	}
	return made.Err()
}

// serve starts a fake and connects to it.
func serve(t testing.TB) (*fake, *Client) {
	t.Helper()
	found := &fake{blocks: map[Hash][]byte{}}
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(32 << 20))
	pb.RegisterProvenanceServiceServer(server, found)
	pb.RegisterLedgerServiceServer(server, found)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	dialer := grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return listener.DialContext(ctx)
	})
	client, err := Connect(t.Context(), "passthrough:bufnet", &Options{
		Dial: []grpc.DialOption{dialer}, Timeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return found, client
}
