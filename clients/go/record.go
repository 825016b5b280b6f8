package lineseal

// Recording.

import (
	"context"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

// Receipt says where an event is.
type Receipt struct {
	Hash    Hash
	Index   uint64 // its place in the ledger
	Created bool   // whether this call added it
}

// Record records one event; it is durable when the call returns. Something that failed may be tried
// again with the same Draft: it is the same event, if its Time, and a prediction's PredictionID, are
// set.
func (c *Client) Record(ctx context.Context, draft Draft) (Receipt, error) {
	receipts, err := c.RecordBatch(ctx, []Draft{draft})
	if err != nil {
		return Receipt{}, err
	}
	return receipts[0], nil
}

// RecordBatch records up to 10,000 events, all or none, parents before children.
func (c *Client) RecordBatch(ctx context.Context, drafts []Draft) ([]Receipt, error) {
	made, hashes := make([]fixed, 0, len(drafts)), make([]Hash, len(drafts))
	request := &pb.RecordRequest{Ledger: c.ledger}
	for i, draft := range drafts {
		one, err := newFixed(draft, made)
		if err != nil {
			err.Position = &i
			return nil, err
		}
		made = append(made, one)
		hashes[i] = one.hash
		request.Events = append(request.Events, &pb.NewEvent{Form: &pb.NewEvent_Draft{Draft: one.message}})
	}
	return c.send(ctx, request, hashes)
}

// RecordBlocks records blocks as they are, which other software made.
func (c *Client) RecordBlocks(ctx context.Context, blocks [][]byte) ([]Receipt, error) {
	request := &pb.RecordRequest{Ledger: c.ledger}
	hashes := make([]Hash, len(blocks))
	for i, block := range blocks {
		hashes[i] = HashOf(block)
		request.Events = append(request.Events, &pb.NewEvent{Form: &pb.NewEvent_Block{Block: block}})
	}
	return c.send(ctx, request, hashes)
}

// send records a request until that succeeds or helps no more.
func (c *Client) send(ctx context.Context, request *pb.RecordRequest, hashes []Hash) ([]Receipt, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	var receipts []Receipt
	err := c.attempt(ctx, func(ctx context.Context) (err error) {
		receipts, err = c.sendOnce(ctx, request, hashes)
		return err
	})
	return receipts, err
}

// sendOnce holds the receipts against the hashes that were worked out here.
func (c *Client) sendOnce(
	ctx context.Context, request *pb.RecordRequest, hashes []Hash,
) ([]Receipt, error) {
	answer, err := c.provenance.Record(ctx, request)
	if err != nil {
		return nil, err
	}
	if len(answer.Receipts) != len(hashes) {
		return nil, c.lie(hashes[0], "sent %d receipts for %d events", len(answer.Receipts), len(hashes))
	}
	receipts := make([]Receipt, len(hashes))
	for i, receipt := range answer.Receipts {
		if len(receipt.Hash) != len(Hash{}) || Hash(receipt.Hash) != hashes[i] {
			lie := c.lie(hashes[i], "says that it recorded %x where %s was sent", receipt.Hash, hashes[i])
			lie.Position = &i
			return nil, lie
		}
		receipts[i] = Receipt{Hash: hashes[i], Index: receipt.Index, Created: receipt.Created}
	}
	return receipts, nil
}

// NewBlock is the block that a draft becomes, without asking a server: for programs that keep
// blocks and hand them to RecordBlocks, however often. Its parents have hashes; what is missing is
// drawn now. Whether the draft is valid only a server says.
func NewBlock(draft Draft) ([]byte, error) {
	made, err := newFixed(draft, nil)
	if err != nil {
		return nil, err
	}
	return made.block, nil
}
