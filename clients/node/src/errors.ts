// The errors of the client: one class a code of docs/spec/errors.md. May use nothing.

/** Where a fault is, and what to do about it. */
export interface Where {
  /** The field of the record at fault, such as `num_rows`. */
  field?: string | undefined;
  /** The place inside an event, such as `payload.inputs.pixels[3]`. */
  path?: string | undefined;
  /** The event, 64 hex digits. */
  hash?: string | undefined;
  /** The place in the batch, from 0. */
  position?: number | undefined;
  /** What to do, one sentence. */
  remedy?: string | undefined;
  /** The status of gRPC, such as `NOT_FOUND`, with which a service of ours refused. */
  status?: string | undefined;
  cause?: unknown;
}

/** Every error of this package; `code` is the reason in capitals, such as `INVALID_RECORD`. */
export class LinesealError extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly path: string | undefined;
  readonly hash: string | undefined;
  readonly position: number | undefined;
  readonly remedy: string | undefined;
  readonly status: string | undefined;

  constructor(code: string, message: string, where: Where = {}) {
    super(message, where.cause === undefined ? undefined : { cause: where.cause });
    this.name = new.target.name;
    this.code = code;
    this.field = where.field;
    this.path = where.path;
    this.hash = where.hash;
    this.position = where.position;
    this.remedy = where.remedy;
    this.status = where.status;
  }

  /** Whether sending the same bytes again may help. */
  get retryable(): boolean {
    // A reason to come is treated by its status.
    const known = Object.hasOwn(KINDS, this.code);
    return known
      ? AGAIN.has(this.code)
      : this.status === "UNAVAILABLE" || this.status === "RESOURCE_EXHAUSTED";
  }
}

/** Reasons after which the same bytes may be sent again. */
const AGAIN = new Set([
  "LEDGER_LOCKED",
  "OUTCOME_UNKNOWN",
  "STORAGE_FULL",
  "STORAGE",
  "SERVICE_UNAVAILABLE",
  "OVERLOADED",
]);

type Kind = new (message: string, where?: Where) => LinesealError;

function kind(code: string) {
  return class extends LinesealError {
    constructor(message: string, where: Where = {}) {
      super(code, message, where);
    }
  };
}

/** A record, draft or block breaks a rule of the event format. */
export class InvalidRecordError extends kind("INVALID_RECORD") {}
/** Bytes are not canonical DAG-CBOR, or a value has no encoding. */
export class EncodingError extends kind("ENCODING") {}
/** An argument of a call is unusable. */
export class InvalidArgumentError extends kind("INVALID_ARGUMENT") {}
/** An event names a parent that the ledger does not hold. */
export class ParentNotFoundError extends kind("PARENT_NOT_FOUND") {}
/** The ledger holds no such event. */
export class EventNotFoundError extends kind("EVENT_NOT_FOUND") {}
/** A shortened hash fits several events. */
export class AmbiguousHashError extends kind("AMBIGUOUS_HASH") {}
/** There is no ledger of this name. */
export class LedgerNotFoundError extends kind("LEDGER_NOT_FOUND") {}
/** The ledger, event or call has a form that one side does not know. */
export class UnsupportedFormatError extends kind("UNSUPPORTED") {}
/** Another process is writing to the ledger. */
export class LedgerLockedError extends kind("LEDGER_LOCKED") {}
/** Bytes are not what was written, or a server's answer does not hold. */
export class CorruptLedgerError extends kind("CORRUPT_LEDGER") {}
/** The batch may or may not be recorded: send the same bytes again. */
export class OutcomeUnknownError extends kind("OUTCOME_UNKNOWN") {}
/** The ledger can only be read. */
export class ReadOnlyError extends kind("READ_ONLY") {}
/** The client or logger is closed. */
export class ClosedError extends kind("CLOSED") {}
/** There is no room left on the server's disk. */
export class StorageFullError extends kind("STORAGE_FULL") {}
/** The server's system refused to read or write. */
export class StorageError extends kind("STORAGE") {}
/** The deadline passed first. */
export class TimeoutError extends kind("TIMEOUT") {}
/** The caller gave up. */
export class CancelledError extends kind("CANCELLED") {}
/** Nobody answers at the service's address. */
export class ServiceUnavailableError extends kind("SERVICE_UNAVAILABLE") {}
/** The service, or the logger's buffer, has too much to do at the moment. */
export class OverloadedError extends kind("OVERLOADED") {}
/** A fault in lineseal itself; please report it. */
export class InternalError extends kind("INTERNAL") {}

const KINDS: Record<string, Kind> = {
  INVALID_RECORD: InvalidRecordError,
  ENCODING: EncodingError,
  INVALID_ARGUMENT: InvalidArgumentError,
  PARENT_NOT_FOUND: ParentNotFoundError,
  EVENT_NOT_FOUND: EventNotFoundError,
  AMBIGUOUS_HASH: AmbiguousHashError,
  LEDGER_NOT_FOUND: LedgerNotFoundError,
  UNSUPPORTED: UnsupportedFormatError,
  LEDGER_LOCKED: LedgerLockedError,
  CORRUPT_LEDGER: CorruptLedgerError,
  OUTCOME_UNKNOWN: OutcomeUnknownError,
  READ_ONLY: ReadOnlyError,
  CLOSED: ClosedError,
  STORAGE_FULL: StorageFullError,
  STORAGE: StorageError,
  TIMEOUT: TimeoutError,
  CANCELLED: CancelledError,
  SERVICE_UNAVAILABLE: ServiceUnavailableError,
  OVERLOADED: OverloadedError,
  INTERNAL: InternalError,
};

/** The error of a reason; one that is not known here keeps its code. */
export function errorOf(code: string, message: string, where: Where = {}): LinesealError {
  const known = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined;
  return known ? new known(message, where) : new LinesealError(code, message, where);
}

/** The error, of the event at this place of a batch. */
export function atPosition(error: unknown, position: number): unknown {
  if (!(error instanceof LinesealError) || error.position !== undefined) return error;
  const { code, message, field, path, hash, remedy, status, cause } = error;
  return errorOf(code, message, { field, path, hash, position, remedy, status, cause });
}
