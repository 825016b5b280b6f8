package lineseal

// Records as messages, which share nothing that their user may change later.

import (
	"maps"
	"slices"
	"time"

	pb "github.com/lineseal/lineseal/clients/go/lineseal/v1"
)

// filling is a draft on its way to a message; the first value that has no form there is kept.
type filling struct {
	draft *pb.EventDraft
	err   *Error
}

// any is a field of kind any: nil is absent.
func (f *filling) any(field string, value any) *pb.Value {
	if value == nil {
		return nil
	}
	return f.value("payload."+field, value)
}

// plain is a map of values.
func (f *filling) plain(field string, values Map) map[string]*pb.Value {
	if values == nil {
		return nil
	}
	found := make(map[string]*pb.Value, len(values))
	for key, value := range values {
		found[key] = f.value(at("payload."+field, key), value)
	}
	return found
}

func (f *filling) value(path string, value any) *pb.Value {
	made, err := newValue(path, value, 0)
	if err != nil && f.err == nil {
		f.err = err
	}
	return made
}

// micros is a moment in microseconds, of which the zero time has none.
func micros(moment time.Time) *int64 {
	if moment.IsZero() {
		return nil
	}
	return Ptr(moment.UnixMicro())
}

func (r Dataset) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Dataset{Dataset: &pb.DatasetRecord{
		Name: r.Name, Version: r.Version, Checksum: r.Checksum, ChecksumMethod: r.ChecksumMethod,
		NumRows: r.NumRows, NumBytes: r.NumBytes, Uri: r.URI, Split: r.Split, License: r.License,
		Schema: f.plain("schema", r.Schema), Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Hyperparameters) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Hyperparameters{Hyperparameters: &pb.HyperparametersRecord{
		Values: f.plain("values", r.Values), Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Training) fill(f *filling) {
	var code *pb.SourceCode
	if r.Code != (SourceCode{}) {
		code = &pb.SourceCode{Uri: r.Code.URI, Revision: r.Code.Revision, Dirty: r.Code.Dirty}
	}
	f.draft.Record = &pb.EventDraft_Training{Training: &pb.TrainingRecord{
		RunId: r.RunID, ModelName: r.ModelName, ModelVersion: r.ModelVersion, Status: r.Status,
		Hyperparameters: f.plain("hyperparameters", r.Hyperparameters),
		StartedAt:       micros(r.StartedAt), FinishedAt: micros(r.FinishedAt), Seed: r.Seed, Code: code,
		Image: r.Image, Metrics: maps.Clone(r.Metrics), Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Model) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Model{Model: &pb.ModelRecord{
		Name: r.Name, Version: r.Version, Checksum: r.Checksum, ChecksumMethod: r.ChecksumMethod,
		NumBytes: r.NumBytes, Format: r.Format, Uri: r.URI, License: r.License,
		Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Evaluation) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Evaluation{Evaluation: &pb.EvaluationRecord{
		Metrics: maps.Clone(r.Metrics), Dataset: r.Dataset, Split: r.Split, Slice: r.Slice, NumRows: r.NumRows,
		Passed: r.Passed, Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Deployment) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Deployment{Deployment: &pb.DeploymentRecord{
		Name: r.Name, Stage: r.Stage, Endpoint: r.Endpoint, Image: r.Image, Status: r.Status,
		Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Prediction) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Prediction{Prediction: &pb.PredictionRecord{
		PredictionId: r.PredictionID, Inputs: f.any("inputs", r.Inputs), Output: f.any("output", r.Output),
		Status: r.Status, Error: r.Error, LatencyUs: r.LatencyUS, Stream: r.Stream, Seq: r.Seq,
		Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Feedback) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Feedback{Feedback: &pb.FeedbackRecord{
		Value: f.any("value", r.Value), Kind: r.Kind, Source: r.Source,
		Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Approval) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Approval{Approval: &pb.ApprovalRecord{
		Decision: r.Decision, Meaning: r.Meaning, SignerName: r.SignerName, Reason: r.Reason,
		Properties: f.plain("properties", r.Properties), Ids: slices.Clone(r.IDs),
	}}
}

func (r Gap) fill(f *filling) {
	f.draft.Record = &pb.EventDraft_Gap{Gap: &pb.GapRecord{
		Stream: r.Stream, FirstSeq: &r.FirstSeq, LastSeq: &r.LastSeq, Count: &r.Count, Reason: r.Reason,
		Ids: slices.Clone(r.IDs),
	}}
}

func (r Custom) fill(f *filling) {
	payload := make(map[string]*pb.Value, len(r.Payload))
	for key, value := range r.Payload {
		payload[key] = f.value(at("payload", key), value)
	}
	f.draft.Record = &pb.EventDraft_Custom{Custom: &pb.CustomRecord{Type: r.Type, Payload: payload}}
}
