package lineseal

// Finding events by what people call them.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

// Key names events as people do; exactly one of its fields is given.
type Key struct {
	PredictionID string
	RunID        string
	Model        string // name, or name@version
	Dataset      string // name, or name@version
	Deployment   string
	Stream       string
	ID           string // one of any event's IDs
}

// fill puts the key into a request; text is what it says.
func (k Key) fill(request *pb.FindEventsRequest) (text string, err *Error) {
	given := 0
	for _, one := range []string{k.PredictionID, k.RunID, k.Model, k.Dataset, k.Deployment, k.Stream, k.ID} {
		if one != "" {
			given++
			text = one
		}
	}
	if given != 1 {
		return "", fault(InvalidArgument, "", "Give one of the key's fields", "%d keys were given", given)
	}
	switch text {
	case k.PredictionID:
		request.Key = &pb.FindEventsRequest_PredictionId{PredictionId: text}
	case k.RunID:
		request.Key = &pb.FindEventsRequest_RunId{RunId: text}
	case k.Model:
		request.Key = &pb.FindEventsRequest_Model{Model: text}
	case k.Dataset:
		request.Key = &pb.FindEventsRequest_Dataset{Dataset: text}
	case k.Deployment:
		request.Key = &pb.FindEventsRequest_Deployment{Deployment: text}
	case k.Stream:
		request.Key = &pb.FindEventsRequest_Stream{Stream: text}
	case k.ID:
		request.Key = &pb.FindEventsRequest_Id{Id: text}
	}
	return text, nil
}

// of says whether an event is called so.
func (k Key) of(event *Event) bool {
	payload, err := event.Payload()
	if err != nil {
		return false
	}
	is := func(kind, key, text string) bool {
		return text != "" && event.Type == kind && payload[key] == text
	}
	versioned := func(kind, text string) bool {
		name, version := payload["name"], payload["version"]
		return is(kind, "name", text) ||
			text != "" && event.Type == kind && version != nil && fmt.Sprintf("%v@%v", name, version) == text
	}
	ids, _ := payload["ids"].([]any)
	return is("prediction", "prediction_id", k.PredictionID) || is("training", "run_id", k.RunID) ||
		versioned("model", k.Model) || versioned("dataset", k.Dataset) ||
		is("deployment", "name", k.Deployment) ||
		is("prediction", "stream", k.Stream) || is("lineseal/gap", "stream", k.Stream) ||
		k.ID != "" && slices.Contains(ids, any(k.ID))
}

// Find gives the events that are called so, the newest first.
func (c *Client) Find(ctx context.Context, key Key) ([]*Event, error) {
	return c.find(ctx, key, 0)
}

// find gives at most so many of them; all for 0. Its pages share one deadline.
func (c *Client) find(ctx context.Context, key Key, most int) ([]*Event, error) {
	request := &pb.FindEventsRequest{Ledger: c.ledger, PageSize: int32(most)}
	if _, err := key.fill(request); err != nil {
		return nil, err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	var found []*Event
	for {
		var answer *pb.FindEventsResponse
		err := c.attempt(ctx, func(ctx context.Context) (err error) {
			answer, err = c.provenance.FindEvents(ctx, request)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, sent := range answer.Events {
			event, err := c.believe(sent)
			if err != nil {
				return nil, err
			}
			if _, err := event.Payload(); err != nil {
				return nil, err // of a later version, whose names are not known here
			}
			last := len(found) - 1
			if !key.of(event) || last >= 0 && event.Index >= found[last].Index {
				return nil, c.lie(event.Hash, "sent event %s, which was not asked for, or out of order", event.Hash)
			}
			found = append(found, event)
		}
		switch {
		case answer.NextPageToken == "" || most > 0 && len(found) >= most:
			return found, nil
		case len(answer.Events) == 0:
			return nil, c.lie(Hash{}, "sent an empty page, and said that more follow")
		}
		request.PageToken = answer.NextPageToken
	}
}

// listed is how many candidates an error names.
const listed = 10

// FindOne gives the only event that is called so, as for the parent of a logger. Where there are
// several, the error lists the newest.
func (c *Client) FindOne(ctx context.Context, key Key) (*Event, error) {
	found, err := c.find(ctx, key, listed+1)
	if err != nil {
		return nil, err
	}
	text, _ := key.fill(&pb.FindEventsRequest{})
	switch len(found) {
	case 0:
		return nil, fault(EventNotFound, "", "Look at its name, and at the ledger's",
			"the ledger %s has no event called %q", c.ledger, text)
	case 1:
		return found[0], nil
	}
	more := ""
	if len(found) > listed {
		found, more = found[:listed], ", …"
	}
	hashes := make([]string, len(found))
	for i, event := range found {
		hashes[i] = event.Hash.String()
	}
	return nil, fault(InvalidArgument, "", "Take one of them by its hash",
		"several events are called %q, the newest first: %s%s", text, strings.Join(hashes, ", "), more)
}
