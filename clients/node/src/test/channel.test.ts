// Calls over a connection that fails, to a server of grpc-js in this process.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import {
  Client,
  InternalError,
  LedgerLockedError,
  ServiceUnavailableError,
  TimeoutError,
  UnsupportedFormatError,
} from "../index.js";
import { encode } from "../encode.js";
import { cidOf, sha256 } from "../name.js";
import type { Event as Sent } from "../lineseal/v1/event.js";
import {
  LedgerServiceService,
  ProvenanceServiceService,
  type RecordRequest,
  type RecordResponse,
  type TraceRequest,
  type TraceResponse,
} from "../lineseal/v1/provenance.js";

type Refusal = { code: status; details?: string; metadata?: Metadata };
type Recording = (request: RecordRequest) => RecordResponse | Refusal;
type Tracing = (request: TraceRequest) => { events: Sent[]; broken?: Refusal };

/** A service of which a test says what it answers, and a client of it. */
async function serving(service: { record?: Recording; trace?: Tracing; absent?: boolean }, timeout = 5_000) {
  const server = new Server();
  server.addService(ProvenanceServiceService, {
    record(
      call: ServerUnaryCall<RecordRequest, RecordResponse>,
      answer: (error: Refusal | null, value?: RecordResponse) => void,
    ) {
      const made = service.record?.(call.request) ?? { code: status.UNIMPLEMENTED };
      if ("code" in made) answer(made);
      else answer(null, made);
    },
    trace(call: ServerWritableStream<TraceRequest, TraceResponse>) {
      const { events, broken } = service.trace?.(call.request) ?? { events: [] };
      if (events.length > 0) call.write({ events });
      if (broken) call.emit("error", broken);
      else call.end();
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
function details(reason: string, said: Record<string, string>, retry?: number): Metadata {
  const any = (type: string, value: Uint8Array) =>
    new BinaryWriter()
      .uint32(10)
      .string(`type.googleapis.com/google.rpc.${type}`)
      .uint32(18)
      .bytes(value)
      .finish();
  const info = new BinaryWriter().uint32(10).string(reason).uint32(18).string("lineseal");
  for (const [key, value] of Object.entries(said)) {
    info.uint32(26).bytes(new BinaryWriter().uint32(10).string(key).uint32(18).string(value).finish());
  }
  const outer = new BinaryWriter().uint32(8).int32(9).uint32(18).string("the message");
  outer.uint32(26).bytes(any("ErrorInfo", info.finish()));
  if (retry !== undefined) {
    const delay = new BinaryWriter()
      .uint32(16)
      .int32(retry * 1e6)
      .finish();
    outer.uint32(26).bytes(any("RetryInfo", new BinaryWriter().uint32(10).bytes(delay).finish()));
  }
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(outer.finish()));
  return metadata;
}

function chain(length: number): Sent[] {
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

const receipts = ({ events }: RecordRequest): RecordResponse => ({
  receipts: events.map(({ form }) => ({
    hash: Buffer.from(sha256(form?.$case === "block" ? form.value : Buffer.from("")), "hex"),
    index: 0n,
    created: true,
    block: Buffer.from(""),
  })),
});
const BLOCK = Buffer.from(chain(1)[0]?.block ?? []);

test("after a failure the same request is sent again", async () => {
  const seen: RecordRequest[] = [];
  const { client, stop } = await serving({
    record: (request) =>
      seen.push(request) < 3 ? { code: status.UNAVAILABLE, details: "gone" } : receipts(request),
  });
  assert.equal((await client.recordBlocks([BLOCK])).length, 1);
  assert.deepEqual([seen.length, seen[0]], [3, seen[2]]);
  stop();
});

test("it waits as long as the server says", async () => {
  let begun = 0;
  const busy = { code: status.RESOURCE_EXHAUSTED, metadata: details("OVERLOADED", {}, 300) };
  const { client, stop } = await serving({
    record: (request) => (begun ? receipts(request) : ((begun = Date.now()), busy)),
  });
  await client.recordBlocks([BLOCK]);
  assert.ok(Date.now() - begun >= 295, `${Date.now() - begun} ms`);
  stop();
});

test("a refusal has all that its details say, and is not repeated", async () => {
  let calls = 0;
  const said = { field: "x", path: "payload.x", position: "3", hash: "ab", remedy: "Mend it" };
  const { client, stop } = await serving({
    record: () => (calls++, { code: status.INVALID_ARGUMENT, metadata: details("INVALID_RECORD", said) }),
  });
  await assert.rejects(client.recordBlocks([BLOCK]), {
    name: "InvalidRecordError",
    code: "INVALID_RECORD",
    message: "the message",
    ...said,
    position: 3,
  });
  assert.equal(calls, 1);
  stop();
});

test("when the time is over, the error says what was tried", async () => {
  const { client, stop } = await serving(
    { record: () => ({ code: status.UNAVAILABLE, metadata: details("LEDGER_LOCKED", {}) }) },
    500,
  );
  await assert.rejects(
    client.recordBlocks([BLOCK]),
    (error) => error instanceof LedgerLockedError && /[0-9]+ attempts in 0\.[0-9] s/.test(error.message),
  );
  stop();
});

test("errors of gRPC's own, and of other services, have codes too", async () => {
  let answer: Refusal = { code: status.UNIMPLEMENTED };
  const { client, stop } = await serving({ record: () => answer }, 300);
  await assert.rejects(client.recordBlocks([BLOCK]), UnsupportedFormatError);
  answer = { code: status.UNKNOWN, details: "boom" };
  await assert.rejects(client.recordBlocks([BLOCK]), InternalError);
  answer = { code: status.DEADLINE_EXCEEDED };
  await assert.rejects(client.recordBlocks([BLOCK]), TimeoutError);
  const garbage = new Metadata();
  garbage.set("grpc-status-details-bin", Buffer.from("ffffffff", "hex"));
  answer = { code: status.INTERNAL, metadata: garbage };
  await assert.rejects(client.recordBlocks([BLOCK]), InternalError);
  await assert.rejects(Client.connect("127.0.0.1:1", { connectTimeout: 300 }), ServiceUnavailableError);
  stop();
});

test("a trace that breaks goes on where it ended", async () => {
  const events = chain(4);
  const asked: (bigint | undefined)[] = [];
  const { client, stop } = await serving({
    trace({ afterIndex }) {
      asked.push(afterIndex);
      const rest = events.filter(({ index }) => afterIndex === undefined || index < afterIndex);
      return rest.length > 2
        ? { events: rest.slice(0, 2), broken: { code: status.UNAVAILABLE } }
        : { events: rest };
    },
  });
  const [leaf] = events;
  const hashes = (await client.trace(leaf?.hash.toString("hex") ?? "")).map(({ hash }) => hash);
  assert.deepEqual(
    hashes,
    events.map(({ hash }) => hash.toString("hex")),
  );
  assert.deepEqual(asked, [undefined, 2n]);
  assert.ok((await client.verify(hashes[0] ?? "")).ok);
  stop();
});

test("receipts that are too few, or another's, are refused", async () => {
  let answer: RecordResponse = { receipts: [] };
  const { client, stop } = await serving({ record: () => answer });
  await assert.rejects(client.recordBlocks([BLOCK]), { code: "CORRUPT_LEDGER" });
  answer = { receipts: [{ hash: Buffer.alloc(32), index: 0n, created: true, block: Buffer.from("") }] };
  await assert.rejects(client.recordBlocks([BLOCK]), { code: "CORRUPT_LEDGER" });
  stop();
});
