// A draft made ready: everything that it lacks drawn once, its hash computed here, and the bytes
// that the service gets, which are the same however often they are sent.
// May use encode, fields, name, schema, time, wire, errors, and the stubs.
import { randomBytes } from "node:crypto";
import { encode } from "./encode.js";
import { InvalidRecordError } from "./errors.js";
import { given, micros, sorted } from "./fields.js";
import { cidOf, sha256 } from "./name.js";
import type { Draft } from "./records.js";
import { LARGEST, SCHEMA, THINGS } from "./schema.js";
import { now } from "./time.js";
import * as pb from "./lineseal/v1/event.js";
import { type Content, map, refusal, text } from "./value.js";
import { mapOf } from "./wire.js";

/** A parent by its hash. */
export interface Link {
  readonly hash: string;
  readonly role: string;
}

/** An event that is ready to be sent. */
export interface Prepared {
  /** The hash that the event has. */
  readonly hash: string;
  /** Its block's length. */
  readonly size: number;
  /** A NewEvent in protobuf's encoding. */
  readonly bytes: Uint8Array;
}

/** A UUID of version 7: it begins with the time, so that later ones sort behind. */
export function uuid7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The draft with these parents; `none` says that it has none on purpose. */
export function prepare(draft: Draft, parents: readonly Link[], none: boolean): Prepared {
  const { type } = draft;
  const links = parents.map(({ hash, role }) => ({ hash, role: role || (type === "feedback" ? "of" : "") }));
  const time = draft.time != null ? micros(draft.time, "time") : THINGS.has(type) ? undefined : now();
  const actor = draft.actor ? text(draft.actor, "actor") : "";
  const { payload, record } = recordOf(draft);
  const block = encode(eventOf(type, time, actor, links, payload));
  if (block.length > LARGEST) {
    throw new InvalidRecordError(`the event has ${block.length} bytes, and may have ${LARGEST}`, {
      remedy: "Keep large values as artifacts and link to them, or store their checksum",
    });
  }
  const message: pb.EventDraft = {
    time,
    actor,
    parents: links.map(({ hash, role }) => ({
      event: { $case: "hash", value: Buffer.from(hash, "hex") },
      role,
    })),
    noParents: none,
    record,
  };
  const bytes = pb.NewEvent.encode({ form: { $case: "draft", value: message } }).finish();
  return { hash: sha256(block), size: block.length, bytes };
}

/** A finished block made ready. */
export function prepareBlock(block: Uint8Array): Prepared {
  const bytes = pb.NewEvent.encode({ form: { $case: "block", value: Buffer.from(block) } }).finish();
  return { hash: sha256(block), size: block.length, bytes };
}

type Record = { payload: Map<string, Content>; record: pb.EventDraft["record"] };

function recordOf(draft: Draft): Record {
  if (typeof draft.type !== "string") throw new InvalidRecordError("a draft has a type", { path: "type" });
  const fields = SCHEMA.get(draft.type);
  if (!fields) return customOf(draft.type, draft as unknown as { [key: string]: unknown });
  const source = draft as unknown as { [key: string]: unknown };
  refuseOthers(
    source,
    fields.map(({ key }) => key),
    draft.type,
  );
  const payload = new Map<string, Content>();
  const name = draft.type.replace("lineseal/", "") as keyof typeof MESSAGES;
  const message = MESSAGES[name].fromPartial({}) as unknown as { [key: string]: unknown };
  for (const field of fields) {
    const value = field.name === "prediction_id" ? source[field.key] || uuid7() : source[field.key];
    const found = given(field, value);
    // Its message cannot say that it is absent: it would be recorded as empty.
    if (!found && field.kind === "values") throw refusal(`payload.${field.name}`, "is missing");
    if (!found) continue;
    payload.set(field.name, found.content);
    message[field.key] = found.message;
  }
  return { payload, record: { $case: name, value: message } as unknown as pb.EventDraft["record"] };
}

function customOf(type: string, source: { [key: string]: unknown }): Record {
  if (!type.includes("/")) {
    throw new InvalidRecordError(`${JSON.stringify(type.slice(0, 80))} is no type of event`, {
      path: "type",
      remedy: `Give one of ${[...SCHEMA.keys()].join(", ")}, or namespace/name`,
    });
  }
  refuseOthers(source, ["payload"], type);
  if (typeof source.payload !== "object" || source.payload === null)
    throw refusal("payload", "must be a map");
  const payload = map(source.payload, "payload", 1);
  const message = mapOf(payload);
  const ids = payload.get("ids");
  if (ids === null || (Array.isArray(ids) && ids.length === 0)) payload.delete("ids");
  else if (Array.isArray(ids) && ids.every((id) => typeof id === "string")) payload.set("ids", sorted(ids));
  return { payload, record: { $case: "custom", value: { type, payload: message } } };
}

function refuseOthers(source: { [key: string]: unknown }, fields: string[], type: string): void {
  const known = ["type", "time", "actor", "parents", ...fields];
  for (const key of Object.keys(source)) {
    if (known.includes(key) || source[key] === undefined) continue;
    throw new InvalidRecordError(`${type} has no field ${key}`, {
      path: `payload.${key}`,
      field: key,
      remedy: `It has ${fields.join(", ")}`,
    });
  }
}

function eventOf(
  type: string,
  time: bigint | undefined,
  actor: string,
  links: readonly Link[],
  payload: Map<string, Content>,
): Map<string, Content> {
  const key = ({ hash, role }: Link) => Buffer.concat([Buffer.from(hash, "hex"), Buffer.from(role)]);
  const ordered = [...links].sort((a, b) => Buffer.compare(key(a), key(b)));
  const event = new Map<string, Content>([
    ["v", 1n],
    ["type", type],
  ]);
  if (time !== undefined) event.set("time", time);
  if (actor) event.set("actor", actor);
  if (ordered.some(({ role }) => role))
    event.set(
      "roles",
      ordered.map(({ role }) => role),
    );
  event.set(
    "parents",
    ordered.map(({ hash }) => cidOf(hash)),
  );
  return event.set("payload", payload);
}

/** The messages of the record types; `lineseal/gap` is `gap`. */
const MESSAGES = {
  dataset: pb.DatasetRecord,
  hyperparameters: pb.HyperparametersRecord,
  training: pb.TrainingRecord,
  model: pb.ModelRecord,
  evaluation: pb.EvaluationRecord,
  deployment: pb.DeploymentRecord,
  prediction: pb.PredictionRecord,
  feedback: pb.FeedbackRecord,
  approval: pb.ApprovalRecord,
  gap: pb.GapRecord,
};
