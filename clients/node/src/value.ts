// Values of JavaScript as the content of events. May use errors, schema, tensor.
import { CID } from "multiformats/cid";
import { InvalidRecordError } from "./errors.js";
import { DEEPEST } from "./schema.js";
import { type NumberArray, Tensor, dtypeOf } from "./tensor.js";

/**
 * What may stand where a value is free. A `number` is a float, always; an integer is a `bigint`.
 * A Uint8Array (or Buffer) is bytes, the other typed arrays are tensors, a Date is a text in UTC.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | NumberArray
  | Tensor
  | CID
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | { readonly [key: string]: Value };

/** A value as a block holds it: integers are bigint, floats are number and finite. */
export type Content =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CID
  | Content[]
  | Map<string, Content>;

const LEAST = -(2n ** 63n);
const MOST = 2n ** 64n - 1n;

/** The content of a value that stands at `path`, inside `depth` maps and lists. */
export function content(value: unknown, path: string, depth: number): Content {
  switch (typeof value) {
    case "boolean":
      return value;
    case "number":
      return float(value);
    case "bigint":
      if (value < LEAST || value > MOST) throw refusal(path, "is an integer beyond -2^63 to 2^64-1");
      return value;
    case "string":
      return text(value, path);
    case "object":
      return value === null ? null : object(value, path, depth);
    case "undefined":
      throw refusal(path, "is undefined", "Give null, or leave the key out");
    default:
      throw refusal(path, `is a ${typeof value}, which has no place in an event`);
  }
}

/** A float, in its reserved form where it is not finite. */
export function float(value: number): Content {
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  return new Map([["lineseal:float", String(value)]]);
}

/** A text, which UTF-8 can hold. */
export function text(value: string, path: string): string {
  // A lone surrogate would become U+FFFD when it is encoded.
  if (!value.isWellFormed()) throw refusal(path, "is a text with a lone surrogate");
  return value;
}

/** A map; all its own enumerable keys. */
export function map(value: object, path: string, depth: number): Map<string, Content> {
  if (depth >= DEEPEST)
    throw refusal(path, `is more than ${DEEPEST} maps and lists deep`, "Is it part of itself?");
  const found = new Map<string, Content>();
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  for (const [key, item] of entries) {
    if (typeof key !== "string") throw refusal(path, `has a key that is a ${typeof key}`, "Keys are texts");
    const at = `${path}${step(key)}`;
    found.set(text(key, at), content(item, at, depth + 1));
  }
  return found;
}

/** A refusal of what stands at `path`. */
export function refusal(path: string, what: string, remedy?: string): InvalidRecordError {
  const field = /^payload\.([a-z_0-9]+)/.exec(path)?.[1];
  return new InvalidRecordError(`${path} ${what}`, { path, field, remedy });
}

/** The text of a point in time in UTC, with six digits of fraction. */
function moment(date: Date, path: string): string {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year)) throw refusal(path, "is an invalid Date");
  if (year < 1 || year > 9999) throw refusal(path, "is a Date outside of the years 1 to 9999");
  return date.toISOString().replace("Z", "000Z");
}

function object(value: object, path: string, depth: number): Content {
  if (Array.isArray(value)) return list(value, path, depth);
  if (value instanceof Date) return moment(value, path);
  if (value instanceof Uint8Array) return value;
  if (value instanceof Tensor) return tensor(value, path, depth);
  if (dtypeOf(value) !== undefined) return tensor(new Tensor(value as NumberArray), path, depth);
  const cid = CID.asCID(value);
  if (cid) return cid;
  if (isPlain(value)) return map(value, path, depth);
  const name = value.constructor?.name ?? "object";
  throw refusal(
    path,
    `is a ${name}, which has no place in an event`,
    "Give a plain object, list, text or number",
  );
}

function list(value: readonly unknown[], path: string, depth: number): Content[] {
  if (depth >= DEEPEST)
    throw refusal(path, `is more than ${DEEPEST} maps and lists deep`, "Is it part of itself?");
  // Not `map`, which passes over holes.
  return Array.from(value, (item, i) => content(item, `${path}[${i}]`, depth + 1));
}

function tensor(value: Tensor, path: string, depth: number): Content {
  const shape = value.shape.map((n) => BigInt(n));
  return map({ "lineseal:tensor": { dtype: value.dtype, shape, data: value.data } }, path, depth);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second: an object of another realm, such as a test runner's.
  return value instanceof Map || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function step(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
