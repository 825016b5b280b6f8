// A service that is silent, never ends, or stands behind a proxy with words of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { type LinesealError, OverloadedError, TimeoutError } from "../index.js";
import type { Channel } from "../channel.js";
import { isRefusal } from "../delivery.js";
import { rebuilt } from "../status.js";
import { rows } from "../tracing.js";
import { BLOCK, type Refusal, chain, details, model, receipts, serving } from "./fake.js";

const LEAF = chain(3)[0]?.hash.toString("hex") ?? "";

function told(code: status, said: string, metadata = new Metadata()): LinesealError {
  const error = Object.assign(new Error(said), { code, details: said, metadata });
  return rebuilt(error as ServiceError, "localhost:1").error;
}

test("a proxy's limit on how much is called is no fault of what was sent: it is sent again", async () => {
  const limits: Refusal[] = [
    { code: status.RESOURCE_EXHAUSTED, details: "rate limit exceeded" },
    { code: status.RESOURCE_EXHAUSTED, metadata: details("INVALID_RECORD", {}, undefined, "example.com") },
  ];
  const { client, stop } = await serving({ record: (request) => limits.shift() ?? receipts(request) });
  assert.equal((await client.recordBlocks([BLOCK])).length, 1);
  assert.deepEqual(limits, []);
  stop();
});

test("only what a service of ours says can be a fault of a row", () => {
  for (const [code, name] of Object.entries(status)) {
    if (typeof name === "string" || name === status.OK) continue;
    const other = details("INVALID_RECORD", { position: "0" }, undefined, "example.com");
    assert.ok(!isRefusal(told(name, "no")), code);
    assert.ok(!isRefusal(told(name, "no", other)), `${code} of another domain`);
  }
  assert.ok(isRefusal(told(status.INVALID_ARGUMENT, "no", details("INVALID_RECORD", {}))));
  assert.ok(isRefusal(told(status.INVALID_ARGUMENT, "no", details("TO_COME", {}))));
});

test("a message beyond gRPC's limit is not sent for ever, whichever library says so", () => {
  for (const said of [
    "Received message larger than max (5000000 vs 4194304)",
    "CLIENT: Sent message larger than max (5000000 vs. 4194304)",
    "grpc: received message larger than max (5000000 vs. 4194304)",
    "gRPC message exceeds maximum size 4194304: 5000000",
    "Attempted to send message with a size larger than 20971520",
    "Error, message length too large: found 5000000 bytes, the limit is: 4194304 bytes",
  ]) {
    assert.equal(told(status.RESOURCE_EXHAUSTED, said).code, "INVALID_ARGUMENT", said);
  }
  assert.equal(told(status.UNKNOWN, "Received HTTP status code 413").code, "INVALID_ARGUMENT");
  assert.equal(told(status.UNKNOWN, "Received HTTP status code 414").code, "INTERNAL");
  for (const said of ["", "429 too many requests", "quota larger than allowed"]) {
    assert.ok(told(status.RESOURCE_EXHAUSTED, said) instanceof OverloadedError, said);
  }
});

test("a request that this side cannot send is refused at once", async () => {
  const { client, stop } = await serving({ record: receipts });
  const blocks = Array.from({ length: 22 }, (_, n) => new Uint8Array(1 << 20).fill(n));
  await assert.rejects(client.recordBlocks(blocks), { code: "INVALID_ARGUMENT" });
  stop();
});

test("a server cannot have its caller wait longer than the caller has time", async () => {
  const refusal = { code: status.UNAVAILABLE, metadata: details("LEDGER_LOCKED", {}, 1e15) };
  const { client, stop } = await serving({ record: () => refusal }, 600);
  const begun = Date.now();
  await assert.rejects(client.recordBlocks([BLOCK]), { code: "LEDGER_LOCKED" });
  assert.ok(Date.now() - begun < 3_000, `${Date.now() - begun} ms`);
  stop();
});

