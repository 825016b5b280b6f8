// Record requests of events that are encoded already. May use prepare, and the stubs.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Method } from "./channel.js";
import type { Prepared } from "./prepare.js";
import type { RecordRequest, RecordResponse } from "./lineseal/v1/provenance.js";

/** Numbers of the fields of a RecordRequest. */
const LEDGER = 1;
const EVENTS = 2;

interface Ready {
  readonly ledger: string;
  readonly prepared: readonly Prepared[];
}

/** The method Record, for events that are encoded already. */
export function sending(method: Method<RecordRequest, RecordResponse>): Method<Ready, RecordResponse> {
  return { ...method, requestSerialize };
}

function requestSerialize({ ledger, prepared }: Ready): Buffer {
  const writer = new BinaryWriter().tag(LEDGER, WireType.LengthDelimited).string(ledger);
  for (const { bytes } of prepared) writer.tag(EVENTS, WireType.LengthDelimited).bytes(bytes);
  return Buffer.from(writer.finish());
}
