package main

// The files of a ledger, and what holds between them.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

type segmentFile struct {
	name string
	data []byte
}

type files struct {
	json, durable []byte
	segments      []segmentFile // in the order of the log
}

func readFiles(folder string) (*files, error) {
	found := &files{}
	var err error
	if found.json, err = os.ReadFile(filepath.Join(folder, "ledger.json")); err != nil {
		return nil, err
	}
	if found.durable, err = os.ReadFile(filepath.Join(folder, "DURABLE")); err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(folder, "segments", "*"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths { // sorted, and names have zeros in front
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found.segments = append(found.segments, segmentFile{filepath.Base(path), data})
	}
	return found, nil
}

func (f *files) all() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if !yield("ledger.json", f.json) || !yield("DURABLE", f.durable) {
			return
		}
		for _, segment := range f.segments {
			if !yield(segment.name, segment.data) {
				return
			}
		}
	}
}

// report is the log in numbers, as `lineseal stats` has them.
type report struct {
	ID       string `json:"id"`
	Segments int    `json:"segments"`
	Groups   int    `json:"groups"`
	Batches  int    `json:"batches"`
	Events   uint64 `json:"events"`
	Bytes    int    `json:"bytes"`
}

// ledger is what is known behind the last section that was read.
type ledger struct {
	report
	id     []byte
	hashes [][32]byte
	index  map[[32]byte]uint64
	clock  int64
	last   []byte // CID of the last frame
}

var segmentName = regexp.MustCompile(`^[0-9]{12}\.car$`)

// check reads all of it, and refuses the first thing that does not hold.
func check(files *files) (*ledger, error) {
	found := &ledger{index: map[[32]byte]uint64{}}
	if err := found.identity(files.json); err != nil {
		return nil, fmt.Errorf("ledger.json: %w", err)
	}
	if len(files.segments) == 0 {
		return nil, fmt.Errorf("there are no segments")
	}
	for _, file := range files.segments {
		if !segmentName.MatchString(file.name) {
			return nil, fmt.Errorf("%s is no segment's name", file.name)
		}
		first, _ := strconv.ParseUint(file.name[:12], 10, 64)
		if first != found.Events {
			return nil, fmt.Errorf("%s begins with event %d, and event %d is next", file.name, first, found.Events)
		}
		if err := found.segment(file.data); err != nil {
			return nil, fmt.Errorf("%s: %w", file.name, err)
		}
		found.Segments++
		found.Bytes += len(file.data)
	}
	end := files.segments[len(files.segments)-1]
	if err := found.durable(files.durable, end); err != nil {
		return nil, fmt.Errorf("DURABLE: %w", err)
	}
	return found, nil
}

// identity reads ledger.json, which has exactly one form.
func (l *ledger) identity(data []byte) error {
	var said struct{ Format, ID, Origin, Checksum string }
	if err := json.Unmarshal(data, &said); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(said.Format + "\n" + said.ID + "\n" + said.Origin))
	due := fmt.Sprintf("{\n  \"format\": %q,\n  \"id\": %q,\n  \"origin\": %q,\n  \"checksum\": \"sha256:%x\"\n}\n",
		said.Format, said.ID, said.Origin, sum)
	if !bytes.Equal(data, []byte(due)) {
		return fmt.Errorf("it is not laid out as it should be, or its checksum is another")
	}
	if said.Format != "0" {
		return fmt.Errorf("format %q", said.Format)
	}
	id, err := hex.DecodeString(said.ID)
	if err != nil || len(id) != 16 {
		return fmt.Errorf("the id %q", said.ID)
	}
	l.ID, l.id = said.ID, id
	return nil
}
