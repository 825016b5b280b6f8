// Package lineseal records the life of a model in a lineseal ledger over gRPC: datasets, trainings,
// models, predictions. Every event is named by the SHA-256 of its bytes and names what it was made
// from, so a changed past shows.
//
// A [Client] hands in typed drafts ([Draft]) and believes nothing: it works out each event's block
// and hash itself and holds the server's receipts against them, and [Client.Trace] and
// [Client.Verify] rehash every block that they get. A [Logger] records predictions in batches
// behind the caller's back.
//
// Errors are of type [*Error], with the code of the server's table; use errors.As, or errors.Is
// with one of the codes. All calls take a context; one without a deadline gets the client's
// timeout.
package lineseal
