package main

// JSON drafts of the vectors, built from the client's own types: the block must be the vector's.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/lineseal/lineseal/clients/go"
)

type draftVector struct {
	Name      string
	Accept    bool
	Draft     textParts
	Positions []string
	Block     parts
	Hash      string
}

// textParts are texts in the form of tests/spec/vectors/README.md.
type textParts []byte

// UnmarshalJSON expands them.
func (p *textParts) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		list = []json.RawMessage{data}
	}
	for _, item := range list {
		var text string
		if json.Unmarshal(item, &text) == nil {
			*p = append(*p, text...)
			continue
		}
		var many struct {
			Repeat, Prefix, Suffix string
			Counter, Times         int
		}
		if err := json.Unmarshal(item, &many); err != nil {
			return err
		}
		for i := range many.Times {
			if many.Counter == 0 {
				*p = append(*p, many.Repeat...)
			} else {
				*p = fmt.Appendf(*p, "%s%0*x%s", many.Prefix, 2*many.Counter, i, many.Suffix)
			}
		}
	}
	return nil
}

type jsonDraft struct {
	Type    string
	Time    *int64
	Actor   string
	Parents []struct {
		Hash     string
		Position *int
		Role     string
	}
	NoParents bool `json:"no_parents"`
	Record    map[string]any
}

// runDraft says what is wrong with a case, or that it is left out.
func runDraft(raw json.RawMessage) (name, outcome string) {
	var c draftVector
	if err := json.Unmarshal(raw, &c); err != nil {
		return string(raw[:min(80, len(raw))]), err.Error()
	}
	// A typed draft cannot link to a sealed block (docs/spec/wire.md).
	if !c.Accept || bytes.Contains(c.Draft, []byte("lineseal:sealed")) {
		return c.Name, leftOut
	}
	draft, err := c.typed()
	if err != nil {
		return c.Name, err.Error()
	}
	block, err := lineseal.NewBlock(draft)
	if err != nil {
		return c.Name, err.Error()
	}
	if !bytes.Equal(block, c.Block) || lineseal.HashOf(block).String() != c.Hash {
		return c.Name, fmt.Sprintf("another block: %x", block)
	}
	return c.Name, ""
}

func (c draftVector) typed() (lineseal.Draft, error) {
	var said jsonDraft
	decoder := json.NewDecoder(bytes.NewReader(c.Draft))
	decoder.UseNumber()
	if err := decoder.Decode(&said); err != nil {
		return lineseal.Draft{}, err
	}
	made := lineseal.Draft{Actor: said.Actor, NoParents: said.NoParents}
	if said.Time != nil {
		made.Time = time.UnixMicro(*said.Time)
	}
	for _, parent := range said.Parents {
		text := parent.Hash
		if parent.Position != nil {
			text = c.Positions[*parent.Position]
		}
		hash, err := lineseal.ParseHash(text)
		if err != nil {
			return made, err
		}
		made.Parents = append(made.Parents, lineseal.Parent{Hash: hash, Role: parent.Role})
	}
	fields, err := fieldsOf(said)
	if err == nil {
		made.Record = recordOf(said.Type, fields)
	}
	return made, err
}

// fieldsOf are the fields of a record, its metrics as floats.
func fieldsOf(said jsonDraft) (given, error) {
	fields := given{}
	custom := strings.Contains(said.Type, "/") && said.Type != "lineseal/gap"
	for name, value := range said.Record {
		made, err := ofJSON(value)
		if err != nil {
			return nil, err
		}
		if entries, ok := made.(map[string]any); ok && name == "metrics" && !custom {
			for key, metric := range entries {
				entries[key] = metricOf(metric)
			}
		}
		fields[name] = made
	}
	return fields, nil
}

// metricOf is a metric as Go has it, always a float64.
func metricOf(metric any) any {
	switch metric := metric.(type) {
	case int64:
		return float64(metric)
	case map[string]any:
		return map[any]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[metric["lineseal:float"]]
	}
	return metric
}

// ofJSON is the value that a draft's JSON stands for (E13.4 to E13.6).
func ofJSON(value any) (any, error) {
	switch value := value.(type) {
	case json.Number:
		return numberOf(value.String())
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			made, err := ofJSON(item)
			if err != nil {
				return nil, err
			}
			list[i] = made
		}
		return list, nil
	case map[string]any:
		if inside, ok := value["/"]; ok && len(value) == 1 {
			return bytesOrLink(inside)
		}
		entries := map[string]any{}
		for key, item := range value {
			made, err := ofJSON(item)
			if err != nil {
				return nil, err
			}
			entries[key] = made
		}
		return entries, nil
	}
	return value, nil
}

func numberOf(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		number, err := strconv.ParseFloat(text, 64)
		return number, err
	}
	whole, ok := new(big.Int).SetString(text, 10)
	switch {
	case ok && whole.IsInt64():
		return whole.Int64(), nil
	case ok && whole.IsUint64():
		return whole.Uint64(), nil
	}
	return nil, fmt.Errorf("%s is no integer of 64 bits", text)
}

func bytesOrLink(inside any) (any, error) {
	switch inside := inside.(type) {
	case string:
		return lineseal.ParseLink(inside)
	case map[string]any:
		text, _ := inside["bytes"].(string)
		return base64.RawStdEncoding.DecodeString(text)
	}
	return nil, fmt.Errorf("neither bytes nor a link")
}
