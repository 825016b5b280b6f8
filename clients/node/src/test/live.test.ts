// Against a live server (see server.ts).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { after, test as anyTest, before } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  CancelledError,
  Client,
  type Draft,
  EventNotFoundError,
  InvalidArgumentError,
  InvalidRecordError,
  LedgerNotFoundError,
  LinesealError,
  ParentNotFoundError,
  PredictionLogger,
  type Receipt,
  type Value,
} from "../index.js";
import { type Kind, SCHEMA } from "../schema.js";
import { anyServer, noServer } from "./server.js";

let TARGET = "";
let server: { address: string; stop: () => Promise<void> } | undefined;
before(async () => {
  if (noServer) return;
  server = await anyServer();
  TARGET = server.address;
});
after(() => server?.stop());
const ledger = `node-${randomUUID().slice(0, 8)}`;

function test(name: string, body: (client: Client) => Promise<void>): void {
  anyTest(name, { skip: noServer }, async () => {
    const client = await Client.connect(TARGET, { ledger });
    try {
      await body(client);
    } finally {
      client.close();
    }
  });
}

const DATA: Draft = { type: "dataset", name: "digits", version: "1", numRows: 1797 };

async function fault(work: Promise<unknown>): Promise<LinesealError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof LinesealError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "it was not refused" });
}

test("a history is recorded, traced and verified", async (client) => {
  const run: Draft = { type: "training", runId: "r1", modelName: "lr", parents: { train: DATA }, time: 1n };
  const model: Draft = { type: "model", name: "lr", version: "1", parents: run };
  const receipts = await client.recordBatch([DATA, run, model]);
  const [data, , last] = receipts;
  assert.ok(data && last);
  assert.deepEqual(
    (await client.trace(last)).map(({ type }) => type),
    ["model", "training", "dataset"],
  );
  const report = await client.verify(last);
  assert.deepEqual([report.ok, report.checked, report.anchor], [true, 3, "hash"]);
  const event = await client.get(last.hash.slice(0, 16));
  assert.deepEqual([event.hash, event.cid, event.parents], [last.hash, last.cid, [receipts[1]?.hash]]);
  assert.equal((await client.get(data.cid)).payload.num_rows, 1797n);
  assert.equal((await client.verify(last.hash.slice(0, 16))).anchor, "none");
});

test("the same event is there once, as a draft, prepared, and as a block", async (client) => {
  const first = await client.record(DATA);
  const again = await client.record(DATA);
  assert.deepEqual([again.hash, again.index, again.created], [first.hash, first.index, false]);
  const { block } = await client.get(first);
  assert.equal((await client.recordBlocks([block]))[0]?.created, false);
  const prepared = await client.prepare({ type: "prediction", output: 1n, parents: first });
  const [one, two] = [await client.recordPrepared([prepared]), await client.recordPrepared([prepared])];
  assert.deepEqual([one[0]?.created, two[0]?.created], [true, false]);
  assert.equal(one[0]?.hash, two[0]?.hash);
});

test("a refusal has its code and place", async (client) => {
  const negative = await fault(client.recordBatch([DATA, { type: "dataset", name: "d", numRows: -1 }]));
  assert.ok(negative instanceof InvalidRecordError);
  assert.deepEqual(
    [negative.code, negative.field, negative.path, negative.position],
    ["INVALID_RECORD", "num_rows", "payload.num_rows", 1],
  );
  const local = await fault(client.recordBatch([DATA, { type: "dataset", name: "d", numRows: 0.5 }]));
  assert.deepEqual([local.code, local.path, local.position], ["INVALID_RECORD", "payload.num_rows", 1]);
  const orphan = await fault(client.record({ type: "model", name: "m", parents: "ab".repeat(32) }));
  assert.ok(orphan instanceof ParentNotFoundError && orphan.hash === "ab".repeat(32));
  assert.ok((await fault(client.record({ type: "prediction", output: 1n }))) instanceof InvalidRecordError);
  assert.ok((await fault(client.get("ab".repeat(32)))) instanceof EventNotFoundError);
  assert.ok((await fault(client.trace("ab".repeat(32)))) instanceof EventNotFoundError);
  assert.ok((await fault(client.verify("ab".repeat(32)))) instanceof EventNotFoundError);
  assert.ok((await fault(client.get("abc"))) instanceof InvalidArgumentError);
});

