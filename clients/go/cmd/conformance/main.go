// Conformance is the program of tests/interop/README.md: it runs the vectors of the event format,
// records a history, and checks what clients in other languages recorded.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lineseal/lineseal/clients/go"
)

const usage = `usage: conformance vectors DIR
       conformance record TARGET LEDGER
       conformance check TARGET LEDGER < HASHES
       conformance log TARGET LEDGER PARENT N`

// A verb is given a client of TARGET LEDGER and what stands behind them. It gives its answer, and
// whether all is well.
type verb func(context.Context, *lineseal.Client, []string) (answer any, good bool, err error)

var verbs = map[string]struct {
	run       verb
	arguments int // that it is called with, its name included
}{"record": {record, 3}, "check": {check, 3}, "log": {logSome, 5}}

func main() {
	arguments := os.Args[1:]
	if len(arguments) == 2 && arguments[0] == "vectors" {
		os.Exit(vectors(arguments[1]))
	}
	if len(arguments) == 0 || len(arguments) != verbs[arguments[0]].arguments {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	answer, good, err := withClient(ctx, arguments)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", coded(err))
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil || !good {
		os.Exit(1)
	}
}

func withClient(ctx context.Context, arguments []string) (answer any, good bool, err error) {
	client, err := lineseal.Connect(ctx, arguments[1], &lineseal.Options{Ledger: arguments[2]})
	if err != nil {
		return nil, false, err
	}
	defer client.Close()
	return verbs[arguments[0]].run(ctx, client, arguments[3:])
}

// coded is an error with its code in front.
func coded(err error) string {
	var refusal *lineseal.Error
	if errors.As(err, &refusal) {
		return refusal.Error()
	}
	return "INTERNAL: " + err.Error()
}

type checked struct {
	OK        bool     `json:"ok"`
	Checked   int      `json:"checked,omitempty"`
	Ancestors []string `json:"ancestors,omitempty"`
	Error     string   `json:"error,omitempty"`
}

// check traces and verifies each hash that it is given.
func check(ctx context.Context, client *lineseal.Client, _ []string) (any, bool, error) {
	var hashes map[string]string
	if err := json.NewDecoder(os.Stdin).Decode(&hashes); err != nil {
		return nil, false, err
	}
	answer, good := map[string]checked{}, true
	for name, text := range hashes {
		answer[name] = checkOne(ctx, client, text)
		good = good && answer[name].OK
	}
	return answer, good, nil
}

func checkOne(ctx context.Context, client *lineseal.Client, text string) checked {
	hash, err := lineseal.ParseHash(text)
	if err != nil {
		return checked{Error: coded(err)}
	}
	report, err := client.Verify(ctx, hash)
	if err != nil {
		return checked{Error: coded(err)}
	}
	found := checked{OK: report.Undetermined == 0, Checked: report.Checked()}
	for _, event := range report.Events {
		found.Ancestors = append(found.Ancestors, event.Hash.String())
	}
	return found
}
