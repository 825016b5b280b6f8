// Finding events by what people call them; what comes back must have the key.
// May use channel, event, tracing, and the stubs.
import type { Channel, Limits } from "./channel.js";
import { InvalidArgumentError, ParentNotFoundError } from "./errors.js";
import type { Event } from "./event.js";
import type { Recorder } from "./logging.js";
import type { Parents } from "./records.js";
import { believed, lie, rowOf } from "./tracing.js";
import { type FindEventsRequest, ProvenanceServiceService as Service } from "./lineseal/v1/provenance.js";

/** By what an event is found: exactly one of these. Models and datasets by `name` or `name@version`. */
export interface Key {
  predictionId?: string;
  runId?: string;
  model?: string;
  dataset?: string;
  deployment?: string;
  /** Of predictions and gaps. */
  stream?: string;
  /** One of the `ids` of any event. */
  id?: string;
}

/** Where an event has a key. */
const PLACES: Record<keyof Key, { types: readonly string[]; field: string }> = {
  predictionId: { types: ["prediction"], field: "prediction_id" },
  runId: { types: ["training"], field: "run_id" },
  model: { types: ["model"], field: "name" },
  dataset: { types: ["dataset"], field: "name" },
  deployment: { types: ["deployment"], field: "name" },
  stream: { types: ["prediction", "lineseal/gap"], field: "stream" },
  id: { types: [], field: "ids" },
};

/** Events with this key, newest first, at most `limit`. */
export async function find(
  channel: Channel,
  ledger: string,
  key: Key,
  limit: number,
  limits?: Limits,
): Promise<Event[]> {
  const [kind, text] = only(key);
  const found: Event[] = [];
  let last: bigint | undefined;
  let pageToken = "";
  while (found.length < limit) {
    const wanted = { $case: kind, value: text } as FindEventsRequest["key"];
    const pageSize = Math.min(limit - found.length, 10_000);
    const request = { ledger, key: wanted, beforeIndex: undefined, pageSize, pageToken };
    const answer = await channel.ask(Service.findEvents, request, limits);
    for (const event of answer.events.map((sent) => believed(channel.address, rowOf(sent)))) {
      if (!has(event, kind, text))
        throw lie(channel.address, `was asked for ${kind} ${text} and sent event ${event.hash}`, event.hash);
      if (last !== undefined && event.index >= last) {
        throw lie(
          channel.address,
          `sent event ${event.hash} with index ${event.index}: out of order`,
          event.hash,
        );
      }
      last = event.index;
      found.push(event);
    }
    pageToken = answer.nextPageToken;
    if (!pageToken) break;
    if (answer.events.length === 0) throw lie(channel.address, "sent an empty page that is not the last");
  }
  if (found.length > limit)
    throw lie(channel.address, `sent ${found.length} events where ${limit} were asked for`);
  return found;
}

function only(key: Key): [keyof Key, string] {
  const given = Object.entries(key).filter(([, text]) => text !== undefined) as [keyof Key, string][];
  const [pair, more] = given;
  if (!pair || more || !Object.hasOwn(PLACES, pair[0]) || typeof pair[1] !== "string") {
    throw new InvalidArgumentError("events are found by exactly one key", {
      remedy: `Give one of ${Object.keys(PLACES).join(", ")}`,
    });
  }
  return pair;
}

function has(event: Event, kind: keyof Key, text: string): boolean {
  const { types, field } = PLACES[kind];
  const value = event.payload[field];
  if (kind === "id") return Array.isArray(value) && value.includes(text);
  if (!types.includes(event.type) || typeof value !== "string") return false;
  const versioned = kind === "model" || kind === "dataset";
  return value === text || (versioned && `${value}@${String(event.payload.version)}` === text);
}

/** Parents, of which texts such as `model:name@version` are looked up. */
export async function parentsOf(client: Recorder, parents: Parents): Promise<Parents> {
  if (typeof parents !== "string") return parents;
  const [, kind, text] = /^(model|deployment):(.+)$/s.exec(parents) ?? [];
  if (kind === undefined || text === undefined) return parents;
  const found = await client.find(kind === "model" ? { model: text } : { deployment: text }, { limit: 10 });
  const [one, more] = found;
  if (!one) throw new ParentNotFoundError(`the ledger ${client.ledger} has no ${parents}`);
  if (more) {
    const candidates = found.map(({ hash }) => hash).join(", ");
    throw new InvalidArgumentError(`${parents} is ambiguous`, { remedy: `Give one of ${candidates}` });
  }
  return one;
}
