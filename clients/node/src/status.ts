// What a refused call says, as an error of this package (docs/spec/errors.md). May use errors.
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type ServiceError, status } from "@grpc/grpc-js";
import {
  CancelledError,
  InternalError,
  InvalidArgumentError,
  LinesealError,
  OverloadedError,
  ServiceUnavailableError,
  TimeoutError,
  UnsupportedFormatError,
  errorOf,
} from "./errors.js";

const DOMAIN = "lineseal";
const TYPE = "type.googleapis.com/google.rpc.";
/** Milliseconds that a server may have its caller wait, at most. */
const LONGEST_DELAY = 30_000;
/** What is said of a message beyond a limit: by gRPC's libraries, and by a proxy of HTTP. */
const TOO_LARGE: { [code in status]?: RegExp } = {
  [status.RESOURCE_EXHAUSTED]: /message .*(larger than|exceeds|too large)/i,
  [status.UNKNOWN]: /HTTP status code 413$/,
};
const ABSENT = "Is `lineseal serve` running there? Check the address, or give a longer timeout";

/** The error, and the milliseconds after which the server wants to be asked again. */
export function rebuilt(error: ServiceError, address: string): { error: LinesealError; delay: number } {
  const [trailer] = error.metadata?.get("grpc-status-details-bin") ?? [];
  try {
    const said = typeof trailer === "object" ? details(trailer, status[error.code]) : undefined;
    if (said) return said;
  } catch {
    // Not what a server of ours says.
  }
  return { error: foreign(error, address), delay: 0 };
}

/** Whether gRPC's own error says that the caller gave up. */
export function isCancelled(error: ServiceError, signal: AbortSignal | undefined): boolean {
  return error.code === status.CANCELLED && signal?.aborted === true;
}

function details(
  bytes: Uint8Array,
  status: string | undefined,
): { error: LinesealError; delay: number } | undefined {
  const outer = fields(bytes);
  const message = utf8(outer.get(2)?.[0]);
  let info: Map<number, Part[]> | undefined;
  let delay = 0;
  for (const any of outer.get(3) ?? []) {
    const parts = fields(any);
    const type = utf8(parts.get(1)?.[0]);
    const value = parts.get(2)?.[0] ?? EMPTY;
    if (type === `${TYPE}ErrorInfo`) info = fields(value);
    if (type === `${TYPE}RetryInfo`) delay = duration(fields(value).get(1)?.[0]);
  }
  if (!info || utf8(info.get(2)?.[0]) !== DOMAIN) return undefined;
  const said = new Map(
    info.get(3)?.map((entry) => {
      const pair = fields(entry);
      return [utf8(pair.get(1)?.[0]), utf8(pair.get(2)?.[0])];
    }),
  );
  const position = /^[0-9]{1,15}$/.test(said.get("position") ?? "")
    ? Number(said.get("position"))
    : undefined;
  const { field, path, hash, remedy } = Object.fromEntries(said);
  const where = { field, path, hash, position, remedy, status };
  return { error: errorOf(utf8(info.get(1)?.[0]), message, where), delay };
}

function foreign(error: ServiceError, address: string): LinesealError {
  const said = error.details ? `: ${error.details}` : "";
  // Of a message's size only the text tells.
  if (TOO_LARGE[error.code]?.test(error.details)) {
    return new InvalidArgumentError(`${address} refused the message${said}`, {
      remedy: "Send less at a time",
    });
  }
  switch (error.code) {
    case status.UNAVAILABLE:
      return new ServiceUnavailableError(`nobody answers at ${address}${said}`, { remedy: ABSENT });
    case status.DEADLINE_EXCEEDED:
      return late(address);
    case status.CANCELLED:
      // Not by us: a server that stops drops so what it has not begun.
      return new ServiceUnavailableError(`the service at ${address} dropped the call${said}`, {
        remedy: "Try again",
      });
    case status.RESOURCE_EXHAUSTED:
      return new OverloadedError(`${address} takes no more at the moment${said}`, {
        remedy: "Try again later",
      });
    case status.UNIMPLEMENTED:
      return new UnsupportedFormatError(`the service at ${address} does not know this call${said}`, {
        remedy: "Is it a lineseal server, and not older than this client?",
      });
    default:
      return new InternalError(`${address} answered ${status[error.code]}${said}`, {
        remedy: "Is it a lineseal server?",
      });
  }
}

/** The error of a call, or a message of a stream, that did not come in time. */
export function late(address: string): TimeoutError {
  return new TimeoutError(`${address} did not answer in time`, { remedy: "Give a longer timeout" });
}

/** The error of a call that the caller gave up. */
export function cancelled(address: string): CancelledError {
  return new CancelledError(`the call to ${address} was cancelled`);
}

type Part = Uint8Array;
const EMPTY = new Uint8Array(0);

/** The length-delimited fields of a message of google.rpc, by number; a number as its varint. */
function fields(bytes: Uint8Array): Map<number, Part[]> {
  const reader = new BinaryReader(bytes);
  const found = new Map<number, Part[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type !== 2) {
      reader.skip(type, number);
      continue;
    }
    const part = reader.bytes();
    found.set(number, [...(found.get(number) ?? []), part]);
  }
  return found;
}

/** Milliseconds of a google.protobuf.Duration. */
function duration(bytes: Uint8Array = EMPTY): number {
  const reader = new BinaryReader(bytes);
  let milliseconds = 0;
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) milliseconds += Number(reader.int64()) * 1000;
    else if (number === 2) milliseconds += reader.int32() / 1e6;
    else reader.skip(type, number);
  }
  return Math.min(Math.max(milliseconds, 0), LONGEST_DELAY);
}

function utf8(bytes: Uint8Array = EMPTY): string {
  return Buffer.from(bytes).toString("utf8");
}
