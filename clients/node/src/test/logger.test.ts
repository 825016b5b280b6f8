import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ClosedError,
  InvalidArgumentError,
  InvalidRecordError,
  LinesealError,
  type Logged,
  type LoggerOptions,
  OverloadedError,
  ParentNotFoundError,
  PredictionLogger,
  ServiceUnavailableError,
  TimeoutError,
} from "../index.js";
import type { Event, Prepared, Receipt, Recorder } from "../index.js";
import { event as pb } from "../lineseal/v1/index.js";

type Answer = (batch: readonly Prepared[]) => Promise<void> | void;

/** A service that records what `answer` lets pass. */
class Fake implements Recorder {
  readonly ledger = "default";
  readonly batches: (readonly Prepared[])[] = [];
  readonly recorded: Prepared[] = [];
  found: Event[] = [];

  constructor(public answer: Answer = () => {}) {}

  links() {
    return Promise.resolve({ links: [{ hash: "ab".repeat(32), role: "" }], none: false });
  }

  find() {
    return Promise.resolve(this.found);
  }

  async recordPrepared(batch: readonly Prepared[]): Promise<Receipt[]> {
    this.batches.push(batch);
    await this.answer(batch);
    this.recorded.push(...batch);
    return [];
  }

  /** What was recorded: the place of a prediction in the stream, or a gap's. */
  get places(): string[] {
    return this.recorded.map(({ bytes }) => placeOf(bytes));
  }
}

function placeOf(bytes: Uint8Array): string {
  const draft = pb.NewEvent.decode(bytes).form?.value as pb.EventDraft;
  if (draft.record?.$case === "prediction") return `${draft.record.value.seq}`;
  assert.equal(draft.record?.$case, "gap");
  const { firstSeq = 0n, lastSeq = 0n, count, reason } = draft.record.value;
  assert.equal(count, lastSeq - firstSeq + 1n);
  return `gap ${firstSeq}${lastSeq > firstSeq ? ` to ${lastSeq}` : ""}: ${reason}`;
}

const open = (fake: Fake, options: Partial<LoggerOptions> = {}) =>
  PredictionLogger.open(fake, { parents: "ab".repeat(32), maxAge: 5, ...options });

test("rows are sent in order, in batches of the size that was given", async () => {
  const fake = new Fake();
  const logger = await open(fake, { batchSize: 10, maxAge: 60_000 });
  const rows = await Promise.all(Array.from({ length: 25 }, (_, n) => logger.log({ output: BigInt(n) })));
  await logger.close();
  assert.deepEqual(
    fake.recorded.map(({ hash }) => hash),
    rows.map(({ hash }) => hash),
  );
  assert.deepEqual(
    fake.batches.map((batch) => batch.length),
    [10, 10, 5],
  );
  assert.deepEqual(
    fake.places,
    rows.map(({ seq }) => String(seq)),
  );
  assert.deepEqual(logger.stats, { logged: 25, recorded: 25, refused: 0, lost: 0, resent: 0, waiting: 0 });
});

test("a batch that is not full is sent when it is old enough", async () => {
  const fake = new Fake();
  const logger = await open(fake);
  await logger.log({ output: 1n });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(fake.recorded.length, 1);
  await logger.close();
});

test("flush does not wait for age, nor for what is logged later", async () => {
  const fake = new Fake();
  const logger = await open(fake, { maxAge: 60_000 });
  await logger.log({ output: 1n });
  const flushed = logger.flush();
  await flushed;
  assert.equal(fake.recorded.length, 1);
  await logger.log({ output: 2n });
  await logger.close();
  assert.equal(fake.recorded.length, 2);
});

test("after a failure the same bytes are sent again until they are acknowledged", async () => {
  let failures = 3;
  const told: string[] = [];
  const fake = new Fake(() => {
    if (failures-- > 0) throw new ServiceUnavailableError("nobody answers");
  });
  const logger = await open(fake, { onError: ({ code }) => told.push(code) });
  await logger.log({ output: 1n });
  await logger.close();
  assert.equal(
    new Set(fake.batches.map(([event]) => Buffer.from(event?.bytes ?? []).toString("hex"))).size,
    1,
  );
  assert.deepEqual([fake.batches.length, logger.stats.resent, told.length], [4, 3, 3]);
});

