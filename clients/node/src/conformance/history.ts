// Records the history of tests/interop/README.md, and checks and logs what it says.
import { readFileSync } from "node:fs";
import { Client, type Draft, LinesealError, PredictionLogger } from "../index.js";
import { SCHEMA } from "../schema.js";
import type { Value } from "../value.js";
import { type Json, TAGS, parse, valueOf } from "./tagged.js";

const LANGUAGE = "node";

interface Told {
  name: string;
  type: string;
  time?: bigint;
  actor?: string;
  parents?: { event?: string; hash?: string; role?: string }[];
  no_parents?: boolean;
  fields: { [key: string]: Json };
}

/** Records all events; what must be refused, by its code. */
export async function record(client: Client, file: string): Promise<{ [name: string]: string }> {
  const history = parse(readFileSync(file, "utf8")) as unknown as { events: Told[]; refused: Told[] };
  const hashes: { [name: string]: string } = {};
  for (const event of history.events) hashes[event.name] = (await client.record(draftOf(event, hashes))).hash;
  for (const event of history.refused) {
    try {
      hashes[event.name] = (await client.record(draftOf(event, hashes))).hash;
    } catch (error) {
      if (!(error instanceof LinesealError)) throw error;
      hashes[event.name] = error.code;
    }
  }
  return hashes;
}

function draftOf(event: Told, hashes: { [name: string]: string }): Draft {
  const roles: { [role: string]: string[] } = {};
  for (const { event: name = "", hash = hashes[name] ?? name, role = "" } of event.parents ?? [])
    (roles[role] ??= []).push(hash);
  const text = (found: string) => found.replaceAll("<lang>", LANGUAGE);
  const fields = Object.entries(event.fields).map(([key, item]): [string, Value] => [
    key,
    valueOf(item, TAGS, text),
  ]);
  const known = SCHEMA.get(event.type);
  const named = fields.map(([key, item]) => [known?.find(({ name }) => name === key)?.key ?? key, item]);
  const record = known ? Object.fromEntries(named) : { payload: new Map(fields) };
  const parents = event.no_parents ? [] : event.parents ? roles : undefined;
  return { type: event.type, time: event.time, actor: event.actor, parents, ...record } as Draft;
}

/** Traces and verifies each event here. */
export async function check(
  client: Client,
  names: { [name: string]: string },
): Promise<{ [name: string]: { ok: boolean } }> {
  const results: { [name: string]: { ok: boolean } } = {};
  for (const [name, hash] of Object.entries(names)) results[name] = await one(client, hash);
  return results;
}

async function one(client: Client, hash: string): Promise<{ ok: boolean }> {
  try {
    const ancestors = (await client.trace(hash)).map((event) => event.hash);
    const { ok, checked, findings } = await client.verify(hash);
    if (!ok)
      return { ok, ...{ error: `CORRUPT_LEDGER: ${findings.map(({ message }) => message).join("; ")}` } };
    return { ok, ...{ checked, ancestors } };
  } catch (error) {
    if (!(error instanceof LinesealError)) throw error;
    return { ok: false, ...{ error: `${error.code}: ${error.message}` } };
  }
}

/** Logs so many predictions of an event. */
export async function log(
  client: Client,
  parents: string,
  count: number,
): Promise<{ logged: number; hashes: string[] }> {
  const logger = await PredictionLogger.open(client, { parents });
  const hashes: string[] = [];
  for (let n = 0; n < count; n += 1) {
    hashes.push((await logger.log({ predictionId: `${LANGUAGE}-${n}`, output: BigInt(n) })).hash);
  }
  await logger.close();
  return { logged: logger.stats.recorded, hashes: [hashes.at(0) ?? "", hashes.at(-1) ?? ""] };
}
