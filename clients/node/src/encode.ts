// Content as a canonical block. May use value.
import { encodeOptions } from "@ipld/dag-cbor";
import { type EncodeOptions, Token, Type, encode as cbor } from "cborg";
import type { Content } from "./value.js";

const OPTIONS: EncodeOptions = {
  ...encodeOptions,
  typeEncoders: {
    // The links of dag-cbor; its rule that no key may be empty is not one of the format.
    ...(encodeOptions.typeEncoders as NonNullable<EncodeOptions["typeEncoders"]>),
    Map: () => null,
    // A number is a float even where it has no fraction.
    number: (value: number) => new Token(Type.float, value),
    bigint: (value: bigint) => new Token(value < 0n ? Type.negint : Type.uint, value),
  },
};

/** The canonical DAG-CBOR of a content. */
export function encode(content: Content): Uint8Array {
  return cbor(content, OPTIONS);
}
