// Names of events: hashes, CIDs, the beginnings of hashes. May use errors.
import { createHash } from "node:crypto";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { InvalidArgumentError } from "./errors.js";

/** A hash (64 hex digits, or 8 or more of them that fit one event alone), a CID, a receipt, an event. */
export type Named = string | { readonly hash: string };

/** Codec of events in CIDs; 0x55 is that of artifacts. */
export const DAG_CBOR = 0x71;
export const RAW = 0x55;
const SHA_256 = 0x12;

/** SHA-256 in lower-case hex: the name of an event, or of an artifact. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The CID of an event of this hash. */
export function cidOf(hash: string): CID {
  return CID.createV1(DAG_CBOR, Digest.create(SHA_256, Buffer.from(hash, "hex")));
}

/** Whether a CID is version 1, SHA-256, and of this codec. */
export function isCid(cid: CID, codec: number): boolean {
  return (
    cid.version === 1 && cid.code === codec && cid.multihash.code === SHA_256 && cid.multihash.size === 32
  );
}

/** The hash that a link to an event holds. */
export function hashOf(cid: CID): string {
  return Buffer.from(cid.multihash.digest).toString("hex");
}

/** A name as the service takes it: a whole hash, or 8 to 63 digits of one. */
export function nameOf(named: Named): string {
  const text = typeof named === "string" ? named : named?.hash;
  if (typeof text === "string") {
    if (/^[0-9a-f]{8,64}$/i.test(text)) return text.toLowerCase();
    const hash = /^b[a-z2-7]{58}$/.test(text) ? ofCid(text) : undefined;
    if (hash !== undefined) return hash;
  }
  throw new InvalidArgumentError(`${JSON.stringify(String(text).slice(0, 80))} is no name of an event`, {
    remedy: "Give a hash (64 hex digits, or 8 of them and more), a CID, a receipt or an event",
  });
}

/** Whether a name is a whole hash. */
export function isWhole(name: string): boolean {
  return name.length === 64;
}

function ofCid(text: string): string | undefined {
  try {
    const cid = CID.parse(text);
    return isCid(cid, DAG_CBOR) ? hashOf(cid) : undefined;
  } catch {
    return undefined;
  }
}
