// The JSON drafts of the vectors as typed drafts: this client makes none of JSON, but what it makes
// of the same content must have the same hash.
import { CID } from "multiformats/cid";
import { type Link, prepare } from "../prepare.js";
import type { Draft } from "../records.js";
import { SCHEMA } from "../schema.js";
import type { Value } from "../value.js";
import { nameOf } from "../name.js";
import { type Json, parse } from "./tagged.js";

type Object = { [key: string]: Json };

/** The hash that this client gives the event of an accepted JSON draft. */
export function draftHash(one: Object): string {
  const text =
    typeof one.draft_hex === "string"
      ? Buffer.from(one.draft_hex, "hex").toString()
      : joined(one.draft ?? "");
  const draft = parse(text) as Object;
  const type = String(draft.type);
  const record = draft.record as Object;
  const known = SCHEMA.get(type);
  const fields = known
    ? Object.fromEntries(
        Object.entries(record).map(([key, item]) => [
          known.find(({ name }) => name === key)?.key ?? key,
          key === "metrics" ? numbers(item) : plain(item),
        ]),
      )
    : { payload: plain(record) };
  const positions = (one.positions ?? []) as string[];
  const links = ((draft.parents ?? []) as Object[]).map((parent): Link => {
    const hash = parent.hash == null ? positions[Number(parent.position)] : nameOf(String(parent.hash));
    return { hash: hash ?? "", role: String(parent.role ?? "") };
  });
  const made = { type, time: draft.time, actor: draft.actor, ...fields } as Draft;
  return prepare(made, links, draft.no_parents === true).hash;
}

/** Metrics, of which JavaScript has those that are not finite as they are. */
function numbers(metrics: Json): Value {
  const number = (item: Json) =>
    typeof item === "object" ? Number((item as Object)["lineseal:float"]) : item;
  return new Map(Object.entries(metrics as Object).map(([key, item]) => [key, number(item)]));
}

/** `{"/": …}` is bytes or a link; all else is itself. */
function plain(value: Json): Value {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const inside = value["/"];
  if (entries.length === 1 && typeof inside === "string") return CID.parse(inside);
  if (entries.length === 1 && typeof inside === "object")
    return Buffer.from(String((inside as Object).bytes), "base64");
  return new Map(entries.map(([key, item]) => [key, plain(item)]));
}

function joined(parts: Json): string {
  if (!Array.isArray(parts)) return String(parts);
  return (parts as (string | Object)[])
    .map((part) => {
      if (typeof part === "string") return part;
      if (typeof part.repeat === "string") return part.repeat.repeat(Number(part.times));
      const { prefix, suffix, counter } = part;
      const digits = Number(counter) * 2;
      return Array.from(
        { length: Number(part.times) },
        (_, i) => `${prefix}${i.toString(16).padStart(digits, "0")}${suffix}`,
      ).join("");
    })
    .join("");
}
