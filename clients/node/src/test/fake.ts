// A service of grpc-js in this process, of which a test says what it answers.
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import { Client } from "../index.js";
import { encode } from "../encode.js";
import { cidOf, sha256 } from "../name.js";
import type { Event as Sent } from "../lineseal/v1/event.js";
import {
  type FindEventsRequest,
  type FindEventsResponse,
  type GetEventResponse,
  LedgerServiceService,
  ProvenanceServiceService,
  type RecordRequest,
  type RecordResponse,
  type TraceRequest,
  type TraceResponse,
} from "../lineseal/v1/provenance.js";

export type Refusal = { code: status; details?: string; metadata?: Metadata };
export type Recording = (request: RecordRequest) => RecordResponse | Refusal | "silent";
type Stream = ServerWritableStream<TraceRequest, TraceResponse>;
/** The events of one message, and how it ends: well, broken, or, where `open`, not at all. */
type Tracing = (request: TraceRequest, call: Stream) => { events: Sent[]; broken?: Refusal; open?: boolean };
type Getting = () => Sent | undefined;
type Finding = (request: FindEventsRequest) => FindEventsResponse;

/** A service of which a test says what it answers, and a client of it. */
export async function serving(
  service: { record?: Recording; trace?: Tracing; get?: Getting; find?: Finding },
  timeout = 5_000,
) {
  const server = new Server();
  server.addService(ProvenanceServiceService, {
    record(
      call: ServerUnaryCall<RecordRequest, RecordResponse>,
      answer: (error: Refusal | null, value?: RecordResponse) => void,
    ) {
      const made = service.record?.(call.request) ?? { code: status.UNIMPLEMENTED };
      if (made === "silent") return;
      if ("code" in made) answer(made);
      else answer(null, made);
    },
    trace(call: Stream) {
      const { events, broken, open } = service.trace?.(call.request, call) ?? { events: [] };
      if (events.length > 0) call.write({ events });
      if (broken) call.emit("error", broken);
      else if (!open) call.end();
    },
    getEvent: (_: unknown, answer: (error: null, value: GetEventResponse) => void) =>
      answer(null, { event: service.get?.() }),
    findEvents(
      call: ServerUnaryCall<FindEventsRequest, FindEventsResponse>,
      answer: (error: null, value?: FindEventsResponse) => void,
    ) {
      answer(null, service.find?.(call.request) ?? { events: [], nextPageToken: "" });
    },
  });
  server.addService(LedgerServiceService, {
    createLedger: (_: unknown, answer: (error: null, value: object) => void) =>
      answer(null, { ledger: undefined, created: false }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const client = await Client.connect(`127.0.0.1:${port}`, { timeout });
  const stop = () => {
    client.close();
    server.forceShutdown();
  };
  return { client, stop };
}

/** The trailer of a refusal, as docs/spec/errors.md has it. */
export function details(
  reason: string,
  said: Record<string, string>,
  retry?: number,
  domain = "lineseal",
): Metadata {
  const any = (type: string, value: Uint8Array) =>
    new BinaryWriter()
      .uint32(10)
      .string(`type.googleapis.com/google.rpc.${type}`)
      .uint32(18)
      .bytes(value)
      .finish();
  const info = new BinaryWriter().uint32(10).string(reason).uint32(18).string(domain);
  for (const [key, value] of Object.entries(said)) {
    info.uint32(26).bytes(new BinaryWriter().uint32(10).string(key).uint32(18).string(value).finish());
  }
  const outer = new BinaryWriter().uint32(8).int32(9).uint32(18).string("the message");
  outer.uint32(26).bytes(any("ErrorInfo", info.finish()));
  if (retry !== undefined) {
    const delay = new BinaryWriter()
      .uint32(8)
      .int64(Math.floor(retry / 1000))
      .uint32(16)
      .int32((retry % 1000) * 1e6)
      .finish();
    outer.uint32(26).bytes(any("RetryInfo", new BinaryWriter().uint32(10).bytes(delay).finish()));
  }
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(outer.finish()));
  return metadata;
}

export function chain(length: number): Sent[] {
  const events: Sent[] = [];
  for (let i = 0; i < length; i += 1) {
    const parents = events.slice(0, 1).map(({ hash }) => cidOf(hash.toString("hex")));
    const block = encode(
      new Map<string, never>(
        Object.entries({ v: 1n, time: BigInt(i), type: "a/b", parents, payload: new Map() }) as [
          string,
          never,
        ][],
      ),
    );
    events.unshift({
      hash: Buffer.from(sha256(block), "hex"),
      index: BigInt(i),
      block: Buffer.from(block),
      recordedAt: 0n,
    });
  }
  return events;
}

/** The event of a model of which this is index and version. */
export function model(index: bigint) {
  const event = { v: 1n, type: "model", parents: [], payload: new Map<string, never>() };
  event.payload.set("name", "lr" as never).set("version", `${index}` as never);
  const block = Buffer.from(encode(new Map(Object.entries(event)) as Map<string, never>));
  return { hash: Buffer.from(sha256(block), "hex"), index, block, recordedAt: 0n };
}

export const receipts = ({ events }: RecordRequest): RecordResponse => ({
  receipts: events.map(({ form }) => ({
    hash: Buffer.from(sha256(form?.$case === "block" ? form.value : Buffer.from("")), "hex"),
    index: 0n,
    created: true,
    block: Buffer.from(""),
  })),
});
export const BLOCK = Buffer.from(chain(1)[0]?.block ?? []);