test("events are found by what people call them", async (client) => {
  const name = randomUUID();
  const one = await client.record({ type: "model", name, version: "1", ids: [`mlflow:${name}`] });
  const two = await client.record({ type: "model", name, version: "2" });
  const hashes = async (key: Parameters<Client["find"]>[0]) =>
    (await client.find(key)).map(({ hash }) => hash);
  assert.deepEqual(await hashes({ model: name }), [two.hash, one.hash]);
  assert.deepEqual(await hashes({ model: `${name}@1` }), [one.hash]);
  assert.deepEqual(await hashes({ id: `mlflow:${name}` }), [one.hash]);
  assert.deepEqual(await hashes({ runId: name }), []);
  assert.ok((await fault(client.find({ model: name, runId: "r" }))) instanceof InvalidArgumentError);
});

/** A free value, of every kind, in one another. */
function anything(depth: number): Value {
  const text = () => ["", "é", "🤖", "a b", "__proto__", "\u0000"][randomInt(6)] ?? "";
  const kinds: (() => Value)[] = [
    () => null,
    () => randomInt(2) === 0,
    () => (Math.random() - 0.5) * 10 ** randomInt(-300, 300),
    () => randomInt(100),
    () => BigInt(randomInt(-100, 100)),
    () => 2n ** 64n - BigInt(randomInt(1, 9)),
    () => -(2n ** 63n),
    text,
    () => Buffer.from(text()),
    () => new Date(randomInt(2 ** 40)),
    () => new Float32Array(randomInt(4)),
    () => [-0, NaN, Infinity, -Infinity][randomInt(4)] ?? 0,
    () => Array.from({ length: randomInt(4) }, () => anything(depth - 1)),
    () => new Map(Array.from({ length: randomInt(4) }, () => [text() + randomInt(9), anything(depth - 1)])),
  ];
  return kinds[randomInt(depth > 0 ? kinds.length : kinds.length - 2)]?.() ?? null;
}

/** What may stand in a field of a kind, what counts as absent there among it. */
const FIELDS: Record<Kind, () => unknown> = {
  text: () => ["", "é", "🤖", null, undefined, "sha256:ab"][randomInt(6)],
  bool: () => [true, false, null][randomInt(3)],
  count: () => [0, 7n, 2 ** 53 - 1, 2n ** 63n - 1n, null][randomInt(5)],
  int: () => [0, -1, -(2n ** 63n), null][randomInt(4)],
  time: () => [new Date(randomInt(2 ** 40)), 0n, -(2n ** 63n), null][randomInt(4)],
  any: () => anything(4),
  map: () => [{}, { a: anything(4), "": null }, null][randomInt(3)],
  values: () => ({ a: anything(4) }),
  metrics: () => [{ a: NaN, b: -0, "": 2n ** 53n }, new Map([["c", 0.1]]), null][randomInt(3)],
  code: () => [{}, { uri: "", dirty: false }, { revision: "r", uri: null }, null][randomInt(4)],
  ids: () => [[], ["b:2", "a:é", "a:z", "a:🤖", "a:\uffff"], null][randomInt(3)],
};

/** A draft of a known type; what it must have may be missing. */
function someDraft(parent: Receipt): Draft {
  const types = [...SCHEMA.keys()];
  const type = types[randomInt(types.length)] ?? "";
  const fields = (SCHEMA.get(type) ?? []).filter(() => randomInt(4) > 0);
  const record = Object.fromEntries(fields.map(({ key, kind }) => [key, FIELDS[kind]()]));
  const parents = [[], [parent], { "": parent, b: [parent] }, { of: parent, a: parent }][randomInt(4)];
  return { type, ...record, parents, actor: ["", "someone", null][randomInt(3)] } as unknown as Draft;
}