test("nor longer than half a minute", () => {
  const metadata = details("OVERLOADED", {}, 1e15);
  const error = Object.assign(new Error(), { code: status.RESOURCE_EXHAUSTED, details: "", metadata });
  assert.equal(rebuilt(error, "localhost:1").delay, 30_000);
});

test("a stream that is silent, or sends nothing but empty messages, is given up", async () => {
  const ended: number[] = [];
  for (const atOnce of [0, 1, 200]) {
    const { client, stop } = await serving({
      trace(_, call) {
        const ticking = setInterval(() => {
          for (let n = 0; n < atOnce; n += 1) call.write({ events: [] });
        }, 2);
        call.on("cancelled", () => {
          clearInterval(ticking);
          ended.push(atOnce);
        });
        return { events: [], open: true };
      },
    });
    await assert.rejects(client.trace(LEAF, { timeout: 300 }), TimeoutError);
    await assert.rejects(client.verify(LEAF, { timeout: 300 }), TimeoutError);
    for (let n = 0; n < 100 && ended.at(-2) !== atOnce; n += 1) await sleep(50);
    stop();
  }
  assert.deepEqual(ended, [0, 0, 1, 1, 200, 200], "and the server is told");
});

test("nor does a flood of empty messages, each of them in time, go on for ever", async () => {
  let sent = 0;
  async function* stream() {
    const end = Date.now() + 5_000;
    for (; Date.now() < end; sent += 1) yield { events: [] };
  }
  const channel = { address: "localhost:1", timeout: 50, stream } as unknown as Channel;
  await assert.rejects(rows(channel, "default", [LEAF]).next(), TimeoutError);
  assert.ok(sent > 100, `${sent} messages`);
});

test("a stream that falls silent behind its first events is given up", async () => {
  const { client, stop } = await serving({ trace: () => ({ events: chain(3).slice(0, 2), open: true }) });
  await assert.rejects(client.trace(LEAF, { timeout: 300 }), TimeoutError);
  stop();
});

test("who is slow to read is not late, and who stops reading ends the call", async () => {
  const { client, stop } = await serving({ trace: () => ({ events: chain(3) }) });
  const types: string[] = [];
  for await (const { type } of client.ancestors(LEAF, { timeout: 300 })) types.push((await sleep(200), type));
  assert.equal(types.length, 3);
  for await (const { hash } of client.ancestors(LEAF)) {
    assert.equal(hash, LEAF);
    break;
  }
  stop();
});

test("a client that is closed ends its calls, whatever the service does", async () => {
  const { client, stop } = await serving({
    record: () => "silent",
    trace: () => ({ events: chain(3).slice(0, 2), open: true }),
  });
  const begun = Date.now();
  const calls = [client.recordBlocks([BLOCK]), client.trace(LEAF), client.verify(LEAF)];
  const ends = Promise.all(calls.map((call) => assert.rejects(call, { code: "CLOSED" })));
  await sleep(100);
  client.close();
  await ends;
  assert.ok(Date.now() - begun < 3_000, `${Date.now() - begun} ms`);
  stop();
});

test("find goes on from page to page, but not for ever", async () => {
  const asked: string[] = [];
  let pages = [[model(9n)], [model(5n), model(4n)]];
  const { client, stop } = await serving({
    find({ pageToken }) {
      asked.push(pageToken);
      const n = Number(pageToken);
      return { events: pages[n] ?? [], nextPageToken: n === pages.length - 1 ? "" : `${n + 1}` };
    },
  });
  const indices = async () => (await client.find({ model: "lr" })).map(({ index }) => index);
  assert.deepEqual(await indices(), [9n, 5n, 4n]);
  assert.deepEqual(asked, ["", "1"]);
  pages = [[model(9n)], [], [model(4n)]];
  await assert.rejects(indices(), { code: "CORRUPT_LEDGER", message: /empty page/ });
  pages = [[model(5n)], [model(5n)]];
  await assert.rejects(indices(), { code: "CORRUPT_LEDGER", message: /out of order/ });
  stop();
});
