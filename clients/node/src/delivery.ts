// What becomes of rows that a service refuses: they are told apart from those that it takes, and
// gap events stand for them. May use errors, prepare.
import type { LinesealError } from "./errors.js";
import { type Prepared, prepare } from "./prepare.js";

/** Whether it is about what was sent, and for good; with all else everything is kept and sent again. */
export function isRefusal({ code, status }: LinesealError): boolean {
  return REFUSALS.has(code) || status === "INVALID_ARGUMENT";
}
const REFUSALS = new Set(["INVALID_RECORD", "ENCODING", "INVALID_ARGUMENT", "PARENT_NOT_FOUND"]);

/** A refused batch of several as pieces, in order, of which some may be recorded. */
export function pieces<T>(rows: readonly T[], { code, position = -1 }: LinesealError): (readonly T[])[] {
  // INVALID_ARGUMENT may be about the size of all together.
  if (code === "INVALID_ARGUMENT" || position < 0 || position >= rows.length) {
    const half = rows.length >> 1;
    return [rows.slice(0, half), rows.slice(half)];
  }
  const behind = position + 1;
  // By halves: where many are refused, each costs what is behind it once more.
  const half = (behind + rows.length) >> 1;
  const all = [rows.slice(0, position), [rows[position] as T], rows.slice(behind, half), rows.slice(half)];
  return all.filter(({ length }) => length > 0);
}

/** A row of a stream that is not recorded. */
export interface Refused {
  readonly seq: bigint;
  readonly code: string;
}

/** Gap events of refused rows, and how many each stands for; neighbours with the same code share one. */
export function gapsOf(stream: string, refused: readonly Refused[]): { event: Prepared; rows: number }[] {
  const spans: { first: bigint; last: bigint; code: string }[] = [];
  for (const { seq, code } of refused) {
    const span = spans.at(-1);
    if (span?.code === code && span.last + 1n === seq) span.last = seq;
    else spans.push({ first: seq, last: seq, code });
  }
  return spans.map(({ first, last, code }) => {
    const count = last - first + 1n;
    const place = { stream, firstSeq: first, lastSeq: last, count };
    const event = prepare({ type: "lineseal/gap", ...place, reason: `refused: ${code}` }, [], false);
    return { event, rows: Number(count) };
  });
}