const gap = (first: number, last: number, code = "INVALID_RECORD") =>
  `gap ${first}${last > first ? ` to ${last}` : ""}: refused: ${code}`;

test("a refused row blocks no other, and a gap event explains what is missing", async () => {
  const told: [Logged, string][] = [];
  const fake = new Fake((batch) => {
    const position = batch.findIndex(({ bytes }) => ["2", "9"].includes(placeOf(bytes)));
    if (position >= 0) throw new InvalidRecordError("no", { position });
  });
  const onRefused = (row: Logged, { code }: LinesealError) => told.push([row, code]);
  const logger = await open(fake, { maxAge: 60_000, onRefused });
  for (let n = 0; n < 10; n += 1) await logger.log({ output: BigInt(n) });
  await logger.close();
  assert.deepEqual(fake.places, ["0", "1", "3", "4", "5", "6", "7", "8", gap(2, 2), gap(9, 9)]);
  assert.deepEqual(
    told.map(([row, code]) => [row.seq, code]),
    [
      [2n, "INVALID_RECORD"],
      [9n, "INVALID_RECORD"],
    ],
  );
  assert.deepEqual([logger.stats.recorded, logger.stats.refused], [8, 2]);
});

/** Logs so many rows, of which some are refused; with the places of the refused or without. */
async function refusing(count: number, isBad: (n: number) => boolean, placed: boolean) {
  const bad = ({ bytes }: Prepared) => !placeOf(bytes).startsWith("gap") && isBad(Number(placeOf(bytes)));
  const fake = new Fake((batch) => {
    const position = batch.findIndex(bad);
    if (position >= 0) throw new InvalidRecordError("no", placed ? { position } : {});
  });
  const logger = await open(fake, { maxAge: 60_000, batchSize: count });
  for (let n = 0; n < count; n += 1) await logger.log({ output: BigInt(n) });
  await logger.close();
  return { fake, logger, sent: fake.batches.reduce((sum, { length }) => sum + length, 0) };
}

for (const placed of [true, false]) {
  test(`few refused rows cost few requests, ${placed ? "with" : "without"} their places`, async () => {
    const { fake, logger } = await refusing(512, (n) => n % 200 === 7, placed);
    assert.equal(logger.stats.recorded, 509);
    assert.deepEqual(fake.places.slice(-3), [gap(7, 7), gap(207, 207), gap(407, 407)]);
    const places = fake.places.slice(0, -3).map(Number);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    // Nine halves to each of the three, and as many pieces beside them.
    assert.ok(fake.batches.length <= 3 * 2 * 9 + 2, `${fake.batches.length} requests`);
  });

  test(`a batch that is wholly refused is not sent over and over, ${placed ? "with" : "without"} places`, async () => {
    const { fake, logger, sent } = await refusing(512, () => true, placed);
    assert.equal(logger.stats.refused, 512);
    assert.deepEqual(fake.places, [gap(0, 511)], "one gap event is told of all");
    assert.ok(fake.batches.length <= 2 * 512 + 1, `${fake.batches.length} requests`);
    assert.ok(sent <= 512 * 20, `${sent} rows were sent for 512`);
  });
}

test("neighbours share a gap event only where they are refused for the same reason", async () => {
  const fake = new Fake((batch) => {
    for (const [position, { bytes }] of batch.entries()) {
      const place = Number(placeOf(bytes));
      if (place === 3) throw new ParentNotFoundError("no", { position });
      if ([1, 2, 5].includes(place)) throw new InvalidRecordError("no", { position });
    }
  });
  const logger = await open(fake, { maxAge: 60_000 });
  for (let n = 0; n < 7; n += 1) await logger.log({ output: BigInt(n) });
  await logger.close();
  assert.deepEqual(fake.places, ["0", "4", "6", gap(1, 2), gap(3, 3, "PARENT_NOT_FOUND"), gap(5, 5)]);
});

