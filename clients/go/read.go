package lineseal

// Reading, and verifying what was read: every block is rehashed here, and every parent followed.

import (
	"context"
	"errors"
	"io"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

// Get reads one event.
func (c *Client) Get(ctx context.Context, hash Hash) (*Event, error) {
	request := &pb.GetEventRequest{Ledger: c.ledger, Name: nameOfHash(hash)}
	var found *Event
	err := c.attempt(ctx, func(ctx context.Context) error {
		answer, err := c.provenance.GetEvent(ctx, request)
		if err != nil {
			return err
		}
		if found, err = c.believe(answer.Event); err != nil {
			return err
		}
		if found.Hash != hash {
			return c.lie(hash, "was asked for %s and sent another event, %s", hash, found.Hash)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func nameOfHash(hash Hash) *pb.EventName {
	return &pb.EventName{Name: &pb.EventName_Hash{Hash: hash[:]}}
}

// believe hashes a block and reads it.
func (c *Client) believe(sent *pb.Event) (*Event, error) {
	hash := HashOf(sent.GetBlock())
	if string(sent.GetHash()) != string(hash[:]) {
		return nil, c.lie(hash,
			"sent a block as event %x whose hash is %s: it was changed", sent.GetHash(), hash)
	}
	event, err := ReadEvent(sent.Block)
	if err != nil {
		return nil, c.lie(hash, "sent %s, which is no event: %v", hash, err)
	}
	event.Index, event.RecordedAt = sent.Index, sent.RecordedAt
	return event, nil
}

// Trace gives events and all their ancestors, each before its parents. Whatever it returns holds:
// each block has the hash by which its child, or the caller, names it, and none is missing.
func (c *Client) Trace(ctx context.Context, hashes ...Hash) ([]*Event, error) {
	lineage := &lineage{client: c, awaited: map[Hash]bool{}}
	request := &pb.TraceRequest{Ledger: c.ledger}
	for _, hash := range hashes {
		lineage.awaited[hash] = true
		request.Names = append(request.Names, nameOfHash(hash))
	}
	err := c.attempt(ctx, func(ctx context.Context) error {
		stream, err := c.provenance.Trace(ctx, request)
		if err != nil {
			return err
		}
		for {
			answer, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return lineage.whole()
			}
			if err != nil {
				return err
			}
			for _, sent := range answer.Events {
				if err := lineage.take(sent); err != nil {
					return err
				}
				// Should the stream break, the next attempt goes on behind this event.
				request.AfterIndex = Ptr(sent.Index)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return lineage.events, nil
}

// lineage takes the events of a trace one by one.
type lineage struct {
	client  *Client
	awaited map[Hash]bool // named by the caller or by a child, and not here yet
	events  []*Event
}

func (l *lineage) take(sent *pb.Event) error {
	event, err := l.client.believe(sent)
	if err != nil {
		return err
	}
	if last := len(l.events) - 1; last >= 0 && event.Index >= l.events[last].Index {
		return l.client.lie(event.Hash, "sent event %s with index %d behind index %d: out of order",
			event.Hash, event.Index, l.events[last].Index)
	}
	if !l.awaited[event.Hash] {
		return l.client.lie(event.Hash, "sent event %s, which does not belong to the trace", event.Hash)
	}
	delete(l.awaited, event.Hash)
	for _, parent := range event.Parents {
		l.awaited[parent.Hash] = true
	}
	l.events = append(l.events, event)
	return nil
}

func (l *lineage) whole() error {
	for hash := range l.awaited {
		return l.client.lie(hash, "left %s out of the trace", hash)
	}
	return nil
}

// Report is what Verify found, where nothing was wrong.
type Report struct {
	// Events are the events and all their ancestors, each before its parents.
	Events []*Event
	// Undetermined counts events of a version that this client does not know: their hashes and
	// parents hold, what they say was not judged.
	Undetermined int
}

// Checked is how many blocks were rehashed.
func (r Report) Checked() int { return len(r.Events) }

// Verify fetches events and all their ancestors and rehashes them here. An error with the code
// CorruptLedger says what does not hold; without an error, everything does.
func (c *Client) Verify(ctx context.Context, hashes ...Hash) (Report, error) {
	events, err := c.Trace(ctx, hashes...)
	report := Report{Events: events}
	for _, event := range events {
		if event.Version != 1 {
			report.Undetermined++
		}
	}
	return report, err
}
