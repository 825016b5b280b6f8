// Content as the messages of lineseal.v1. May use value, and the stubs.
import { CID } from "multiformats/cid";
import * as pb from "./lineseal/v1/event.js";
import type { Content } from "./value.js";

/** A free value. */
export function valueOf(content: Content): pb.Value {
  return { kind: kindOf(content) };
}

/** A map of free values. */
export function mapOf(content: Map<string, Content>): Map<string, pb.Value> {
  return new Map(Array.from(content, ([key, item]) => [key, valueOf(item)]));
}

function kindOf(content: Content): NonNullable<pb.Value["kind"]> {
  if (content === null) return { $case: "nullValue", value: pb.NullValue.NULL_VALUE_UNSPECIFIED };
  switch (typeof content) {
    case "boolean":
      return { $case: "boolValue", value: content };
    case "number":
      return { $case: "doubleValue", value: content };
    case "bigint":
      return { $case: content < 2n ** 63n ? "intValue" : "uintValue", value: content };
    case "string":
      return { $case: "textValue", value: content };
  }
  if (content instanceof Map) return { $case: "mapValue", value: { entries: mapOf(content) } };
  if (Array.isArray(content)) return { $case: "listValue", value: { items: content.map(valueOf) } };
  if (content instanceof Uint8Array) return { $case: "bytesValue", value: Buffer.from(content) };
  return { $case: "linkValue", value: Buffer.from(CID.asCID(content)?.bytes ?? []) };
}
