// The tagged values of tests/spec/vectors/README.md, and JSON whose integers stay exact.
import { CID } from "multiformats/cid";
import { type DType, Tensor } from "../tensor.js";
import type { Value } from "../value.js";

/** JSON as it is read here: integers are bigint. */
export type Json = null | boolean | bigint | number | string | Json[] | { [key: string]: Json };

const INTEGER = "\u0000integer";
const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

/** Reads JSON; a number without point and exponent is a bigint. */
export function parse(text: string): Json {
  const marked = text.replace(TOKEN, (token) =>
    /^-?[0-9]+$/.test(token) ? JSON.stringify({ [INTEGER]: token }) : token,
  );
  return exact(JSON.parse(marked));
}

function exact(value: unknown): Json {
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== "object" || value === null) return value as Json;
  const digits = (value as { [INTEGER]?: string })[INTEGER];
  if (digits !== undefined) return BigInt(digits);
  const made = Object.create(null) as { [key: string]: Json };
  for (const [key, item] of Object.entries(value)) made[key] = exact(item);
  return made;
}

/** What a tagged value stands for, and whether this language has it. */
export type Tags = { [tag: string]: (inside: Json) => Value };

export const TAGS: Tags = {
  map: (inside) => entries(inside, (item) => valueOf(item)),
  float: (inside) => Buffer.from(String(inside), "hex").readDoubleBE(),
  bytes: (inside) => Buffer.from(String(inside), "hex"),
  link: (inside) => CID.parse(String(inside)),
  tensor: (inside) => {
    const { dtype, shape, data } = inside as { dtype: DType; shape: bigint[]; data: string };
    return new Tensor(Buffer.from(data, "hex"), { dtype, shape: shape.map(Number) });
  },
};

/** What a tagged value stands for; every text goes through `text`. */
export function valueOf(given: Json, tags: Tags = TAGS, text = (found: string) => found): Value {
  if (typeof given === "string") return text(given);
  if (Array.isArray(given)) return given.map((item) => valueOf(item, tags, text));
  if (typeof given !== "object" || given === null) return given;
  const [[tag, inside] = ["", null], more] = Object.entries(given);
  if (tag === "map") return entries(inside, (item) => valueOf(item, tags, text));
  const make = tags[tag];
  if (!make || more) throw new NotHere(tag);
  return make(inside);
}

/** A kind of value that JavaScript does not have. */
export class NotHere extends Error {}

function entries(inside: Json, of: (item: Json) => Value): Map<string, Value> {
  return new Map(Object.entries(inside as { [key: string]: Json }).map(([key, item]) => [key, of(item)]));
}
