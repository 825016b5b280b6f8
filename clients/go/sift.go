package lineseal

// Recording what a logger has: again where that may help, and in parts where something is refused.

import (
	"context"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// sealed is a draft as it is sent, however often, and the hash that the event must have.
type sealed struct {
	hash  Hash
	draft []byte // the message EventDraft; as objects it would take many times the memory
}

// requestOf puts drafts into a request as they are: protobuf writes fields that it has not read as
// they came.
func (l *Logger) requestOf(events []sealed) (*pb.RecordRequest, []Hash) {
	request := &pb.RecordRequest{Ledger: l.client.ledger, Events: make([]*pb.NewEvent, len(events))}
	hashes := make([]Hash, len(events))
	for i, event := range events {
		request.Events[i] = &pb.NewEvent{}
		field := protowire.AppendTag(nil, draftField, protowire.BytesType)
		request.Events[i].ProtoReflect().SetUnknown(protowire.AppendBytes(field, event.draft))
		hashes[i] = event.hash
	}
	return request, hashes
}

var draftField = (&pb.NewEvent{}).ProtoReflect().Descriptor().Fields().ByName("draft").Number()

// part are events that go in one request, or one that was refused.
type part struct {
	events []sealed
	err    *Error
}

// sift records events, in one request where nothing is wrong with them. What is refused for what it
// says is told apart from the rest, which is recorded. Events are settled in their order: so many
// were recorded, or failed; settle says whether to go on, and so does sift.
func (l *Logger) sift(ctx context.Context, events []sealed, settle func(int, *Error) bool) bool {
	for waiting := []part{{events: events}}; len(waiting) > 0; {
		next := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if len(next.events) == 0 {
			continue
		}
		if next.err == nil {
			next.err = l.persist(ctx, next.events)
			if ctx.Err() != nil && next.err != nil {
				return false
			}
			if len(next.events) > 1 && next.err != nil && next.err.ofContent() {
				waiting = append(waiting, narrowed(next.events, next.err)...)
				continue
			}
		}
		if !settle(len(next.events), next.err) {
			return false
		}
	}
	return true
}

// narrowed are the parts of a refused batch, the last to be sent first. What stands behind the one
// at fault goes by halves: as one it would be sent again for each that is refused.
func narrowed(events []sealed, err *Error) []part {
	if err.Position == nil || *err.Position >= len(events) || err.Code == InvalidArgument {
		half := len(events) / 2
		return []part{{events: events[half:]}, {events: events[:half]}}
	}
	at := *err.Position
	half := (at + 1 + len(events)) / 2
	return []part{{events: events[half:]}, {events: events[at+1 : half]}, {events[at : at+1], err}, {events: events[:at]}}
}

// persist sends events, the same bytes each time, until they are recorded, refused or given up.
func (l *Logger) persist(ctx context.Context, events []sealed) *Error {
	request, hashes := l.requestOf(events)
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
		left := l.patience(begun)
		if made.ofContent() || left <= 0 || !wait(ctx, min(left, max(made.delay, jittered(pause)))) {
			return made
		}
		l.mu.Lock()
		l.stats.Resent += int64(len(hashes))
		l.mu.Unlock()
	}
}

// patience is how long something may still be tried.
func (l *Logger) patience(begun time.Time) time.Duration {
	if l.options.GiveUp == 0 {
		return time.Hour
	}
	return l.options.GiveUp - time.Since(begun)
}
