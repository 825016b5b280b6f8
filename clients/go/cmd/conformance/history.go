package main

// The history of tests/interop/history.json, recorded through the client's own types.

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lineseal/lineseal/clients/go"
)

type event struct {
	Name      string
	Type      string
	Time      *int64
	Actor     string
	Parents   []struct{ Event, Hash, Role string }
	NoParents bool `json:"no_parents"`
	Fields    map[string]any
}

func record(ctx context.Context, client *lineseal.Client, _ []string) (any, bool, error) {
	history, err := readHistory(os.Getenv("LINESEAL_HISTORY"))
	if err != nil {
		return nil, false, err
	}
	answer := map[string]string{}
	for _, event := range history.Events {
		hash, err := recordOne(ctx, client, event, answer)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", event.Name, err)
		}
		answer[event.Name] = hash
	}
	for _, event := range history.Refused {
		hash, err := recordOne(ctx, client, event, answer)
		var refusal *lineseal.Error
		if errors.As(err, &refusal) {
			hash = string(refusal.Code)
		}
		answer[event.Name] = hash
	}
	return answer, true, nil
}

type history struct{ Events, Refused []event }

func readHistory(path string) (found history, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return found, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return found, decoder.Decode(&found)
}

func recordOne(
	ctx context.Context, client *lineseal.Client, event event, hashes map[string]string,
) (string, error) {
	fields := map[string]any{}
	for name, tagged := range event.Fields {
		value, err := untagged(tagged)
		if err != nil {
			return "", err
		}
		fields[name] = value
	}
	draft := lineseal.Draft{
		Record: recordOf(event.Type, fields), Actor: event.Actor, NoParents: event.NoParents,
	}
	if event.Time != nil {
		draft.Time = time.UnixMicro(*event.Time)
	}
	for _, parent := range event.Parents {
		hash, err := lineseal.ParseHash(parent.Hash + hashes[parent.Event])
		if err != nil {
			return "", err
		}
		draft.Parents = append(draft.Parents, lineseal.Parent{Hash: hash, Role: parent.Role})
	}
	receipt, err := client.Record(ctx, draft)
	return receipt.Hash.String(), err
}

// untagged is the value that a tagged one stands for.
func untagged(tagged any) (any, error) {
	switch tagged := tagged.(type) {
	case string:
		return strings.ReplaceAll(tagged, "<lang>", "go"), nil
	case json.Number:
		if number, err := strconv.ParseInt(tagged.String(), 10, 64); err == nil {
			return number, nil
		}
		return strconv.ParseUint(tagged.String(), 10, 64)
	case []any:
		list := make([]any, len(tagged))
		for i, item := range tagged {
			value, err := untagged(item)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case map[string]any:
		for tag, inside := range tagged {
			return ofTag(tag, inside)
		}
	}
	return tagged, nil
}

func ofTag(tag string, inside any) (any, error) {
	switch tag {
	case "map":
		entries := map[string]any{}
		for key, item := range inside.(map[string]any) {
			value, err := untagged(item)
			if err != nil {
				return nil, err
			}
			entries[key] = value
		}
		return entries, nil
	case "float":
		bits, err := strconv.ParseUint(inside.(string), 16, 64)
		return math.Float64frombits(bits), err
	case "bytes":
		return hex.DecodeString(inside.(string))
	case "link":
		return lineseal.ParseLink(inside.(string))
	case "tensor":
		return tensor(inside.(map[string]any))
	}
	return nil, fmt.Errorf("the tag %q is not known", tag)
}

func tensor(given map[string]any) (any, error) {
	data, err := hex.DecodeString(given["data"].(string))
	made := lineseal.Tensor{DType: given["dtype"].(string), Data: data, Shape: []int64{}}
	for _, length := range given["shape"].([]any) {
		number, _ := length.(json.Number).Int64()
		made.Shape = append(made.Shape, number)
	}
	return made, err
}
