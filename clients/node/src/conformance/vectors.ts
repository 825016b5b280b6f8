// Runs the vectors of tests/spec/vectors as far as a client can.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { encode } from "../encode.js";
import { LinesealError } from "../errors.js";
import { readEnvelope, readFrame } from "../read.js";
import { cidOf, sha256 } from "../name.js";
import { content } from "../value.js";
import { Conversion } from "./conversions.js";
import { draftHash } from "./drafts.js";
import { type Json, NotHere, parse, valueOf } from "./tagged.js";

type Case = { [key: string]: Json } & { name: string; accept: boolean };
type Part = string | { repeat?: string; prefix?: string; counter?: bigint; times: bigint };

/** What became of the cases. */
export class Outcome {
  passed = 0;
  readonly failures: string[] = [];
  readonly uncovered = new Map<string, string[]>();

  miss(why: string, name: string): void {
    this.uncovered.set(why, [...(this.uncovered.get(why) ?? []), name]);
  }
}

/** Runs all files of a directory. */
export function run(directory: string): Outcome {
  const outcome = new Outcome();
  for (const file of readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .sort()) {
    const { kind, cases } = parse(readFileSync(join(directory, file), "utf8")) as unknown as {
      kind: string;
      cases: Case[];
    };
    for (const one of cases) judged(outcome, kind, one);
  }
  return outcome;
}

function judged(outcome: Outcome, kind: string, one: Case): void {
  try {
    const missed = (KINDS[kind] ?? ((): string => `${kind}: not known to this program`))(one);
    if (missed === undefined) outcome.passed += 1;
    else outcome.miss(missed, one.name);
  } catch (error) {
    if (error instanceof NotHere)
      outcome.miss(`conversions of ${error.message}, which JavaScript lacks`, one.name);
    else outcome.failures.push(`${one.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Each kind: nothing when the case passed, a text when it is not covered; throws when it failed. */
const KINDS: { [kind: string]: (one: Case) => string | undefined } = {
  blocks: block,
  drafts(one) {
    if (!one.accept) return "drafts that a server refuses: this client sends no JSON";
    same(draftHash(one), one.hash, "hash");
    return undefined;
  },
  conversions(one) {
    const { value, path } = Conversion.of(one);
    if (one.accept) same(encode(value()), encode(content(valueOf(one.output ?? null), "", 0)), "value");
    else refused(value, "the conversion", path);
    return undefined;
  },
  checksums: () => "checksums: this client takes none of arrays, tables and directories",
};

function block(one: Case): string | undefined {
  const bytes = Buffer.from(joined(one.block as Part[] | string), "hex");
  if (one.level === "frame") return refused(() => readFrame(bytes), "frame");
  const frame = readFrame(bytes);
  if (one.level === "envelope") return refused(() => readEnvelope(frame), "envelope");
  readEnvelope(frame);
  if (!one.accept) return "blocks that only the level record refuses (they pass frame and envelope here)";
  same(sha256(bytes), one.hash, "hash");
  same(cidOf(sha256(bytes)).toString(), one.cid, "cid");
  same(encode(frame.event), bytes, "what is encoded of what was read");
  if (one.content !== undefined) same(encode(content(valueOf(one.content), "", 0)), bytes, "content");
  return undefined;
}

/** Text or hex in parts. */
function joined(parts: string | Part[]): string {
  if (typeof parts === "string") return parts;
  return parts.map((part) => (typeof part === "string" ? part : repeated(part))).join("");
}

function repeated({ repeat, prefix = "", counter = 0n, times }: Exclude<Part, string>): string {
  if (repeat !== undefined) return repeat.repeat(Number(times));
  const digits = Number(counter) * 2;
  return Array.from({ length: Number(times) }, (_, i) => prefix + i.toString(16).padStart(digits, "0")).join(
    "",
  );
}

/** It must be refused, at this place or one inside it. */
function refused(attempt: () => unknown, what: string, path = ""): undefined {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LinesealError && (error.path ?? "").startsWith(path)) return undefined;
    throw error;
  }
  throw new Error(`${what} accepts it`);
}

function same(found: unknown, expected: unknown, what: string): void {
  const shown = (value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
  if (shown(found) === shown(expected)) return;
  throw new Error(`${what}: ${shown(found).slice(0, 200)} instead of ${shown(expected).slice(0, 200)}`);
}
