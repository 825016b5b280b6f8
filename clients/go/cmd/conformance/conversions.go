package main

// Conversions of the vectors, for the values that Go has.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/lineseal/lineseal/clients/go"
)

type conversion struct {
	Name          string
	Accept        bool
	Input, Output any
	Path, Field   string
}

var errNotGo = errors.New("Go has no such value")

func runConversion(raw json.RawMessage) (name, outcome string) {
	var c conversion
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&c); err != nil {
		return string(raw[:min(80, len(raw))]), err.Error()
	}
	input, err := host(c.Input)
	if err != nil || c.Field != "" {
		return c.Name, leftOut
	}
	block, err := blockWith(input)
	if !c.Accept {
		var refusal *lineseal.Error
		if !errors.As(err, &refusal) || !strings.HasPrefix(refusal.Path, "payload.x"+c.Path) {
			return c.Name, fmt.Sprintf("not refused at %s: %v", c.Path, err)
		}
		return c.Name, ""
	}
	if err != nil {
		return c.Name, err.Error()
	}
	output, err := untagged(c.Output)
	if err != nil {
		return c.Name, err.Error()
	}
	due, err := blockWith(output)
	if err != nil || !bytes.Equal(block, due) {
		return c.Name, fmt.Sprintf("another block: %x (%v)", block, err)
	}
	return c.Name, ""
}

func blockWith(value any) ([]byte, error) {
	return lineseal.NewBlock(lineseal.Draft{
		Record: lineseal.Custom{Type: "a/b", Payload: lineseal.Map{"x": value}}, Time: time.UnixMicro(1),
	})
}

// host is the value of Go that an input stands for.
func host(given any) (any, error) {
	switch given := given.(type) {
	case json.Number:
		if number, err := numberOf(given.String()); err == nil {
			return number, nil
		}
		wide, _ := new(big.Int).SetString(given.String(), 10)
		return wide, nil
	case []any:
		return hostList(given)
	case map[string]any:
		for tag, inside := range given {
			return hostOf(tag, inside)
		}
	}
	return given, nil
}

func hostList(given []any) (any, error) {
	list := make([]any, len(given))
	for i, item := range given {
		value, err := host(item)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

func hostOf(tag string, inside any) (any, error) {
	switch tag {
	case "map":
		entries := map[string]any{}
		for key, item := range inside.(map[string]any) {
			value, err := host(item)
			if err != nil {
				return nil, err
			}
			entries[key] = value
		}
		return entries, nil
	case "tuple":
		return hostList(inside.([]any))
	case "float", "bytes":
		return ofTag(tag, inside)
	case "bytearray", "memoryview":
		return ofTag("bytes", inside)
	case "datetime", "pandas_timestamp":
		if moment, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00:00", inside.(string)); err == nil {
			return moment, nil
		}
		moment, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00", inside.(string))
		if err != nil {
			return nil, errNotGo // a time without an offset
		}
		return moment, nil
	case "timedelta":
		return time.Microsecond, nil
	case "complex":
		return 1i, nil
	case "function":
		return func() {}, nil
	case "object":
		return struct{}{}, nil
	case "generator":
		return make(chan int), nil
	case "decimal":
		return big.NewFloat(1.5), nil
	case "surrogate":
		return "\xed\xa0\x80", nil
	case "pairs":
		return map[any]any{1: 0}, nil
	}
	return nil, errNotGo
}
