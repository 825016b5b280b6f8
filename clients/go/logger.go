package lineseal

// The logger: predictions go into a bounded buffer in memory and from there, in batches, to the
// service. There is no spool: what is in the buffer when the process dies is lost.

import (
	"context"
	"slices"
	"sync"
	"time"
)

// LoggerOptions say how a Logger works.
type LoggerOptions struct {
	// Parents of every prediction that has none of its own: the model or deployment.
	Parents []Parent
	// Actor of every prediction.
	Actor string
	// Stream that the predictions count in. Drawn when empty, so that each logger has its own.
	Stream string
	// Batch is how many predictions go at once, 1,000 when 0; Age how long one waits for more,
	// 200 ms when 0.
	Batch int
	Age   time.Duration
	// Buffer is how many predictions, and BufferBytes how many bytes, may wait: 10,000 and 64 MiB
	// when 0.
	Buffer      int
	BufferBytes int
	// Refuse has Log fail at once when the buffer is full; otherwise it waits for room, as long as
	// its context lets it.
	Refuse bool
	// GiveUp is how long a batch is tried before it counts as lost; for ever when 0.
	GiveUp time.Duration
	// Attempt is how long one attempt may take; 10 seconds when 0.
	Attempt time.Duration
	// OnRefused is told of each prediction that the server refuses for what it says, or that was
	// given up (Lost). It is called by one goroutine, which sends nothing meanwhile.
	OnRefused func(Refusal)
}

// Refusal is a prediction that was accepted by Log and is not recorded.
type Refusal struct {
	Hash         Hash
	PredictionID string
	Seq          int64
	Lost         bool // given up; otherwise refused
	Err          error
}

// Stats are counters of a Logger.
type Stats struct {
	Logged   int64         // accepted by Log
	Recorded int64         // acknowledged by the service
	Refused  int64         // refused for what they say
	Lost     int64         // given up, or left when Close ran out of time
	Resent   int64         // sent again, each time
	Waiting  int           // in the buffer or on the way
	Oldest   time.Duration // how long the oldest of those has waited
}

// Logger records predictions in batches. It may be used by many goroutines; what one of them logs
// keeps its order.
type Logger struct {
	client  *Client
	options LoggerOptions
	wake    chan struct{} // to the sender: look again
	done    chan struct{} // the sender has ended
	stop    context.CancelFunc

	mu      sync.Mutex
	changed chan struct{} // closed, and made anew, when rows leave the buffer
	rows    []row         // the buffer; the first are on their way
	bytes   int
	seq     int64
	asked   int64 // rows up to this seq are to go without waiting for more
	closed  bool
	lost    []lostRun
	stats   Stats
}

// row is a prediction on its way.
type row struct {
	sealed
	id    string
	seq   int64
	since time.Time
}

// Logger makes a logger. Close it before the client.
func (c *Client) Logger(options LoggerOptions) *Logger {
	options.Batch = min(options.Batch, 10_000)
	if options.Batch <= 0 {
		options.Batch = 1000
	}
	options.Parents = slices.Clone(options.Parents)
	if options.Buffer <= 0 {
		options.Buffer = 10_000
	}
	if options.BufferBytes <= 0 {
		options.BufferBytes = 64 << 20
	}
	if options.Stream == "" {
		options.Stream = "go-" + newID(time.Now())
	}
	options.Age = orElse(options.Age, 200*time.Millisecond)
	options.Attempt = orElse(options.Attempt, 10*time.Second)
	ctx, stop := context.WithCancel(context.Background())
	logger := &Logger{
		client: c, options: options, stop: stop, asked: -1,
		wake: make(chan struct{}, 1), done: make(chan struct{}), changed: make(chan struct{}),
	}
	go logger.work(ctx)
	return logger
}

// Log takes a prediction and returns the hash that it will be recorded under. Its time,
// PredictionID, Stream and Seq are fixed here. What it holds may be changed afterwards.
func (l *Logger) Log(ctx context.Context, prediction Prediction) (Hash, error) {
	return l.LogDraft(ctx, Draft{Record: prediction})
}

