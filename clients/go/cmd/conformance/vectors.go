package main

// The vectors of tests/spec/vectors, as far as a client goes: it reads blocks and their envelope.

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lineseal/lineseal/clients/go"
)

type vector struct {
	Name   string
	Accept bool
	Level  string
	Block  parts
	Hash   string
	CID    string
}

// parts are bytes in the form of tests/spec/vectors/README.md.
type parts []byte

// UnmarshalJSON expands them.
func (p *parts) UnmarshalJSON(data []byte) error {
	var whole string
	if json.Unmarshal(data, &whole) == nil {
		return p.hex(whole, 1)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, item := range list {
		if err := p.part(item); err != nil {
			return err
		}
	}
	return nil
}

func (p *parts) part(item json.RawMessage) error {
	var whole string
	if json.Unmarshal(item, &whole) == nil {
		return p.hex(whole, 1)
	}
	var many struct {
		Repeat, Prefix string
		Counter, Times int
	}
	if err := json.Unmarshal(item, &many); err != nil {
		return err
	}
	if many.Counter == 0 {
		return p.hex(many.Repeat, many.Times)
	}
	for i := range many.Times {
		if err := p.hex(fmt.Sprintf("%s%0*x", many.Prefix, 2*many.Counter, i), 1); err != nil {
			return err
		}
	}
	return nil
}

func (p *parts) hex(digits string, times int) error {
	found, err := hex.DecodeString(strings.Repeat(digits, times))
	*p = append(*p, found...)
	return err
}

// vectors prints what fails and what is left out, and returns the exit status.
func vectors(folder string) int {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		fmt.Fprintln(os.Stderr, "error: INVALID_ARGUMENT: there are no vectors in", folder)
		return 2
	}
	passed, failed, skipped := 0, 0, []string{}
	for _, path := range files {
		var file struct {
			Kind  string
			Cases []json.RawMessage
		}
		data, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(data, &file)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "error: INVALID_ARGUMENT:", err)
			return 2
		}
		if file.Kind != "blocks" {
			fmt.Printf("not covered: %s, all %d cases: the client %s\n",
				filepath.Base(path), len(file.Cases), why[file.Kind])
			continue
		}
		for _, raw := range file.Cases {
			switch name, outcome := run(raw); outcome {
			case "":
				passed++
			case "record":
				skipped = append(skipped, name)
			default:
				failed++
				fmt.Printf("FAILED %s: %s\n", name, outcome)
			}
		}
	}
	fmt.Printf("not covered: %d cases that only the level record refuses, which the server holds"+
		" events to: %s\n", len(skipped), strings.Join(skipped, " "))
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	return min(failed, 1)
}

var why = map[string]string{
	"drafts":      "has no JSON drafts",
	"conversions": "converts values of Go (values_test.go)",
	"checksums":   "makes no checksums",
}

// run says what is wrong with a case, or that only the level record refuses it.
func run(raw json.RawMessage) (name, outcome string) {
	var c vector
	if err := json.Unmarshal(raw, &c); err != nil {
		return string(raw[:min(80, len(raw))]), err.Error()
	}
	event, err := lineseal.ReadEvent(c.Block)
	if err == nil && event.Version != 1 {
		err = lineseal.Unsupported // not refused by a reader, but undetermined (E15.2)
	}
	switch {
	case !c.Accept && c.Level == "record":
		if err != nil {
			return c.Name, "refused below its level: " + err.Error()
		}
		return c.Name, "record"
	case !c.Accept && c.Level == "envelope" && errors.Is(err, lineseal.Encoding):
		return c.Name, "refused as no frame: " + err.Error()
	case c.Accept != (err == nil):
		return c.Name, fmt.Sprintf("accept is %v, and it says: %v", c.Accept, err)
	case c.Accept && (event.Hash.String() != c.Hash || event.Hash.CID() != c.CID):
		return c.Name, "another hash: " + event.Hash.CID()
	}
	return c.Name, ""
}
