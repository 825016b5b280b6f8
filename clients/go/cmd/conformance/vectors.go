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

// leftOut is the outcome of a case that is not for a client in Go.
const leftOut = "left out"

// runners are by the kind of a file; those that are left out say why.
var runners = map[string]struct {
	run func(json.RawMessage) (name, outcome string)
	why string
}{
	"blocks":      {run, "only the level record refuses them, which the server holds events to"},
	"drafts":      {runDraft, "the server refuses them, which judges drafts; or no typed draft can say them"},
	"conversions": {runConversion, "of values that Go does not have, or another type of Go rules out"},
	"checksums":   {nil, "the client makes no checksums"},
}

// vectors prints what fails and what is left out, and returns the exit status.
func vectors(folder string) int {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		fmt.Fprintln(os.Stderr, "error: INVALID_ARGUMENT: there are no vectors in", folder)
		return 2
	}
	passed, failed := 0, 0
	for _, path := range files {
		good, bad, err := vectorsOf(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, "error: INVALID_ARGUMENT:", err)
			return 2
		}
		passed, failed = passed+good, failed+bad
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	return min(failed, 1)
}

func vectorsOf(path string) (passed, failed int, err error) {
	var file struct {
		Kind  string
		Cases []json.RawMessage
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	if err != nil {
		return 0, 0, err
	}
	runner, skipped := runners[file.Kind], []string{}
	for _, raw := range file.Cases {
		if runner.run == nil {
			skipped = append(skipped, nameIn(raw))
			continue
		}
		switch name, outcome := runner.run(raw); outcome {
		case "":
			passed++
		case leftOut:
			skipped = append(skipped, name)
		default:
			failed++
			fmt.Printf("FAILED %s: %s\n", name, outcome)
		}
	}
	if len(skipped) > 0 {
		fmt.Printf("not covered: %d of %s: %s: %s\n",
			len(skipped), filepath.Base(path), runner.why, strings.Join(skipped, " "))
	}
	return passed, failed, nil
}

func nameIn(raw json.RawMessage) string {
	var named struct{ Name string }
	_ = json.Unmarshal(raw, &named) // it was parsed as part of its file
	return named.Name
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
		return c.Name, leftOut
	case !c.Accept && c.Level == "envelope" && errors.Is(err, lineseal.Encoding):
		return c.Name, "refused as no frame: " + err.Error()
	case c.Accept != (err == nil):
		return c.Name, fmt.Sprintf("accept is %v, and it says: %v", c.Accept, err)
	case c.Accept && (event.Hash.String() != c.Hash || event.Hash.CID() != c.CID):
		return c.Name, "another hash: " + event.Hash.CID()
	}
	return c.Name, ""
}
