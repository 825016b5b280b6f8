package lineseal

// Against `lineseal serve`: LINESEAL_COMMAND names the command, else it is looked for on PATH.

import (
	"bufio"
	"errors"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

type process struct {
	command *exec.Cmd
	address string
}

// start runs a server over a directory, at an address or, where that is empty, at one of its own.
func start(t *testing.T, data, address string) *process {
	t.Helper()
	name := os.Getenv("LINESEAL_COMMAND")
	if name == "" {
		name = "lineseal"
	}
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("NOT RUN: ", err)
		}
		t.Skip("NOT RUN: ", err, "; LINESEAL_COMMAND names the command lineseal")
	}
	if address == "" {
		address = "127.0.0.1:0"
	}
	command := exec.Command(name, "serve", "--data", data, "--listen", address)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	found := &process{command: command}
	t.Cleanup(found.kill)
	lines := bufio.NewScanner(output)
	if !lines.Scan() {
		t.Fatal("the server said nothing")
	}
	found.address = lines.Text()
	return found
}

// kill ends it as a power cut would, and waits until it is gone.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

func connected(t *testing.T, address string) *Client {
	t.Helper()
	options := &Options{ConnectTimeout: 20 * time.Second}
	client, err := Connect(t.Context(), "grpc://"+address+"/live", options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestALifeIsRecordedTracedAndVerified(t *testing.T) {
	client := connected(t, start(t, t.TempDir(), "").address)
	data := mustRecord(t, client, Dataset{Name: "digits", NumRows: Ptr[int64](1<<53 + 1)})
	receipts, err := client.RecordBatch(t.Context(), []Draft{
		{Record: Training{RunID: "r", ModelName: "m", Metrics: map[string]float64{"loss": math.NaN()}},
			Parents: []Parent{{Hash: data, Role: "train"}}},
		{Record: Model{Name: "m"}, Parents: []Parent{{Batch: Ptr(0)}}},
		{Record: Feedback{Value: Null}, Parents: []Parent{{Batch: Ptr(1)}}},
		{Record: Custom{Type: "a/b", Payload: Map{"ids": []string{"b:1", "a:1"}, "x": uint64(math.MaxUint64)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := client.Verify(t.Context(), receipts[2].Hash)
	if err != nil || report.Checked() != 4 {
		t.Error(report, err)
	}
	event, err := client.Get(t.Context(), receipts[3].Hash)
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.RecordBlocks(t.Context(), [][]byte{event.Block})
	if err != nil || again[0].Created || again[0].Index != event.Index {
		t.Error(again, err)
	}
}

func TestEventsAreFoundByTheirNames(t *testing.T) {
	client := connected(t, start(t, t.TempDir(), "").address)
	data := mustRecord(t, client, Dataset{Name: "digits", Version: "1", IDs: []string{"dvc:d"}})
	other := mustRecord(t, client, Dataset{Name: "digits", Version: "2"})
	model := mustRecord(t, client, Model{Name: "m@1"}, data)
	run := mustRecord(t, client, Training{RunID: "r", ModelName: "m"}, data)
	api := mustRecord(t, client, Deployment{Name: "api"}, model)
	shown := mustRecord(t, client, Prediction{PredictionID: "p", Stream: "s", Seq: Ptr[int64](0)}, api)
	for key, want := range map[Key]Hash{
		{Dataset: "digits@1"}: data, {ID: "dvc:d"}: data, {Model: "m@1"}: model, {RunID: "r"}: run,
		{Deployment: "api"}: api, {PredictionID: "p"}: shown, {Stream: "s"}: shown,
	} {
		if event, err := client.FindOne(t.Context(), key); err != nil || event.Hash != want {
			t.Error(key, event, err)
		}
	}
	_, err := client.FindOne(t.Context(), Key{Dataset: "digits"})
	if !errors.Is(err, InvalidArgument) || !strings.Contains(err.Error(), other.String()+", "+data.String()) {
		t.Error(err)
	}
	if _, err := client.FindOne(t.Context(), Key{Model: "none"}); !errors.Is(err, EventNotFound) {
		t.Error(err)
	}
	for _, bad := range []Key{{}, {Model: "a", Dataset: "b"}} {
		if _, err := client.Find(t.Context(), bad); !errors.Is(err, InvalidArgument) {
			t.Error(bad, err)
		}
	}
}

func TestTheServersRefusalsKeepTheirPlace(t *testing.T) {
	client := connected(t, start(t, t.TempDir(), "").address)
	bad := Custom{Type: "a/b", Payload: Map{"x": Map{"two words": []any{1, Map{"lineseal:x": 1}}}}}
	_, err := client.RecordBatch(t.Context(), []Draft{{Record: Dataset{Name: "a"}}, {Record: bad}})
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Code != InvalidRecord || *refusal.Position != 1 {
		t.Fatal(err)
	}
	if refusal.Path != `payload.x["two words"][1]` {
		t.Error(refusal.Path)
	}
	if _, err := client.Get(t.Context(), HashOf(nil)); !errors.Is(err, EventNotFound) {
		t.Error(err)
	}
	_, err = Connect(t.Context(), client.address, &Options{Ledger: "nowhere", Open: true})
	if !errors.Is(err, LedgerNotFound) {
		t.Error(err)
	}
}

func TestAServerThatIsKilledLosesNothingOfALogger(t *testing.T) {
	data := t.TempDir()
	server := start(t, data, "")
	client := connected(t, server.address)
	parent := mustRecord(t, client, Model{Name: "m"})
	logger := client.Logger(LoggerOptions{
		Parents: []Parent{{Hash: parent}}, Batch: 50, Age: 5 * time.Millisecond, Attempt: time.Second,
	})
	hashes := []Hash{}
	for range 3 {
		hashes = append(hashes, log(t, logger, 400)...)
		server.kill()
		hashes = append(hashes, log(t, logger, 400)...)
		server = start(t, data, server.address)
	}
	stats := closed(t, logger)
	if stats.Recorded != 2400 || stats.Resent == 0 {
		t.Errorf("%+v", stats)
	}
	report, err := client.Verify(t.Context(), hashes...)
	if err != nil || report.Checked() != 2401 {
		t.Fatal(report.Checked(), err)
	}
	// A trace goes from the newest to the oldest: they were recorded in the order of the calls.
	for i, event := range report.Events[:2400] {
		if event.Hash != hashes[2399-i] {
			t.Fatal("out of order at", i)
		}
	}
}
