package lineseal

// The logger's sender: one goroutine, one batch at a time, so that a stream keeps its order.

import (
	"context"
	"slices"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

// most bytes of a batch on the wire: a request may have 16 MiB, and one prediction always fits.
const batchBytes = 8 << 20

// lostRun are predictions in a row that a gap event is to tell of.
type lostRun struct {
	first, last int64
	lost        bool
	reason      string
	since       time.Time
}

// work sends until the logger is stopped.
func (l *Logger) work(ctx context.Context) {
	defer close(l.done)
	for {
		batch := l.next(ctx)
		if ctx.Err() != nil {
			return
		}
		if !l.tell(ctx) || !l.deliver(ctx, batch) {
			return
		}
	}
}

// next waits for a batch: full, old enough, or asked for. It stays in the buffer until settled. It
// is empty when there is only a gap to tell of.
func (l *Logger) next(ctx context.Context) []row {
	for {
		l.mu.Lock()
		batch, age := l.ready()
		gap := len(l.lost) > 0
		l.mu.Unlock()
		if batch != nil || gap {
			return batch
		}
		select {
		case <-ctx.Done():
			return nil
		case <-l.wake:
		case <-time.After(age):
		}
	}
}

// ready is the next batch, or nil and when to look again.
func (l *Logger) ready() ([]row, time.Duration) {
	if len(l.rows) == 0 {
		return nil, time.Hour
	}
	count, bytes := 0, 0
	most := min(len(l.rows), l.options.Batch)
	for count < most && (count == 0 || bytes+l.rows[count].bytes <= batchBytes) {
		bytes += l.rows[count].bytes
		count++
	}
	left := l.options.Age - time.Since(l.rows[0].since)
	full := count == l.options.Batch || count < len(l.rows)
	if full || left <= 0 || l.rows[0].seq <= l.asked {
		return slices.Clone(l.rows[:count]), 0
	}
	return nil, left
}

// deliver settles a batch, and says whether to go on. A part that is refused for what it says is
// told apart from the rest, which is recorded.
func (l *Logger) deliver(ctx context.Context, batch []row) bool {
	if len(batch) == 0 {
		return true
	}
	err := l.record(ctx, batch)
	switch {
	case ctx.Err() != nil:
		return false
	case err == nil:
		l.settle(batch, func(stats *Stats) { stats.Recorded += int64(len(batch)) })
		return true
	case !err.ofContent() || len(batch) == 1:
		l.giveUp(batch, err, !err.ofContent())
		return true
	case err.Position == nil || *err.Position >= len(batch):
		half := len(batch) / 2
		return l.deliver(ctx, batch[:half]) && l.deliver(ctx, batch[half:])
	}
	at := *err.Position
	if !l.deliver(ctx, batch[:at]) {
		return false
	}
	l.giveUp(batch[at:at+1], err, false)
	return l.deliver(ctx, batch[at+1:])
}

// record sends a batch, the same each time, until it is settled or given up.
func (l *Logger) record(ctx context.Context, batch []row) *Error {
	drafts := make([]fixed, len(batch))
	for i, row := range batch {
		drafts[i] = row.fixed
	}
	request, hashes := l.client.requestOf(drafts)
	return l.persist(ctx, request, hashes)
}

func (l *Logger) persist(ctx context.Context, request *pb.RecordRequest, hashes []Hash) *Error {
	begun := time.Now()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		bounded, cancel := context.WithTimeout(ctx, l.options.Attempt)
		_, err := l.client.sendOnce(bounded, request, hashes)
		if err == nil {
			cancel()
			return nil
		}
		made := l.client.told(bounded, err, nil)
		cancel()
		spent := l.options.GiveUp != 0 && time.Since(begun) >= l.options.GiveUp
		if made.ofContent() || spent || !wait(ctx, max(made.delay, jittered(pause))) {
			return made
		}
		l.mu.Lock()
		l.stats.Resent += int64(len(hashes))
		l.mu.Unlock()
	}
}

// settle takes rows out of the buffer, which they are the first of.
func (l *Logger) settle(batch []row, count func(*Stats)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	count(&l.stats)
	clear(l.rows[:len(batch)])
	l.rows = l.rows[len(batch):]
	for _, row := range batch {
		l.bytes -= row.bytes
	}
	if len(l.rows) == 0 {
		l.rows = nil // let the memory go
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// giveUp takes out of the buffer what is not recorded, tells its user, and remembers the gap.
func (l *Logger) giveUp(batch []row, err error, lost bool) {
	l.remember(batch[0].seq, batch[len(batch)-1].seq, err, lost)
	l.settle(batch, func(stats *Stats) {
		if lost {
			stats.Lost += int64(len(batch))
		} else {
			stats.Refused += int64(len(batch))
		}
	})
	if l.options.OnRefused == nil {
		return
	}
	for _, row := range batch {
		l.options.OnRefused(Refusal{row.hash, row.id, row.seq, lost, err})
	}
}

// remember adds to the runs that gaps are to tell of; a long outage is one of them.
func (l *Logger) remember(first, last int64, err error, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if end := len(l.lost) - 1; end >= 0 && lost && l.lost[end].lost && l.lost[end].last+1 == first {
		l.lost[end].last = last
		return
	}
	reason := "refused: "
	if lost {
		reason = "given up: "
	}
	l.lost = append(l.lost, lostRun{first, last, lost, reason + err.Error(), time.Now()})
}

// tell records the gaps that came about, and says whether to go on. One that the service refuses is
// dropped: there is nothing left to tell of it.
func (l *Logger) tell(ctx context.Context) bool {
	l.mu.Lock()
	runs := slices.Clone(l.lost)
	l.mu.Unlock()
	told := 0
	for _, run := range runs {
		if err := l.tellOf(ctx, run); err != nil && !err.ofContent() {
			_ = wait(ctx, lastPause)
			break
		}
		told++
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = l.lost[told:]
	close(l.changed)
	l.changed = make(chan struct{})
	return ctx.Err() == nil
}

func (l *Logger) tellOf(ctx context.Context, run lostRun) *Error {
	gap := Gap{
		Stream: l.options.Stream, FirstSeq: run.first, LastSeq: run.last,
		Count: run.last - run.first + 1, Reason: run.reason,
	}
	made, err := newFixed(Draft{Record: gap, Actor: l.options.Actor, Time: run.since}, nil)
	if err != nil {
		return err
	}
	request, hashes := l.client.requestOf([]fixed{made})
	return l.persist(ctx, request, hashes)
}
