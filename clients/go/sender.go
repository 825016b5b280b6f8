package lineseal

// The logger's sender: one goroutine, one batch at a time, so that a stream keeps its order.

import (
	"context"
	"slices"
	"time"
)

// most bytes of a batch of several: below the 4 MiB that any gRPC server or proxy takes as it comes.
// One by itself may have more, of the service's 16 MiB.
const batchBytes = 4<<20 - 256<<10

// most runs that wait to be told of; with more, nothing is sent until a gap event gets through.
const mostRuns = 1000

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
		if !l.tell(ctx) {
			return
		}
		if l.untold() < mostRuns && !l.deliver(ctx, batch) {
			return
		}
	}
}

func (l *Logger) untold() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lost)
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
	for count < most && (count == 0 || bytes+len(l.rows[count].draft) <= batchBytes) {
		bytes += len(l.rows[count].draft)
		count++
	}
	left := l.options.Age - time.Since(l.rows[0].since)
	full := count == l.options.Batch || count < len(l.rows)
	if full || left <= 0 || l.rows[0].seq <= l.asked {
		return slices.Clone(l.rows[:count]), 0
	}
	return nil, left
}

// deliver settles a batch, and says whether to go on.
func (l *Logger) deliver(ctx context.Context, batch []row) bool {
	events := make([]sealed, len(batch))
	for i, row := range batch {
		events[i] = row.sealed
	}
	return l.sift(ctx, events, func(count int, err *Error) bool {
		if err == nil {
			l.settle(batch[:count], func(stats *Stats) { stats.Recorded += int64(count) })
		} else {
			l.giveUp(batch[:count], err, !err.ofContent())
		}
		batch = batch[count:]
		return true
	})
}

// settle takes rows out of the buffer, which they are the first of.
func (l *Logger) settle(batch []row, count func(*Stats)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	count(&l.stats)
	clear(l.rows[:len(batch)])
	l.rows = l.rows[len(batch):]
	for _, row := range batch {
		l.bytes -= len(row.draft)
	}
	if len(l.rows) == 0 {
		l.rows = nil // let the memory go
	}
	l.announce()
}

// announce wakes whoever waits for the buffer.
func (l *Logger) announce() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// giveUp takes out of the buffer what is not recorded, tells its user, and remembers the gap.
func (l *Logger) giveUp(batch []row, err *Error, lost bool) {
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

// remember adds to the runs that gaps are to tell of; a long outage is one of them, and so are
// neighbours that are refused with the same code.
func (l *Logger) remember(first, last int64, err *Error, lost bool) {
	reason := "refused: " + string(err.Code)
	if lost {
		reason = "given up: " + string(err.Code)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if end := len(l.lost) - 1; end >= 0 && l.lost[end].last+1 == first {
		if before := &l.lost[end]; before.lost && lost || before.reason == reason {
			before.last = last
			return
		}
	}
	l.lost = append(l.lost, lostRun{first, last, lost, reason, time.Now()})
}

// tell records the gaps that came about, together, and says whether to go on. One that the service
// refuses is dropped: there is nothing left to tell of it.
func (l *Logger) tell(ctx context.Context) bool {
	l.mu.Lock()
	runs := slices.Clone(l.lost)
	l.mu.Unlock()
	if len(runs) == 0 {
		return true
	}
	gaps := make([]sealed, len(runs))
	for i, run := range runs {
		gaps[i] = l.gapOf(run)
	}
	told := 0
	whole := l.sift(ctx, gaps, func(count int, err *Error) bool {
		if err != nil && !err.ofContent() {
			return false
		}
		told += count
		return true
	})
	if !whole {
		_ = wait(ctx, lastPause)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = l.lost[told:]
	l.announce()
	return ctx.Err() == nil
}

func (l *Logger) gapOf(run lostRun) sealed {
	gap := Gap{
		Stream: l.options.Stream, FirstSeq: run.first, LastSeq: run.last,
		Count: run.last - run.first + 1, Reason: run.reason,
	}
	// What could be wrong with it is the stream or the actor, which Log would have refused.
	made, _ := newFixed(Draft{Record: gap, Actor: l.options.Actor, Time: run.since}, nil)
	return sealed{made.hash, made.wire}
}
