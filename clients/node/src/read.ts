// Blocks as they are read: held against the levels frame and envelope of the event format.
// May use decode, errors, name, schema, value.
import { CID } from "multiformats/cid";
import { decode } from "./decode.js";
import { EncodingError, InvalidRecordError } from "./errors.js";
import { DAG_CBOR, hashOf, isCid } from "./name.js";
import { SCHEMA } from "./schema.js";
import type { Content } from "./value.js";

const NAME = "[a-z0-9][a-z0-9._-]{0,62}";
const TYPE = new RegExp(`^${NAME}/${NAME}$`);
const ROLE = new RegExp(`^(${NAME})?$`);
const KEYS = new Set(["v", "type", "time", "actor", "roles", "parents", "payload"]);
const MOST_PARENTS = 1024;

/** What means the same in every version of the format. */
export interface Frame {
  readonly event: Map<string, Content>;
  readonly version: bigint;
  readonly parents: readonly string[];
}

/** What a block says. */
export interface Read {
  readonly version: bigint;
  readonly type: string;
  readonly time: bigint | undefined;
  readonly actor: string | undefined;
  readonly parents: readonly string[];
  readonly roles: readonly string[];
  readonly payload: Map<string, Content>;
}

/** A block's version and parents, which mean the same in every version; refuses what fails `frame`. */
export function readFrame(block: Uint8Array): Frame {
  const event = decode(block);
  if (!(event instanceof Map)) throw new EncodingError("an event is a map");
  const version = event.get("v");
  if (typeof version !== "bigint" || version < 1n) throw new EncodingError("v is no integer from 1");
  const parents = event.get("parents");
  if (!Array.isArray(parents)) throw new EncodingError("parents is no list");
  const hashes = parents.map((parent) => {
    const cid = parent instanceof CID ? parent : null;
    if (!cid || !isCid(cid, DAG_CBOR)) throw new EncodingError("a parent is no link to an event");
    return hashOf(cid);
  });
  return { event, version, parents: hashes };
}

/** What a block says; of a version that is not known here no more is refused than `frame` does. */
export function readAny(block: Uint8Array): Read {
  const frame = readFrame(block);
  if (frame.version === 1n) return readEnvelope(frame);
  const { event, version, parents } = frame;
  const [type, payload] = [event.get("type"), event.get("payload")];
  return {
    version,
    type: typeof type === "string" ? type : "",
    time: undefined,
    actor: undefined,
    parents,
    roles: parents.map(() => ""),
    payload: payload instanceof Map ? payload : new Map(),
  };
}

/** What a block of version 1 says; refuses what fails `envelope`. */
export function readEnvelope({ event, version, parents }: Frame): Read {
  if (version !== 1n) throw new InvalidRecordError(`version ${version} is not known here`, { path: "v" });
  for (const key of event.keys()) must(KEYS.has(key), key, "is no key of an event");
  const [type, time, actor, payload] = ["type", "time", "actor", "payload"].map((key) => event.get(key));
  must(typeof type === "string" && (SCHEMA.has(type) || TYPE.test(type)), "type", "is no type of event");
  must(
    time === undefined || (typeof time === "bigint" && time < 2n ** 63n),
    "time",
    "is no integer of 64 bits",
  );
  must(actor === undefined || (typeof actor === "string" && actor !== ""), "actor", "is no text, or empty");
  must(payload instanceof Map, "payload", "is no map");
  must(parents.length <= MOST_PARENTS, "parents", `are more than ${MOST_PARENTS}`);
  const roles = rolesOf(event.get("roles"), parents);
  return { version, type, time, actor, parents, roles, payload };
}

/** Parents and roles as a block holds them: in order, no pair twice, no list of empty roles. */
function rolesOf(given: Content | undefined, parents: readonly string[]): string[] {
  const roles = given ?? parents.map(() => "");
  must(Array.isArray(roles) && roles.length === parents.length, "roles", "are not one for each parent");
  const texts = roles.map((role) => {
    must(typeof role === "string" && ROLE.test(role), "roles", "hold what is no role");
    return role;
  });
  must(given === undefined || texts.some((role) => role), "roles", "are there though all are empty");
  must(given !== null, "roles", "are null");
  parents.forEach((parent, i) => {
    const before = i === 0 ? undefined : `${parents[i - 1]}${texts[i - 1]}`;
    must(
      before === undefined || before < `${parent}${texts[i]}`,
      `parents[${i}]`,
      "is out of order, or twice",
    );
  });
  return texts;
}

function must(holds: boolean, path: string, what: string): asserts holds {
  if (!holds) throw new InvalidRecordError(`${path} ${what}`, { path });
}
