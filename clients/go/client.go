package lineseal

// The connection: who is asked, for how long, and how often.

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// Client records into and reads from one ledger of a service. It may be used by many goroutines.
type Client struct {
	provenance pb.ProvenanceServiceClient
	connection *grpc.ClientConn
	address    string
	ledger     string
	timeout    time.Duration
}

// Options of Connect.
type Options struct {
	// Ledger is the name of the ledger, where the target has none; "default" when empty.
	Ledger string
	// Open wants a ledger that is there; otherwise it is made.
	Open bool
	// Timeout is how long a call may take, with all its attempts, when its context has no deadline.
	// 60 seconds when 0.
	Timeout time.Duration
	// ConnectTimeout is how long the service may take to be found. 5 seconds when 0.
	ConnectTimeout time.Duration
	// Dial are options for gRPC, such as transport credentials; without any, there are none.
	Dial []grpc.DialOption
}

// DefaultPort is that of a target without one.
const DefaultPort = "50051"

// Connect finds the service at host:port or grpc://host:port/ledger, and the ledger there. Options
// may be nil.
func Connect(ctx context.Context, target string, options *Options) (*Client, error) {
	chosen := Options{}
	if options != nil {
		chosen = *options
	}
	address, ledger, err := parseTarget(target, chosen.Ledger)
	if err != nil {
		return nil, err
	}
	dial := append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		// gRPC's own pauses grow to two minutes, in which a service that is back is not found.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: firstPause, Multiplier: 2, Jitter: 0.5, MaxDelay: lastPause},
			MinConnectTimeout: 5 * time.Second,
		}),
		// A peer that is gone without a word is noticed, rather than asked until TCP gives up on it.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 20 * time.Second, Timeout: 10 * time.Second}),
	}, chosen.Dial...)
	connection, failed := grpc.NewClient(address, dial...)
	if failed != nil {
		return nil, fault(InvalidArgument, "", "Give host:port", "%q is no address: %v", target, failed)
	}
	client := &Client{
		provenance: pb.NewProvenanceServiceClient(connection),
		connection: connection, address: address, ledger: ledger,
		timeout: orElse(chosen.Timeout, 60*time.Second),
	}
	if err := client.open(ctx, chosen.Open, orElse(chosen.ConnectTimeout, 5*time.Second)); err != nil {
		connection.Close()
		return nil, err
	}
	return client, nil
}

func (c *Client) open(ctx context.Context, mustExist bool, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ledgers := pb.NewLedgerServiceClient(c.connection)
	return c.attempt(ctx, func(ctx context.Context) (err error) {
		if mustExist {
			_, err = ledgers.GetLedger(ctx, &pb.GetLedgerRequest{Ledger: c.ledger})
		} else {
			_, err = ledgers.CreateLedger(ctx, &pb.CreateLedgerRequest{Ledger: c.ledger})
		}
		return err
	})
}

func orElse(value, otherwise time.Duration) time.Duration {
	if value == 0 {
		return otherwise
	}
	return value
}

func parseTarget(target, ledger string) (string, string, *Error) {
	address, named, _ := strings.Cut(strings.TrimPrefix(target, "grpc://"), "/")
	if named != "" && ledger != "" && named != ledger {
		return "", "", fault(InvalidArgument, "", "Name it once",
			"the target names the ledger %q and the options %q", named, ledger)
	}
	if address == "" || strings.Contains(named, "/") {
		return "", "", fault(InvalidArgument, "",
			"Give host:port, or grpc://host:port/ledger", "%q is no target", target)
	}
	if strings.LastIndexByte(address, ':') <= strings.LastIndexByte(address, ']') {
		address += ":" + DefaultPort
	}
	for _, name := range []string{named, ledger} {
		if name != "" {
			return address, name, nil
		}
	}
	return address, "default", nil
}

// Ledger is the ledger's name.
func (c *Client) Ledger() string { return c.ledger }

// Close ends the connection. Loggers are closed first.
func (c *Client) Close() error { return c.connection.Close() }

// The pause before the second attempt, and the longest before any.
const firstPause, lastPause = 50 * time.Millisecond, 2 * time.Second

// attempt makes a call, again where that may help and the deadline has room for it.
func (c *Client) attempt(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	var before *Error
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := call(ctx)
		if err == nil {
			return nil
		}
		made := c.told(ctx, err, before)
		if !made.Retry() || !wait(ctx, max(made.delay, jittered(pause))) {
			return made
		}
		before = made
	}
}

// bounded gives a context without a deadline that of the client.
func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.timeout)
}

// told is the error of an attempt. When time ran out, what failed before says more.
func (c *Client) told(ctx context.Context, err error, before *Error) *Error {
	var made *Error
	if errors.As(err, &made) {
		return made
	}
	made = rebuilt(err, c.address)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &Error{Code: Cancelled, Message: "the caller gave up", cause: ctx.Err()}
	case made.Code == Timeout && before != nil:
		return before
	case made.Code == Timeout && made.cause != nil:
		made.cause = errors.Join(context.DeadlineExceeded, made.cause)
	}
	return made
}

func jittered(pause time.Duration) time.Duration {
	return time.Duration((0.5 + rand.Float64()) * float64(pause))
}

// wait says whether the context outlasted the pause; one that it cannot outlast is not begun.
func wait(ctx context.Context, pause time.Duration) bool {
	if end, has := ctx.Deadline(); has && time.Until(end) < pause {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}