// LogDraft takes a prediction with parents, a time or an actor of its own.
func (l *Logger) LogDraft(ctx context.Context, draft Draft) (Hash, error) {
	prediction, ok := draft.Record.(Prediction)
	if !ok {
		return Hash{}, fault(InvalidArgument, "record", "Use Client.Record for other records",
			"a logger takes predictions, not a %T", draft.Record)
	}
	if len(draft.Parents) == 0 && !draft.NoParents {
		draft.Parents = l.options.Parents
	}
	if len(draft.Parents) == 0 && !draft.NoParents {
		return Hash{}, fault(InvalidRecord, "parents", "Give the logger Parents, or the draft NoParents",
			"the prediction says not what it was made from")
	}
	if draft.Actor == "" {
		draft.Actor = l.options.Actor
	}
	if draft.Time.IsZero() {
		draft.Time = time.Now()
	}
	for {
		hash, full, err := l.offer(draft, prediction)
		if full == nil {
			return hash, err
		}
		select {
		case <-full:
		case <-ctx.Done():
			err := fault(Overloaded, "", "Give the service time, or the logger a larger buffer",
				"the logger's buffer was full until the caller gave up")
			err.cause = ctx.Err()
			return Hash{}, err
		}
	}
}

// offer puts a prediction into the buffer; where there is no room it gives the channel that tells
// of some, or the refusal.
func (l *Logger) offer(draft Draft, prediction Prediction) (Hash, <-chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return Hash{}, nil, fault(Closed, "", "Log before Close", "the logger is closed")
	}
	if len(l.rows) >= l.options.Buffer || l.bytes >= l.options.BufferBytes {
		if l.options.Refuse {
			return Hash{}, nil, fault(Overloaded, "", "Give the service time, or the logger a larger buffer",
				"the logger's buffer is full: %d predictions", len(l.rows))
		}
		return Hash{}, l.changed, nil
	}
	prediction.Stream, prediction.Seq = l.options.Stream, Ptr(l.seq)
	draft.Record = prediction
	made, err := newFixed(draft, nil)
	if err != nil {
		return Hash{}, nil, err
	}
	id := made.message.GetPrediction().PredictionId
	l.rows = append(l.rows, row{sealed{made.hash, made.wire}, id, l.seq, time.Now()})
	l.bytes += len(made.wire)
	l.seq++
	l.stats.Logged++
	if len(l.rows) == 1 || len(l.rows)%l.options.Batch == 0 {
		l.ring()
	}
	return made.hash, nil, nil
}

// ring has the sender look again.
func (l *Logger) ring() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Flush returns when all that was logged before has been recorded, refused or lost.
func (l *Logger) Flush(ctx context.Context) error {
	l.mu.Lock()
	last := l.seq - 1
	l.asked = last
	l.ring()
	l.mu.Unlock()
	for {
		l.mu.Lock()
		settled := (len(l.rows) == 0 || l.rows[0].seq > last) && len(l.lost) == 0
		changed := l.changed
		l.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-changed:
		case <-l.done:
			return fault(Closed, "", "", "the logger was closed before all was recorded")
		case <-ctx.Done():
			err := fault(Timeout, "", "Give it more time", "not all predictions were recorded in time")
			err.cause = ctx.Err()
			return err
		}
	}
}

// Close takes nothing more, flushes, and ends the logger. When its context ends first, what is left
// is lost: the error says how many.
func (l *Logger) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	l.announce() // to those who wait for room, which they are not given any more
	l.mu.Unlock()
	err := l.Flush(ctx)
	l.stop()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	if left := len(l.rows); err != nil && left > 0 {
		l.stats.Lost += int64(left)
		l.rows, l.bytes = nil, 0
		lost := fault(Timeout, "", "Close with more time; the rest is not recorded",
			"%d predictions were not recorded in time", left)
		lost.cause = err
		return lost
	}
	return err
}

// Stats are the counters now.
func (l *Logger) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	stats := l.stats
	stats.Waiting = len(l.rows)
	if len(l.rows) > 0 {
		stats.Oldest = time.Since(l.rows[0].since)
	}
	return stats
}
