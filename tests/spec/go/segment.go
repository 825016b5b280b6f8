package main

// One segment: sections read by go-car, which rehashes each of them.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	blocks "github.com/ipfs/go-block-format"
	car "github.com/ipld/go-car/v2"
	"github.com/ipld/go-ipld-prime/datamodel"
	cidlink "github.com/ipld/go-ipld-prime/linking/cid"
)

const cidBytes = 36

var (
	eventPrefix = []byte{0x01, 0x71, 0x12, 0x20}
	framePrefix = []byte{0x01, 0x55, 0x12, 0x20}
)

// segment is where reading one is.
type segment struct {
	*ledger
	data     []byte
	at       int // the byte behind the last section
	nonce    []byte
	begun    int    // where the group begins: the byte behind the frame before, or the header
	first    uint64 // index of the group's first event
	previous int    // offset of the frame before
}

func (l *ledger) segment(data []byte) error {
	reader, err := car.NewBlockReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if reader.Version != 1 || len(reader.Roots) != 1 {
		return fmt.Errorf("a CARv%d with %d roots", reader.Version, len(reader.Roots))
	}
	length, width := binary.Uvarint(data)
	// go-car reads what comes close to a header, too.
	if _, err := decode(data[width:width+int(length)], "roots", "version"); err != nil || width != 1 {
		return fmt.Errorf("the CAR header: %w", err)
	}
	s := &segment{ledger: l, data: data, at: width + int(length)}
	header, err := s.next(reader)
	if err != nil {
		return err
	}
	if !header.Cid().Equals(reader.Roots[0]) || !bytes.HasPrefix(header.Cid().Bytes(), eventPrefix) {
		return fmt.Errorf("the root is not the segment header")
	}
	if err := s.header(header.RawData()); err != nil {
		return err
	}
	s.begun, s.first = s.at, s.Events
	for {
		start := s.at
		block, err := s.next(reader)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := s.section(block, start); err != nil {
			return fmt.Errorf("at byte %d: %w", start, err)
		}
	}
	switch {
	case s.first != s.Events:
		return fmt.Errorf("events follow the last commit frame")
	case s.at != len(data):
		return fmt.Errorf("%d bytes follow the last section", len(data)-s.at)
	}
	return nil
}

// next reads a section and moves on by its length, as the shortest varint tells it.
func (s *segment) next(reader *car.BlockReader) (blocks.Block, error) {
	block, err := reader.Next()
	if err != nil {
		return nil, err
	}
	length := cidBytes + len(block.RawData())
	prefix := binary.AppendUvarint(nil, uint64(length))
	if len(prefix) > 3 || !bytes.HasPrefix(s.data[s.at:], append(prefix, block.Cid().Bytes()...)) {
		return nil, fmt.Errorf("at byte %d: the length is not in its shortest form", s.at)
	}
	s.at += len(prefix) + length
	return block, nil
}

func (s *segment) header(block []byte) error {
	header, err := decode(block, "first", "nonce", "format", "ledger", "previous")
	if err != nil {
		return fmt.Errorf("segment header: %w", err)
	}
	s.nonce = header.bytes("nonce")
	var due []byte
	if s.last != nil {
		due = s.last[4:]
	}
	switch {
	case header.integer("first") != int64(s.Events):
		return fmt.Errorf("segment header: first is not %d", s.Events)
	case header.text("format") != "0":
		return fmt.Errorf("segment header: another format")
	case !bytes.Equal(header.bytes("ledger"), s.id):
		return fmt.Errorf("segment header: of another ledger")
	case len(s.nonce) != 16:
		return fmt.Errorf("segment header: a nonce of %d bytes", len(s.nonce))
	case header.isNull("previous") != (due == nil) || !bytes.Equal(header.bytes("previous"), due):
		return fmt.Errorf("segment header: previous is not the last frame of the segment before")
	}
	return nil
}

func (s *segment) section(block blocks.Block, start int) error {
	id := block.Cid().Bytes()
	switch {
	case bytes.HasPrefix(id, eventPrefix):
		return s.event([32]byte(id[4:]), block.RawData())
	case bytes.HasPrefix(id, framePrefix):
		return s.frame(block, start)
	}
	return fmt.Errorf("%s is neither an event's nor a frame's CID", block.Cid())
}

// event looks for its parents, all of which must have been there before it.
func (s *segment) event(hash [32]byte, block []byte) error {
	if _, twice := s.index[hash]; twice {
		return fmt.Errorf("event %x is there twice", hash)
	}
	node, err := read(block)
	if err != nil {
		return fmt.Errorf("event %x: %w", hash, err)
	}
	parents, err := node.LookupByString("parents")
	if err != nil || parents.Kind() != datamodel.Kind_List {
		return fmt.Errorf("event %x has no list of parents", hash)
	}
	for each := parents.ListIterator(); !each.Done(); {
		_, item, err := each.Next()
		if err != nil {
			return err
		}
		link, err := item.AsLink()
		if err != nil {
			return fmt.Errorf("event %x: %w", hash, err)
		}
		id := link.(cidlink.Link).Cid.Bytes()
		if len(id) != cidBytes || !bytes.HasPrefix(id, eventPrefix) {
			return fmt.Errorf("event %x has a parent that is no event", hash)
		}
		if _, there := s.index[[32]byte(id[4:])]; !there {
			return fmt.Errorf("event %x: its parent %x does not stand before it", hash, id[4:])
		}
	}
	s.index[hash] = s.Events
	s.hashes = append(s.hashes, hash)
	s.Events++
	return nil
}

// frame holds a commit frame, whose varint is at start, against the group before it.
func (s *segment) frame(block blocks.Block, start int) error {
	frame, err := decode(block.RawData(),
		"crc", "ends", "clock", "count", "first", "nonce", "offset", "previous")
	if err != nil {
		return fmt.Errorf("commit frame: %w", err)
	}
	count := int64(s.Events - s.first)
	ends, ascending := frame.ends()
	clock := frame.integer("clock")
	wrong := ""
	switch {
	case frame.integer("crc") != int64(crc32.ChecksumIEEE(s.data[s.begun:start])):
		wrong = "crc"
	case count < 1 || frame.integer("count") != count:
		wrong = "count"
	case !ascending || len(ends) == 0 || ends[len(ends)-1] != count:
		wrong = "ends"
	case frame.integer("first") != int64(s.first):
		wrong = "first"
	case !bytes.Equal(frame.bytes("nonce"), s.nonce):
		wrong = "nonce"
	case frame.integer("offset") != int64(start):
		wrong = "offset"
	case frame.integer("previous") != int64(s.previous):
		wrong = "previous"
	case clock < s.clock:
		wrong = "clock"
	}
	if wrong != "" {
		return fmt.Errorf("commit frame: its %s does not fit", wrong)
	}
	s.Groups++
	s.Batches += len(ends)
	s.clock, s.last = clock, block.Cid().Bytes()
	s.previous, s.begun, s.first = start, s.at, s.Events
	return nil
}
