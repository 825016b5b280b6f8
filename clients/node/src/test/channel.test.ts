// Calls over a connection that fails, to a server of grpc-js in this process.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata, status } from "@grpc/grpc-js";
import {
  Client,
  InternalError,
  LedgerLockedError,
  ServiceUnavailableError,
  TimeoutError,
  UnsupportedFormatError,
} from "../index.js";
import type { RecordRequest, RecordResponse } from "../lineseal/v1/provenance.js";
import { BLOCK, type Refusal, chain, details, receipts, serving } from "./fake.js";

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