test("an error whose place is nowhere in the batch is looked for by halves", async () => {
  for (const position of [-1, 9, 1e9]) {
    const fake = new Fake((batch) => {
      if (batch.some(({ bytes }) => placeOf(bytes) === "5")) throw new InvalidRecordError("no", { position });
    });
    const logger = await open(fake, { maxAge: 60_000 });
    for (let n = 0; n < 9; n += 1) await logger.log({ output: BigInt(n) });
    await logger.close();
    assert.deepEqual(fake.places, ["0", "1", "2", "3", "4", "6", "7", "8", gap(5, 5)]);
  }
});

test("a gap event that is refused, too, holds up nothing", async () => {
  const fake = new Fake((batch) => {
    const position = batch.findIndex(({ bytes }) => placeOf(bytes) !== "1");
    if (position >= 0) throw new InvalidRecordError("no", { position });
  });
  const logger = await open(fake);
  await Promise.all([0, 1].map((n) => logger.log({ output: BigInt(n) })));
  await logger.close({ timeout: 5_000 });
  assert.deepEqual([fake.places, logger.stats.waiting], [["1"], 0]);
});

test("a reason that is not known here is treated by its status", async () => {
  const answers = ["INVALID_ARGUMENT", "UNAVAILABLE", "FAILED_PRECONDITION"];
  const fake = new Fake(() => {
    const status = answers.shift();
    if (status) throw new LinesealError("NEW_REASON", "no", { status });
  });
  const logger = await open(fake);
  await logger.log({ output: 0n });
  await logger.flush();
  await logger.log({ output: 1n });
  await logger.close();
  assert.deepEqual(fake.places, [gap(0, 0, "NEW_REASON"), "1"]);
  const { retryable } = new LinesealError("NEW_REASON", "no", { status: "UNAVAILABLE" });
  assert.deepEqual([retryable, new LinesealError("NEW_REASON", "no").retryable], [true, false]);
});

