package main

// Fields by name as the client's records.

import (
	"fmt"
	"time"

	"github.com/lineseal/lineseal/clients/go"
)

// given are the fields of a record; each is taken once. Null is absent, but for fields of kind any.
type given map[string]any

func take[T any](fields given, name string) (found T) {
	value := fields[name]
	delete(fields, name)
	if value == nil {
		return found
	}
	found, ok := value.(T)
	if !ok {
		panic(fmt.Sprintf("the history has a %T as %s", value, name))
	}
	return found
}

func optional[T any](fields given, name string) *T {
	if fields[name] == nil {
		delete(fields, name)
		return nil
	}
	return lineseal.Ptr(take[T](fields, name))
}

func moment(fields given, name string) time.Time {
	if micros := optional[int64](fields, name); micros != nil {
		return time.UnixMicro(*micros)
	}
	return time.Time{}
}

func free(fields given, name string) any {
	value, there := fields[name]
	delete(fields, name)
	if there && value == nil {
		return lineseal.Null
	}
	return value
}

func metrics(fields given) map[string]float64 {
	found := map[string]float64{}
	for name, value := range take[map[string]any](fields, "metrics") {
		found[name] = value.(float64)
	}
	return found
}

func ids(fields given) (found []string) {
	for _, id := range take[[]any](fields, "ids") {
		found = append(found, id.(string))
	}
	return found
}

func code(fields given) lineseal.SourceCode {
	inside := given(take[map[string]any](fields, "code"))
	return lineseal.SourceCode{
		URI: take[string](inside, "uri"), Revision: take[string](inside, "revision"),
		Dirty: optional[bool](inside, "dirty"),
	}
}

// recordOf makes the record of a type; a field that it does not have is a fault of this program.
func recordOf(kind string, fields given) lineseal.Record {
	text := func(name string) string { return take[string](fields, name) }
	number := func(name string) *int64 { return optional[int64](fields, name) }
	entries := func(name string) lineseal.Map { return take[map[string]any](fields, name) }
	made := typed(kind, fields, text, number, entries)
	if _, custom := made.(lineseal.Custom); !custom && len(fields) > 0 {
		panic(fmt.Sprintf("the history has unknown fields of %s: %v", kind, fields))
	}
	return made
}

func typed(
	kind string, fields given, text func(string) string, number func(string) *int64,
	entries func(string) lineseal.Map,
) lineseal.Record {
	switch kind {
	case "dataset":
		return lineseal.Dataset{
			Name: text("name"), Version: text("version"), Checksum: text("checksum"),
			ChecksumMethod: text("checksum_method"), NumRows: number("num_rows"),
			NumBytes: number("num_bytes"), URI: text("uri"), Split: text("split"), License: text("license"),
			Schema: entries("schema"), Properties: entries("properties"), IDs: ids(fields),
		}
	case "hyperparameters":
		return lineseal.Hyperparameters{Values: entries("values"), Properties: entries("properties"), IDs: ids(fields)}
	case "training":
		return lineseal.Training{
			RunID: text("run_id"), ModelName: text("model_name"), ModelVersion: text("model_version"),
			Status: text("status"), Hyperparameters: entries("hyperparameters"),
			StartedAt: moment(fields, "started_at"), FinishedAt: moment(fields, "finished_at"),
			Seed: number("seed"), Code: code(fields), Image: text("image"), Metrics: metrics(fields),
			Properties: entries("properties"), IDs: ids(fields),
		}
	case "model":
		return lineseal.Model{
			Name: text("name"), Version: text("version"), Checksum: text("checksum"),
			ChecksumMethod: text("checksum_method"), NumBytes: number("num_bytes"), Format: text("format"), URI: text("uri"), License: text("license"), IDs: ids(fields),
			Properties: entries("properties"),
		}
	case "evaluation":
		return lineseal.Evaluation{
			Metrics: metrics(fields), Dataset: text("dataset"), Split: text("split"), Slice: text("slice"),
			NumRows: number("num_rows"), Passed: optional[bool](fields, "passed"),
			Properties: entries("properties"), IDs: ids(fields),
		}
	case "deployment":
		return lineseal.Deployment{
			Name: text("name"), Stage: text("stage"), Endpoint: text("endpoint"), Image: text("image"),
			Status: text("status"), Properties: entries("properties"), IDs: ids(fields),
		}
	case "prediction":
		return lineseal.Prediction{
			PredictionID: text("prediction_id"), Inputs: free(fields, "inputs"),
			Output: free(fields, "output"), Status: text("status"), Error: text("error"),
			LatencyUS: number("latency_us"), Stream: text("stream"), Seq: number("seq"),
			Properties: entries("properties"), IDs: ids(fields),
		}
	case "feedback":
		return lineseal.Feedback{
			Value: free(fields, "value"), Kind: text("kind"), Source: text("source"),
			Properties: entries("properties"), IDs: ids(fields),
		}
	case "approval":
		return lineseal.Approval{
			Decision: text("decision"), Meaning: text("meaning"), SignerName: text("signer_name"),
			Reason: text("reason"), Properties: entries("properties"), IDs: ids(fields),
		}
	case "lineseal/gap":
		return lineseal.Gap{
			Stream: text("stream"), FirstSeq: take[int64](fields, "first_seq"),
			LastSeq: take[int64](fields, "last_seq"), Count: take[int64](fields, "count"),
			Reason: text("reason"), IDs: ids(fields),
		}
	}
	return lineseal.Custom{Type: kind, Payload: lineseal.Map(fields)}
}
