// The vectors of conversions, as far as JavaScript has such values.
import { type Draft, Tensor } from "../index.js";
import { given } from "../fields.js";
import { SCHEMA } from "../schema.js";
import { type Content, type Value, content } from "../value.js";
import { type Json, NotHere, TAGS, type Tags, valueOf } from "./tagged.js";

const ARRAYS: { [dtype: string]: (values: Json[]) => Value } = {
  "<i4": (values) => Int32Array.from(values.map(Number)),
  float64: (values) => Float64Array.from(values.map(Number)),
};

/** Values that are refused wherever they stand. */
const odd = (value: unknown) => () => value as Value;

const MORE: Tags = {
  ...TAGS,
  bytearray: (inside) => Buffer.from(String(inside), "hex"),
  memoryview: (inside) => new Uint8Array(Buffer.from(String(inside), "hex")),
  tuple: (inside) => (inside as Json[]).map((item) => valueOf(item, MORE)),
  surrogate: (inside) => String.fromCharCode(Number.parseInt(String(inside), 16)),
  set: odd(new Set([1])),
  object: odd(new (class Something {})()),
  function: odd(() => 1),
  class: odd(class Something {}),
  generator: odd((function* () {})()),
  datetime: (inside) => dateOf(String(inside)),
  numpy_array: (inside) =>
    arrayOf(inside as { dtype: string; shape: bigint[]; values: Json[]; order?: string }),
};

/** A value to convert. */
export class Conversion {
  private constructor(
    /** Converts it. */
    readonly value: () => Content,
    /** Where a refusal must say that the fault is, at least. */
    readonly path: string,
  ) {}

  static of(one: { [key: string]: Json }): Conversion {
    const input = valueOf(one.input ?? null, MORE);
    const name = typeof one.field === "string" ? one.field : undefined;
    const path = `payload.${name ?? "x"}${typeof one.path === "string" ? one.path : ""}`;
    const field = SCHEMA.get("training" satisfies Draft["type"])?.find((known) => known.name === name);
    const value = field ? () => given(field, input)?.content ?? null : () => content(input, "payload.x", 2);
    return new Conversion(value, path);
  }
}

/** A Date has whole milliseconds, and is always one point in time. */
function dateOf(text: string): Date {
  const [, micros = "000"] = /\.[0-9]{3}([0-9]{3})/.exec(text) ?? [];
  if (micros !== "000" || !/([+-][0-9]{2}:[0-9]{2})$/.test(text.slice(10)))
    throw new NotHere("a datetime without zone, or with microseconds");
  if (/[+-][0-9]{2}:[0-9]{2}:[0-9]{2}$/.test(text)) throw new NotHere("an offset with seconds");
  return new Date(text.replace(/\.([0-9]{3})000/, ".$1"));
}

function arrayOf({
  dtype,
  shape,
  values,
  order = "C",
}: {
  dtype: string;
  shape: bigint[];
  values: Json[];
  order?: string;
}): Value {
  const make = ARRAYS[dtype];
  if (!make || order !== "C") throw new NotHere(`a NumPy array of ${dtype} in order ${order}`);
  return new Tensor(make(values) as Int32Array, { shape: shape.map(Number) });
}
