// Strict DAG-CBOR, one item: reads a block and refuses every other encoding of what it holds.
// cborg takes the bytes apart, each token is held against the rules E1 of the event format here;
// nothing is encoded again. May use errors, name, schema, value.
import { isUtf8 } from "node:buffer";
import { decodeOptions } from "@ipld/dag-cbor";
import { type DecodeOptions, type Token, Tokenizer, Type, decode as cbor } from "cborg";
import { CID } from "multiformats/cid";
import { EncodingError } from "./errors.js";
import { DAG_CBOR, RAW, isCid } from "./name.js";
import { DEEPEST, LARGEST } from "./schema.js";
import type { Content } from "./value.js";

const LEAST = -(2n ** 63n);

const OPTIONS: DecodeOptions = {
  ...decodeOptions,
  allowUndefined: false,
  useMaps: true,
  retainStringBytes: true,
};

/** The content of a block: integers are bigint, floats number, maps Map, links CID. */
export function decode(block: Uint8Array): Content {
  if (block.length > LARGEST)
    throw new EncodingError(`a block has at most ${LARGEST} bytes, not ${block.length}`);
  try {
    return cbor(block, { ...OPTIONS, tags: { 42: link }, tokenizer: new Strict(plain(block)) }) as Content;
  } catch (error) {
    if (error instanceof EncodingError) throw error;
    throw new EncodingError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Not a Buffer, whose pieces would be Buffers. */
function plain(block: Uint8Array): Uint8Array {
  return new Uint8Array(block.buffer, block.byteOffset, block.length);
}

function link(inside: () => unknown): CID {
  const bytes = inside();
  if (!(bytes instanceof Uint8Array) || bytes.length !== 37 || bytes[0] !== 0) {
    throw new EncodingError("tag 42 holds 37 bytes, of which the first is 0");
  }
  const cid = CID.decode(bytes.subarray(1));
  if (!isCid(cid, DAG_CBOR) && !isCid(cid, RAW)) throw new EncodingError(`${cid} is no link of the format`);
  return cid;
}

/** A map or list that is open: how many items are to come, and in a map the key before. */
interface Open {
  left: number;
  readonly isMap: boolean;
  key: Uint8Array | undefined;
}

/** A tokenizer that refuses what cborg lets pass, and gives every integer as a bigint. */
class Strict extends Tokenizer {
  readonly #open: Open[] = [];
  #tagged = false;

  constructor(bytes: Uint8Array) {
    super(bytes, OPTIONS);
  }

  override next(): Token {
    const token = super.next();
    const inside = this.#open.at(-1);
    const isKey = inside?.isMap === true && inside.left % 2 === 0;
    if (isKey) ordered(token, inside);
    if (this.#tagged && !Type.equals(token.type, Type.bytes)) throw new EncodingError("tag 42 holds bytes");
    this.#tagged = Type.equals(token.type, Type.tag);
    if (this.#tagged) return token;
    if (inside) inside.left -= 1;
    const made = checked(token);
    if (Type.equals(token.type, Type.array) || Type.equals(token.type, Type.map)) this.#enter(token);
    while (this.#open.at(-1)?.left === 0) this.#open.pop();
    return made;
  }

  #enter(token: Token): void {
    const isMap = Type.equals(token.type, Type.map);
    const left = Number(token.value) * (isMap ? 2 : 1);
    if (this.#open.length >= DEEPEST) throw new EncodingError(`more than ${DEEPEST} maps and lists deep`);
    this.#open.push({ left, isMap, key: undefined });
  }
}

/** Keys are texts; fewer bytes first, equally many by their bytes; none twice. */
function ordered(token: Token, map: Open): void {
  if (!Type.equals(token.type, Type.string)) throw new EncodingError("a key of a map is no text");
  const key = token.byteValue ?? Buffer.from(String(token.value));
  const before = map.key;
  if (before && (before.length - key.length || Buffer.compare(before, key)) >= 0) {
    throw new EncodingError(`the key ${JSON.stringify(token.value)} is there twice, or out of order`);
  }
  map.key = key;
}

function checked(token: Token): Token {
  const { type, value } = token;
  if (Type.equals(type, Type.float)) {
    if (token.encodedLength !== 9) throw new EncodingError("a float is not 64 bits wide");
    if (Object.is(value, -0)) throw new EncodingError("-0.0 is not in a block");
  } else if (Type.equals(type, Type.string)) {
    if (token.byteValue && !isUtf8(token.byteValue)) throw new EncodingError("a text is not UTF-8");
  } else if (Type.equals(type, Type.uint) || Type.equals(type, Type.negint)) {
    const exact = BigInt(value as number | bigint);
    if (exact < LEAST) throw new EncodingError("an integer is below -2^63");
    // A new one: cborg hands out the same token for every equal small integer.
    const made = Object.create(token) as Token;
    made.value = exact;
    return made;
  } else if (Type.equals(type, Type.undefined)) {
    throw new EncodingError("undefined is not in a block");
  }
  return token;
}
