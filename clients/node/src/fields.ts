// The fields of a record, each by its kind: as content for the block, and as the message has it.
// May use schema, value, wire, errors.
import type { Field, Kind } from "./schema.js";
import { type Content, content, float, refusal, text } from "./value.js";
import { mapOf, valueOf } from "./wire.js";

/** A field that is there. */
export interface Given {
  readonly content: Content;
  readonly message: unknown;
}

/** Maps around a field's value: the event and its payload. */
const AROUND = 2;

/** A field's value, or nothing where it counts as absent. */
export function given(field: Field, value: unknown): Given | undefined {
  const path = `payload.${field.name}`;
  if (value === undefined || (value === null && field.kind !== "any")) return undefined;
  return KINDS[field.kind](value, path);
}

/** A point in time, in microseconds. */
export function micros(value: unknown, path: string): bigint {
  if (typeof value === "bigint") return int64(value, path);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return BigInt(value.getTime()) * 1000n;
  throw refusal(path, "is no point in time", "Give a Date, or a bigint of microseconds since 1970-01-01 UTC");
}

/** Identifiers, sorted by their UTF-8 bytes as in a block. */
export function sorted(ids: readonly string[]): string[] {
  return [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

const same = (value: Content): Given => ({ content: value, message: value });

const KINDS: Record<Kind, (value: unknown, path: string) => Given | undefined> = {
  text(value, path) {
    if (typeof value !== "string") throw refusal(path, "must be a text");
    return value === "" ? undefined : same(text(value, path));
  },
  bool(value, path) {
    if (typeof value !== "boolean") throw refusal(path, "must be true or false");
    return same(value);
  },
  count: integer,
  int: integer,
  time: (value, path) => same(micros(value, path)),
  any(value, path) {
    const made = content(value, path, AROUND);
    return { content: made, message: valueOf(made) };
  },
  map(value, path) {
    const made = entries(value, path);
    return made.size === 0 ? undefined : { content: made, message: mapOf(made) };
  },
  values(value, path) {
    const made = entries(value, path);
    return { content: made, message: mapOf(made) };
  },
  metrics,
  code(value, path) {
    const made = entries(value, path);
    for (const [key, item] of made) {
      const kind = key === "dirty" ? "bool" : "text";
      if (!["uri", "revision", "dirty"].includes(key)) throw refusal(`${path}.${key}`, "is no field of code");
      if (item === null || KINDS[kind](item, `${path}.${key}`) === undefined) made.delete(key);
    }
    if (made.size === 0) return undefined;
    return { content: made, message: { uri: "", revision: "", ...Object.fromEntries(made) } };
  },
  ids(value, path) {
    if (!Array.isArray(value)) throw refusal(path, "must be a list of texts");
    const texts = value.map((id, i) => {
      if (typeof id !== "string") throw refusal(`${path}[${i}]`, "must be a text");
      return text(id, `${path}[${i}]`);
    });
    return texts.length === 0 ? undefined : same(sorted(texts));
  },
};

function entries(value: unknown, path: string): Map<string, Content> {
  const made = typeof value === "object" ? content(drop(value), path, AROUND) : undefined;
  if (!(made instanceof Map)) throw refusal(path, "must be a map from texts to values");
  return made;
}

/** Undefined members of a record's own map are absent, as its fields are. */
function drop(value: unknown): unknown {
  if (value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value as object).filter(([, item]) => item !== undefined));
}

function integer(value: unknown, path: string): Given {
  if (typeof value === "bigint") return same(int64(value, path));
  if (typeof value === "number" && Number.isSafeInteger(value)) return same(BigInt(value));
  throw refusal(path, "must be an integer", "Give an integer up to 2^53 as number, a greater one as bigint");
}

/** What the protocol can say of an integer that is no free value. */
function int64(value: bigint, path: string): bigint {
  if (value !== BigInt.asIntN(64, value)) throw refusal(path, "is an integer beyond -2^63 to 2^63-1");
  return value;
}

function metrics(value: unknown, path: string): Given | undefined {
  if (typeof value !== "object" || value === null) throw refusal(path, "must be a map from texts to numbers");
  const numbers = new Map<string, number>();
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    const at = `${path}.${key}`;
    if (typeof item === "bigint" && (item > 2n ** 53n || item < -(2n ** 53n))) {
      throw refusal(at, "is an integer that no float equals for sure");
    }
    if (typeof item !== "number" && typeof item !== "bigint") throw refusal(at, "must be a number");
    numbers.set(text(key, at), Number(item) || (Number.isNaN(item) ? NaN : 0));
  }
  if (numbers.size === 0) return undefined;
  return { content: new Map(Array.from(numbers, ([key, item]) => [key, float(item)])), message: numbers };
}
