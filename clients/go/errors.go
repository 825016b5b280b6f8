package lineseal

// What goes wrong, by the codes of docs/spec/errors.md.

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Code says what kind of error it is. A code is itself an error, so that
// errors.Is(err, lineseal.EventNotFound) asks for it.
type Code string

// The codes that a program may want to tell apart. A server may send others.
const (
	InvalidRecord      Code = "INVALID_RECORD"
	Encoding           Code = "ENCODING"
	InvalidArgument    Code = "INVALID_ARGUMENT"
	ParentNotFound     Code = "PARENT_NOT_FOUND"
	EventNotFound      Code = "EVENT_NOT_FOUND"
	AmbiguousHash      Code = "AMBIGUOUS_HASH"
	LedgerNotFound     Code = "LEDGER_NOT_FOUND"
	Unsupported        Code = "UNSUPPORTED"
	LedgerLocked       Code = "LEDGER_LOCKED"
	CorruptLedger      Code = "CORRUPT_LEDGER"
	OutcomeUnknown     Code = "OUTCOME_UNKNOWN"
	ReadOnly           Code = "READ_ONLY"
	Closed             Code = "CLOSED"
	StorageFull        Code = "STORAGE_FULL"
	Storage            Code = "STORAGE"
	Timeout            Code = "TIMEOUT"
	Cancelled          Code = "CANCELLED"
	ServiceUnavailable Code = "SERVICE_UNAVAILABLE"
	Overloaded         Code = "OVERLOADED"
	Internal           Code = "INTERNAL"
)

// Error is the code as text.
func (c Code) Error() string { return string(c) }

// again are the codes after which sending the same bytes may help.
var again = map[Code]bool{
	LedgerLocked: true, OutcomeUnknown: true, StorageFull: true, Storage: true,
	ServiceUnavailable: true, Overloaded: true,
}

// Error is a refusal, by the server or by the client.
type Error struct {
	Code    Code
	Message string
	// Field of the record at fault, such as num_rows; empty where none is.
	Field string
	// Path of the place inside the event, such as payload.inputs.pixels[3].
	Path string
	// Hash of the event, 64 hex digits.
	Hash string
	// Position in the batch, from 0; nil where it has none.
	Position *int
	// Remedy says what to do, without a full stop.
	Remedy string

	ours  bool          // said by a lineseal server, whatever its code
	delay time.Duration // that the server asks for before the next attempt
	cause error
}

// Error is one line for people.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", e.Code, e.Message)
	if e.Position != nil {
		fmt.Fprintf(&text, " (position %d)", *e.Position)
	}
	if e.Path != "" && !strings.Contains(e.Message, e.Path) {
		fmt.Fprintf(&text, " (at %s)", e.Path)
	}
	if e.Remedy != "" {
		fmt.Fprintf(&text, ". %s", e.Remedy)
	}
	return text.String()
}

// Is compares codes.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap gives the gRPC error or the context's, where there was one.
func (e *Error) Unwrap() error { return e.cause }

// Retry says whether sending the same again may help. Codes to come are told by gRPC's own.
func (e *Error) Retry() bool { return again[e.Code] || e.status() == codes.Unavailable }

// ofContent says whether it is about what was sent; all else may pass. Of what others than our
// server say, only that a message is too long.
func (e *Error) ofContent() bool {
	switch e.Code {
	case InvalidRecord, Encoding, InvalidArgument, ParentNotFound:
		return true
	}
	return e.ours && e.status() == codes.InvalidArgument
}

// status is the status of the call, OK where there was none.
func (e *Error) status() codes.Code {
	if e.cause == nil {
		return codes.OK
	}
	return status.Code(e.cause)
}

func fault(code Code, path, remedy, message string, arguments ...any) *Error {
	return &Error{Code: code, Path: path, Remedy: remedy, Message: fmt.Sprintf(message, arguments...)}
}

// lie is the refusal of an answer.
func (c *Client) lie(hash Hash, message string, arguments ...any) *Error {
	made := fault(CorruptLedger, "",
		"Do not trust this answer; keep your receipts, and ask the server's operator",
		"the server at "+c.address+" "+message, arguments...)
	made.Hash = hash.String()
	return made
}

// The longest pause that a server may ask for: it must not end a logger with a word.
const longestDelay = 30 * time.Second

// rebuilt makes an Error of what a call gave.
func rebuilt(err error, address string) *Error {
	said := status.Convert(err)
	made := &Error{Message: said.Message(), cause: err}
	var info *errdetails.ErrorInfo
	for _, detail := range said.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			info = detail
		case *errdetails.RetryInfo:
			made.delay = min(detail.GetRetryDelay().AsDuration(), longestDelay)
		}
	}
	if info.GetDomain() != "lineseal" {
		found := foreign(said, err, address)
		found.delay = made.delay
		return found
	}
	made.ours = true
	made.Code = Code(info.Reason)
	made.Field, made.Path = info.Metadata["field"], info.Metadata["path"]
	made.Hash, made.Remedy = info.Metadata["hash"], info.Metadata["remedy"]
	if position, err := strconv.Atoi(info.Metadata["position"]); err == nil && position >= 0 {
		made.Position = &position
	}
	return made
}

// tooLong is how implementations of gRPC say that a message passes a limit; some say OUT_OF_RANGE.
// A rate that exceeds its maximum is none.
var tooLong = regexp.MustCompile(`(?i)message .*(larger than|exceeds (the )?max|too large)`)

// tooLongForHTTP is what gRPC makes of a proxy's 413.
var tooLongForHTTP = regexp.MustCompile(`HTTP status code .*\b413\b`)

// foreign makes an Error of one that gRPC itself made, or another service at this address.
func foreign(said *status.Status, err error, address string) *Error {
	made := func(code Code, remedy, message string) *Error {
		found := fault(code, "", remedy, "%s: %s", message, said.Message())
		found.cause = err
		return found
	}
	switch said.Code() {
	case codes.Unavailable:
		return made(ServiceUnavailable,
			"Is `lineseal serve` running there? Check the address, or give a longer timeout",
			"nobody answers at "+address+", or the connection broke")
	case codes.DeadlineExceeded:
		return made(Timeout, "Give a longer timeout", address+" did not answer in time")
	case codes.Canceled:
		return made(ServiceUnavailable,
			"It stops, or took the call for one that nobody reads: try again",
			"the service at "+address+" dropped the call")
	case codes.Unknown:
		if tooLongForHTTP.MatchString(said.Message()) {
			return made(InvalidArgument, "Send less at a time", "a proxy before "+address+" refused the message")
		}
	case codes.ResourceExhausted, codes.OutOfRange:
		if tooLong.MatchString(said.Message()) {
			return made(InvalidArgument, "Send less at a time", address+" refused the message")
		}
		if said.Code() == codes.ResourceExhausted {
			return made(Overloaded, "Send less often, or ask for more",
				address+", or a proxy before it, has too much to do")
		}
	case codes.Unimplemented:
		return made(Unsupported, "Is it a lineseal server, and not older than this client?",
			"the service at "+address+" does not know this call")
	}
	return made(Internal, "Is it a lineseal server?", address+" answered "+said.Code().String())
}
