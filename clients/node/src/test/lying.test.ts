// A service that lies: about an event, a trace, what it found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import { CorruptLedgerError } from "../index.js";
import type { Event as Sent } from "../lineseal/v1/event.js";
import { chain, details, model, serving } from "./fake.js";

const [LEAF, MIDDLE, ROOT] = chain(3) as [Sent, Sent, Sent];
const NAME = LEAF.hash.toString("hex");
const STRANGER = model(7n);
const at = (event: Sent, index: bigint): Sent => ({ ...event, index });

const TRACES: [string, Sent[], RegExp][] = [
  ["an event that is no part of it", [LEAF, MIDDLE, ROOT, at(STRANGER, -1n)], /does not belong/],
  ["an event twice", [LEAF, MIDDLE, at(MIDDLE, 0n), at(ROOT, 0n)], /does not belong/],
  ["a parent before its child", [MIDDLE, LEAF, ROOT], /does not belong/],
  ["a parent at no lower index", [LEAF, at(MIDDLE, 2n), ROOT], /index 2 behind index 2/],
  ["no oldest ancestor", [LEAF, MIDDLE], /out of the trace/],
  ["not what was asked for", [], /out of the trace/],
  ["another block", [{ ...LEAF, block: MIDDLE.block }], /another hash/],
  ["a hash that is none", [{ ...LEAF, hash: Buffer.alloc(0) }], /another hash/],
];

for (const [what, events, message] of TRACES) {
  test(`a trace with ${what} is refused`, async () => {
    const sent = events.map((event) => ({ ...event, index: BigInt.asUintN(64, event.index) }));
    const { client, stop } = await serving({ trace: () => ({ events: sent }) });
    await assert.rejects(
      client.trace(NAME),
      (error) => error instanceof CorruptLedgerError && message.test(error.message),
    );
    stop();
  });
}

test("events named by the beginnings of their hashes are held to them", async () => {
  const short = NAME.slice(0, 10);
  const { client, stop } = await serving({ trace: () => ({ events: [LEAF, MIDDLE, ROOT] }) });
  assert.equal((await client.trace([short, MIDDLE.hash.toString("hex")])).length, 3);
  await assert.rejects(client.trace([short, "00".repeat(5)]), /left 0000000000 out/);
  assert.equal((await client.verify("00".repeat(5))).verdict, "failed");
  stop();
});

test("another event than the one that was asked for is refused, and so is none", async () => {
  let event: Sent | undefined = STRANGER;
  const { client, stop } = await serving({ get: () => event });
  assert.equal((await client.get(STRANGER.hash.toString("hex"))).type, "model");
  await assert.rejects(client.get(NAME), /another event/);
  await assert.rejects(client.get(NAME.slice(0, 8)), /another event/);
  event = undefined;
  await assert.rejects(client.get(NAME), CorruptLedgerError);
  stop();
});

test("events that do not have the key, or are more than were asked for, are refused", async () => {
  const events = [model(9n), model(4n)];
  const { client, stop } = await serving({ find: () => ({ events, nextPageToken: "" }) });
  assert.equal((await client.find({ model: "lr" })).length, 2);
  for (const key of [{ model: "lr@9" }, { model: "xgb" }, { dataset: "lr" }, { id: "lr" }, { runId: "lr" }]) {
    await assert.rejects(client.find(key), CorruptLedgerError, JSON.stringify(key));
  }
  await assert.rejects(client.find({ model: "lr" }, { limit: 1 }), /sent 2 events where 1 were/);
  stop();
});

test("verify ends a stream that sends the same events for ever", async () => {
  const { client, stop } = await serving({
    trace(_, call) {
      const ticking = setInterval(() => call.write({ events: [LEAF, MIDDLE, ROOT] }), 1);
      call.on("cancelled", () => clearInterval(ticking));
      return { events: [], open: true };
    },
  });
  const { verdict, findings } = await client.verify(NAME);
  assert.equal(verdict, "failed");
  assert.deepEqual([...new Set(findings.map(({ check }) => check))].sort(), ["duplicate"]);
  stop();
});

test("damage that a server tells of fails verification, and what it calls missing is a lie", async () => {
  let reason = "CORRUPT_LEDGER";
  const { client, stop } = await serving({
    trace: ({ afterIndex }) => ({
      events: afterIndex === undefined ? [LEAF] : [],
      broken: { code: status.DATA_LOSS, metadata: details(reason, { hash: "ab".repeat(32) }) },
    }),
  });
  const { verdict, findings } = await client.verify(NAME);
  assert.equal(verdict, "failed");
  assert.ok(findings.some(({ check, hash }) => check === "hash" && hash === "ab".repeat(32)));
  reason = "EVENT_NOT_FOUND";
  await assert.rejects(client.verify(NAME), CorruptLedgerError);
  stop();
});