test("whatever is recorded has the hash that was computed here", async (client) => {
  const parent = await client.record(DATA);
  let recorded = 0;
  const record = async (draft: Draft) => {
    try {
      await client.record(draft);
      recorded += 1;
    } catch (error) {
      // Anything else, CORRUPT_LEDGER above all, is a fault of ours.
      if (!(error instanceof InvalidRecordError)) throw error;
    }
  };
  await Promise.all(Array.from({ length: 400 }, () => record(someDraft(parent))));
  assert.ok(recorded > 100, `${recorded} recorded`);
  const custom = (): Draft => ({ type: "acme/anything", payload: { ids: [], a: anything(4) } });
  assert.equal((await client.recordBatch(Array.from({ length: 200 }, custom))).length, 200);
});

test("a whole batch of 10,000 is recorded, and traced", async (client) => {
  const drafts = Array.from(
    { length: 10_000 },
    (_, n): Draft => ({
      type: "prediction",
      output: BigInt(n),
      parents: DATA,
    }),
  );
  const receipts = await client.recordBatch([DATA, ...drafts.slice(1)]);
  const report = await client.verify(receipts);
  assert.deepEqual([report.ok, report.checked], [true, 10_000]);
});

test("a cancelled call says so", async (client) => {
  const gone = AbortSignal.abort();
  assert.ok((await fault(client.get("ab".repeat(32), { signal: gone }))) instanceof CancelledError);
  assert.ok((await fault(client.trace("ab".repeat(32), { signal: gone }))) instanceof CancelledError);
});

test("a ledger that is not there is made only where that is wanted", async () => {
  const name = `none-${randomUUID().slice(0, 8)}`;
  const error = await fault(Client.connect(TARGET, { ledger: name, create: false }));
  assert.ok(error instanceof LedgerNotFoundError, error.message);
  const made = await Client.connect(`grpc://${TARGET}/${name}`);
  assert.equal(made.ledger, name);
  made.close();
  assert.equal((await fault(made.get("ab".repeat(32)))).code, "CLOSED");
});

test("what is logged is recorded in its stream, without gaps but for the explained", async (client) => {
  const name = randomUUID();
  await client.record({ type: "model", name, version: "3" });
  const refused: bigint[] = [];
  const logger = await PredictionLogger.open(client, {
    parents: `model:${name}@3`,
    batchSize: 50,
    onRefused: ({ seq }) => refused.push(seq),
  });
  for (let n = 0; n < 200; n += 1)
    await logger.log({ output: n === 77 ? { "lineseal:float": "7" } : BigInt(n) });
  await logger.close();
  assert.deepEqual([logger.stats.recorded, logger.stats.refused, refused], [199, 1, [77n]]);
  const events = (await client.find({ stream: logger.stream }, { limit: 1_000 })).reverse();
  const [gap, ...others] = events.filter(({ type }) => type === "lineseal/gap");
  assert.deepEqual([gap?.payload.first_seq, gap?.payload.last_seq, others], [77n, 77n, []]);
  const numbers = Array.from({ length: 200 }, (_, n) => BigInt(n)).filter((n) => n !== 77n);
  assert.deepEqual(
    events.filter((event) => event !== gap).map(({ payload }) => payload.seq),
    numbers,
  );
});

test("a program that has nothing more to do stays until its rows are recorded", async (client) => {
  const program = `
    import { Client, PredictionLogger } from "lineseal";
    const client = await Client.connect("${TARGET}", { ledger: "${ledger}" });
    const logger = await PredictionLogger.open(client, { parents: [], stream: "left" });
    for (let n = 0; n < 10; n += 1) void logger.log({ output: BigInt(n) });
  `;
  // From here, since a package may import itself by its name.
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  await promisify(execFile)("node", ["--input-type=module", "-e", program], { cwd, timeout: 20_000 });
  assert.equal((await client.find({ stream: "left" })).length, 10);
});
