package lineseal

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/grpc"
)

// wire stands between client and service; cut has what is connected now say nothing any more.
type wire struct {
	listener net.Listener
	behind   string

	mu     sync.Mutex
	broken chan struct{}
}

func (w *wire) run() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.behind)
		if err != nil {
			return
		}
		w.mu.Lock()
		broken := w.broken
		w.mu.Unlock()
		for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
			go func() {
				buffer := make([]byte, 1<<16)
				for {
					count, err := pair[0].Read(buffer)
					select {
					case <-broken:
						_, _ = io.Copy(io.Discard, pair[0])
						return
					default:
					}
					if _, failed := pair[1].Write(buffer[:count]); err != nil || failed != nil {
						pair[1].Close()
						return
					}
				}
			}()
		}
	}
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.broken)
	w.broken = make(chan struct{})
}

func TestAPeerThatIsGoneWithoutAWordIsNoticed(t *testing.T) {
	t.Parallel() // it waits for half a minute
	listen := func() net.Listener {
		found, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = found.Close() })
		return found
	}
	service, server := &fake{blocks: map[Hash][]byte{}}, grpc.NewServer()
	pb.RegisterProvenanceServiceServer(server, service)
	pb.RegisterLedgerServiceServer(server, service)
	behind := listen()
	go func() { _ = server.Serve(behind) }()
	t.Cleanup(server.Stop)
	between := &wire{listener: listen(), behind: behind.Addr().String(), broken: make(chan struct{})}
	go between.run()
	client, err := Connect(t.Context(), between.listener.Addr().String(), &Options{Timeout: 55 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	mustRecord(t, client, Dataset{Name: "before"})
	between.cut()
	mustRecord(t, client, Dataset{Name: "after"})
	if len(service.recorded) != 2 {
		t.Error(service.recorded)
	}
}
