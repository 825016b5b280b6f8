package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/lineseal/lineseal/clients/go"
)

// logSome logs N predictions of PARENT.
func logSome(ctx context.Context, client *lineseal.Client, arguments []string) (any, bool, error) {
	parent, err := lineseal.ParseHash(arguments[0])
	if err != nil {
		return nil, false, err
	}
	count, err := strconv.Atoi(arguments[1])
	if err != nil {
		return nil, false, err
	}
	logger := client.Logger(lineseal.LoggerOptions{Parents: []lineseal.Parent{{Hash: parent}}})
	var hashes [2]string
	for n := range count {
		hash, err := logger.Log(ctx, lineseal.Prediction{PredictionID: fmt.Sprintf("go-%d", n), Output: n})
		if err != nil {
			return nil, false, err
		}
		if n == 0 {
			hashes[0] = hash.String()
		}
		hashes[1] = hash.String()
	}
	if err := logger.Close(ctx); err != nil {
		return nil, false, err
	}
	return map[string]any{"logged": logger.Stats().Recorded, "hashes": hashes}, true, nil
}
