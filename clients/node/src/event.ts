// An event of a ledger, as its block says it. May use name, read, value.
import type { CID } from "multiformats/cid";
import { cidOf, sha256 } from "./name.js";
import type { Read } from "./read.js";
import type { Content } from "./value.js";

/** An event of a ledger. Integers of the payload are bigint, floats number; its keys are the block's. */
export class Event {
  readonly hash: string;
  /** Its place in the ledger, as the service says. */
  readonly index: bigint;
  /** Its canonical bytes, which have this hash. */
  readonly block: Uint8Array;
  /** The server's clock when it became durable: a claim, in microseconds. */
  readonly recordedAt: bigint;
  /** The version of its format. Of one that is not known here only hash and parents are checked. */
  readonly version: bigint;
  readonly type: string;
  /** As its producer stated it, in microseconds since 1970-01-01 UTC. */
  readonly time: bigint | undefined;
  readonly actor: string | undefined;
  /** Hashes of the parents, in the order of the block. */
  readonly parents: readonly string[];
  /** The role of each parent, `""` where it has none. */
  readonly roles: readonly string[];
  readonly payload: { readonly [key: string]: Plain };

  /** Of a block that has the hash; `read` is what its block says. */
  constructor(row: Row, read: Read) {
    this.hash = row.hash;
    this.index = row.index;
    this.block = row.block;
    this.recordedAt = row.recordedAt;
    this.version = read.version;
    this.type = read.type;
    this.time = read.time;
    this.actor = read.actor;
    this.parents = read.parents;
    this.roles = read.roles;
    this.payload = plainMap(read.payload);
  }

  /** The CID of the event. */
  get cid(): string {
    return cidOf(this.hash).toString();
  }
}

/** An event as the service sends it. */
export interface Row {
  readonly hash: string;
  readonly index: bigint;
  readonly block: Uint8Array;
  readonly recordedAt: bigint;
}

/** What a value of a payload is. */
export type Plain =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CID
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** The block of a row must have its hash. */
export function isIntact(row: Row): boolean {
  return sha256(row.block) === row.hash;
}

function plainOf(value: Content): Plain {
  if (Array.isArray(value)) return value.map(plainOf);
  return value instanceof Map ? plainMap(value) : value;
}

/** Without a prototype: every key is content, `__proto__` too. */
function plainMap(map: Map<string, Content>): { [key: string]: Plain } {
  const made = Object.create(null) as { [key: string]: Plain };
  for (const [key, value] of map) made[key] = plainOf(value);
  return made;
}
