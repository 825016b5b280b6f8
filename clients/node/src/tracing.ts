// Events and their ancestors as a service sends them, believed only as far as they hold.
// May use channel, errors, event, name, read, status, and the stubs.
import type { ServiceError } from "@grpc/grpc-js";
import { Attempts, type Channel, type Limits } from "./channel.js";
import { CorruptLedgerError, LinesealError } from "./errors.js";
import { Event, type Row, isIntact } from "./event.js";
import { isWhole } from "./name.js";
import { readAny } from "./read.js";
import { late } from "./status.js";
import type { Event as Sent } from "./lineseal/v1/event.js";
import { type EventName, ProvenanceServiceService as Service } from "./lineseal/v1/provenance.js";

/** A message's event as it came. */
export function rowOf(event: Sent): Row {
  return {
    hash: event.hash.toString("hex"),
    index: event.index,
    block: new Uint8Array(event.block),
    recordedAt: event.recordedAt,
  };
}

/** A name as the service takes it. */
export function eventName(name: string): EventName {
  const whole = isWhole(name);
  return {
    name: whole ? { $case: "hash", value: Buffer.from(name, "hex") } : { $case: "text", value: name },
  };
}

/** The refusal of an answer. */
export function lie(address: string, message: string, hash?: string, cause?: unknown): CorruptLedgerError {
  return new CorruptLedgerError(`the server at ${address} ${message}`, {
    hash,
    cause,
    remedy: "Do not trust this answer; keep your receipts, and ask the server's operator",
  });
}

/** The event of a row, its block hashed and read here. */
export function believed(address: string, row: Row): Event {
  if (!isIntact(row)) throw lie(address, `sent a block as event ${row.hash} that has another hash`, row.hash);
  try {
    return new Event(row, readAny(row.block));
  } catch (error) {
    if (!(error instanceof LinesealError)) throw error;
    throw lie(address, `sent ${row.hash}, which is no event: ${error.message}`, row.hash, error);
  }
}

/** The rows of a trace as they come; goes on where a stream breaks. */
export async function* rows(
  channel: Channel,
  ledger: string,
  names: string[],
  { timeout = channel.timeout, signal }: Limits = {},
): AsyncGenerator<Row> {
  let afterIndex: bigint | undefined;
  const attempt = () => new Attempts(channel.address, timeout, signal);
  let attempts = attempt();
  for (;;) {
    try {
      const request = { ledger, names: names.map(eventName), afterIndex, limit: undefined };
      for await (const { events } of channel.stream(Service.trace, request, () => attempts.end, signal)) {
        for (const event of events) {
          afterIndex = event.index;
          yield rowOf(event);
        }
        // As long as it goes on, it is not late; messages without events are no progress.
        if (events.length > 0) attempts = attempt();
        else if (Date.now() >= attempts.end) throw late(channel.address);
      }
      return;
    } catch (error) {
      await attempts.failed(error as ServiceError);
    }
  }
}

/**
 * The events of a trace, each as soon as it is known to belong there: its block has its hash, it was
 * asked for or is a parent of one before, and stands behind it. At the end none may be missing.
 */
export async function* lineage(
  channel: Channel,
  ledger: string,
  names: string[],
  limits?: Limits,
): AsyncGenerator<Event> {
  const { address } = channel;
  const awaited = new Set(names);
  const shortened = names.filter((name) => !isWhole(name));
  let last: bigint | undefined;
  for await (const row of rows(channel, ledger, names, limits)) {
    const event = believed(address, row);
    const asked = shortened.filter((name) => row.hash.startsWith(name) && awaited.has(name));
    if (!awaited.delete(row.hash) && asked.length === 0) {
      throw lie(address, `sent event ${row.hash}, which does not belong to the trace`, row.hash);
    }
    if (last !== undefined && row.index >= last) {
      throw lie(address, `sent event ${row.hash} with index ${row.index} behind index ${last}`, row.hash);
    }
    last = row.index;
    for (const name of asked) awaited.delete(name);
    for (const parent of event.parents) awaited.add(parent);
    yield event;
  }
  const [missing] = [...awaited].sort();
  if (missing !== undefined) throw lie(address, `left ${missing} out of the trace`, missing);
}