test("when the buffer is full, log waits until there is room", async () => {
  let release = () => {};
  const fake = new Fake(() => new Promise<void>((resolve) => (release = resolve)));
  const logger = await open(fake, { capacity: 2, batchSize: 2 });
  await logger.log({ output: 0n });
  await logger.log({ output: 1n });
  let waited = false;
  const third = logger.log({ output: 2n }).then(() => (waited = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(waited, false);
  fake.answer = () => {};
  release();
  await third;
  await logger.close();
  assert.deepEqual(fake.places, ["0", "1", "2"]);
});

test("or it rejects, and then no place in the stream is taken", async () => {
  const fake = new Fake(() => {
    throw new ServiceUnavailableError("down");
  });
  const logger = await open(fake, { capacity: 1, whenFull: "reject" });
  await logger.log({ output: 0n });
  await assert.rejects(logger.log({ output: 1n }), OverloadedError);
  fake.answer = () => {};
  await logger.flush();
  assert.equal((await logger.log({ output: 2n })).seq, 1n);
  await logger.close();
});

test("the buffer is bounded in bytes, too", async () => {
  const fake = new Fake(() => {
    throw new ServiceUnavailableError("down");
  });
  const logger = await open(fake, { capacityBytes: 10_000, whenFull: "reject" });
  await logger.log({ output: "x".repeat(10_000) });
  await assert.rejects(logger.log({ output: 1n }), OverloadedError);
  fake.answer = () => {};
  await logger.flush();
  let small = 0;
  const more = () => logger.log({ output: 1n }).then(() => (small += 1));
  await assert.rejects(async () => {
    for (;;) await more();
  }, OverloadedError);
  // Of some 150 bytes each, and 500 of the objects that hold them.
  assert.ok(small < 20, `${small} rows`);
  await logger.close();
});

test("a row is fixed when it is logged", async () => {
  const fake = new Fake();
  const logger = await open(fake);
  const inputs = { x: [1] };
  const [one, two] = await Promise.all([
    logger.log({ predictionId: "p", inputs, time: 1n }),
    (inputs.x.push(2), logger.log({ predictionId: "p", inputs, time: 1n })),
  ]);
  assert.notEqual(one.hash, two.hash);
  await logger.close();
  const [first] = fake.recorded;
  const draft = pb.NewEvent.decode(first?.bytes ?? new Uint8Array()).form?.value as pb.EventDraft;
  assert.ok(draft.record?.$case === "prediction" && draft.record.value.inputs?.kind?.$case === "mapValue");
});

test("a row that cannot be encoded is refused at once, and takes no place", async () => {
  const fake = new Fake();
  const logger = await open(fake);
  await assert.rejects(logger.log({ inputs: { x: undefined as unknown as null } }), InvalidRecordError);
  await assert.rejects(logger.log({ seq: 7n } as object), /logger's to give/);
  assert.equal((await logger.log({ output: 1n })).seq, 0n);
  await logger.close();
});

test("close gives up after its timeout, and says what was lost", async () => {
  const lost: Logged[] = [];
  const fake = new Fake(() => {
    throw new ServiceUnavailableError("nobody answers");
  });
  const logger = await open(fake, { onRefused: (row) => lost.push(row) });
  await logger.log({ output: 0n });
  await logger.log({ output: 1n });
  await assert.rejects(
    logger.close({ timeout: 100 }),
    (error) => error instanceof TimeoutError && /2 logged predictions .*nobody answers/.test(error.message),
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    lost.map(({ seq }) => seq),
    [0n, 1n],
  );
  assert.deepEqual([logger.stats.lost, logger.stats.waiting], [2, 0]);
  await assert.rejects(logger.log({ output: 2n }), ClosedError);
  // Closed again, as `await using` does, it does not wait for what is gone.
  await assert.rejects(logger.close(), /2 logged predictions/);
});

test("a model is looked up by name when the logger is opened; none, and several, are errors", async () => {
  const fake = new Fake();
  await assert.rejects(open(fake, { parents: "model:lr@1" }), ParentNotFoundError);
  fake.found = ["ab", "cd"].map((byte) => ({ hash: byte.repeat(32) }) as Event);
  await assert.rejects(open(fake, { parents: "deployment:api" }), (error) =>
    (error as { remedy: string }).remedy.includes("cdcdcd"),
  );
});

test("who waits for room is told when the row is given up", async () => {
  const fake = new Fake(() => {
    throw new ServiceUnavailableError("down");
  });
  const logger = await open(fake, { capacity: 1 });
  await logger.log({ output: 0n });
  const waiting = assert.rejects(logger.log({ output: 1n }), TimeoutError);
  await assert.rejects(logger.close({ timeout: 50 }), TimeoutError);
  await waiting;
  assert.equal(logger.stats.lost, 2);
});

test("a client that was closed first ends the waiting, and the rows are told", async () => {
  const lost: bigint[] = [];
  const fake = new Fake(() => {
    throw new ClosedError("the client is closed");
  });
  const logger = await open(fake, { onRefused: ({ seq }, { code }) => lost.push(seq, BigInt(code.length)) });
  await logger.log({ output: 0n });
  await assert.rejects(logger.flush(), /the client is closed/);
  assert.deepEqual([lost, logger.stats.lost, fake.batches.length], [[0n, 6n], 1, 1]);
});

test("a row that no event can hold is refused when it is logged", async () => {
  const logger = await open(new Fake());
  await assert.rejects(logger.log({ inputs: new Uint8Array(1 << 20) }), /1048576/);
  await logger.close();
});

test("options that no logger can work by are refused, and the longest time is not the shortest", async () => {
  for (const wrong of [{ batchSize: 0 }, { batchSize: 10_001 }, { maxAge: Infinity }, { capacity: NaN }]) {
    await assert.rejects(open(new Fake(), wrong), InvalidArgumentError);
  }
  const fake = new Fake(() => new Promise((resolve) => setTimeout(resolve, 50)));
  const logger = await open(fake);
  await logger.log({ output: 0n });
  await logger.close({ timeout: Infinity });
  assert.equal(logger.stats.recorded, 1);
});
