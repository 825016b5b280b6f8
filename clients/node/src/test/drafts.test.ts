import assert from "node:assert/strict";
import { test } from "node:test";
import { type Draft, InvalidRecordError, LinesealError } from "../index.js";
import { decode } from "../decode.js";
import { linksOf } from "../parents.js";
import { prepare, uuid7 } from "../prepare.js";
import { SCHEMA } from "../schema.js";
import { event as pb } from "../lineseal/v1/index.js";

const HASH = "6bb0db2a1aab45c82ad6b62f28c7b41afec073bd23c075df50a089c5f0d5c557";
const OTHER = "0217388ac8d17f6583293a51d3b27420fff82a971b78a50fe238d5175f7eefa1";

function refused(draft: object, path: string, words: RegExp): void {
  assert.throws(
    () => prepare(draft as Draft, [], true),
    (error) => error instanceof InvalidRecordError && error.path === path && words.test(error.message),
  );
}

test("a dataset has the hash that the documents show", () => {
  assert.equal(
    prepare({ type: "dataset", name: "digits", version: "1", numRows: 1797 }, [], false).hash,
    HASH,
  );
});

test("the fields of every type are those of the protocol, and no other", () => {
  const messages: Record<string, { fromPartial(of: object): object }> = {
    dataset: pb.DatasetRecord,
    hyperparameters: pb.HyperparametersRecord,
    training: pb.TrainingRecord,
    model: pb.ModelRecord,
    evaluation: pb.EvaluationRecord,
    deployment: pb.DeploymentRecord,
    prediction: pb.PredictionRecord,
    feedback: pb.FeedbackRecord,
    approval: pb.ApprovalRecord,
    "lineseal/gap": pb.GapRecord,
  };
  assert.deepEqual([...SCHEMA.keys()].sort(), Object.keys(messages).sort());
  for (const [type, message] of Object.entries(messages)) {
    const known = SCHEMA.get(type)?.map(({ key }) => key);
    assert.deepEqual(known, Object.keys(message.fromPartial({})), type);
  }
});

test("empty fields are absent, zero and false are not", () => {
  const least = prepare({ type: "dataset", name: "d" }, [], false).hash;
  const empty: Draft = {
    type: "dataset",
    name: "d",
    uri: "",
    version: null,
    schema: {},
    ids: [],
    numRows: undefined,
  };
  assert.equal(prepare(empty, [], false).hash, least);
  assert.notEqual(prepare({ type: "dataset", name: "d", numRows: 0 }, [], false).hash, least);
});

test("null is content in a free field, and undefined is absent", () => {
  const of = (more: object) =>
    prepare({ type: "prediction", predictionId: "p", time: 1n, ...more }, [], true).hash;
  assert.notEqual(of({ output: null }), of({}));
  assert.equal(of({ output: undefined }), of({}));
});

test("numbers stand in fields of integers up to 2^53, and bigint beyond", () => {
  const of = (seed: number | bigint) =>
    prepare({ type: "training", runId: "r", modelName: "m", seed, time: 1n }, [], true).hash;
  assert.equal(of(7), of(7n));
  assert.notEqual(of(2n ** 53n), of(2n ** 53n + 1n));
  refused({ type: "training", runId: "r", modelName: "m", seed: 2 ** 53 }, "payload.seed", /integer/);
  refused({ type: "training", runId: "r", modelName: "m", seed: 0.5 }, "payload.seed", /integer/);
});

test("what is of the wrong kind is refused with its path", () => {
  refused({ type: "dataset", name: 7 }, "payload.name", /text/);
  refused({ type: "dataset", name: "d", schema: [] }, "payload.schema", /map/);
  refused({ type: "dataset", name: "d", ids: "a:1" }, "payload.ids", /list/);
  refused({ type: "evaluation", metrics: { a: "1" } }, "payload.metrics.a", /number/);
  refused({ type: "evaluation", metrics: { a: 2n ** 53n + 1n } }, "payload.metrics.a", /integer/);
  refused({ type: "evaluation", metrics: {}, passed: 1 }, "payload.passed", /true or false/);
  refused(
    { type: "training", runId: "r", modelName: "m", code: { url: "x" } },
    "payload.code.url",
    /no field/,
  );
  refused({ type: "dataset", name: "d", numRows: 2n ** 63n }, "payload.num_rows", /beyond/);
  refused({ type: "dataset", name: "d", time: -(2n ** 63n) - 1n }, "time", /beyond/);
  refused({ type: "hyperparameters" }, "payload.values", /missing/);
  refused({ type: "deployment", name: "d", time: Date.now() }, "time", /point in time/);
  refused({ type: "dataset", name: "d", rows: 3 }, "payload.rows", /no field rows/);
  refused({ type: "label-batch", payload: {} }, "type", /no type/);
  refused({ type: "acme/label-batch" }, "payload", /map/);
});

test("happenings get a time and predictions an id, each time anew", () => {
  const [one, two] = [0, 1].map(() => prepare({ type: "prediction", output: 1n }, [], true).hash);
  assert.notEqual(one, two);
  assert.match(uuid7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("what is sent is a typed draft with everything fixed", () => {
  const { bytes } = prepare(
    { type: "prediction", output: 2n ** 64n - 1n, actor: "a" },
    [{ hash: HASH, role: "" }],
    false,
  );
  const { form } = pb.NewEvent.decode(bytes);
  assert.equal(form?.$case, "draft");
  const draft = form?.value as pb.EventDraft;
  assert.ok(draft.time !== undefined && draft.actor === "a" && draft.record?.$case === "prediction");
  assert.notEqual(draft.record.value.predictionId, "");
  assert.deepEqual(draft.record.value.output?.kind, { $case: "uintValue", value: 2n ** 64n - 1n });
});

test("parents are one, a list, or roles; none on purpose is not the same as none given", async () => {
  const resolve = (name: unknown) => Promise.resolve(String(name));
  const links = async (parents: Draft["parents"]) => linksOf(parents, undefined, resolve);
  const plain = [{ hash: HASH, role: "" }];
  assert.deepEqual(await links(HASH), { links: plain, none: false });
  assert.deepEqual(await links({ hash: HASH, index: 0n }), { links: plain, none: false });
  assert.deepEqual(await links([HASH]), { links: plain, none: false });
  assert.deepEqual(await links([]), { links: [], none: true });
  assert.deepEqual(await links(undefined), { links: [], none: false });
  const roles = await links({ train: HASH, type: [OTHER, HASH] });
  assert.deepEqual(
    roles.links.map(({ role }) => role),
    ["train", "type", "type"],
  );
});

test("what is no parent is refused with its place", async () => {
  const resolve = (name: unknown) => Promise.resolve(String(name));
  const place = (path: string) => (error: unknown) =>
    error instanceof InvalidRecordError && error.path === path;
  await assert.rejects(linksOf([HASH, "abc"], undefined, resolve), place("parents[1]"));
  await assert.rejects(linksOf({ type: "dataset", name: "d" }, undefined, resolve), place("parents[0]"));
  await assert.rejects(linksOf([7 as unknown as string], undefined, resolve), LinesealError);
});

test("every key of an event is in its canonical place", () => {
  const links = [
    { hash: HASH, role: "" },
    { hash: OTHER, role: "b" },
    { hash: OTHER, role: "a" },
  ];
  assert.equal(
    prepare({ type: "model", name: "m", time: 1n }, links, false).hash,
    prepare({ type: "model", name: "m", time: 1n }, [...links].reverse(), false).hash,
  );
  assert.throws(() => decode(Buffer.from("a2616201616101", "hex")), /out of order/);
});

test("what a draft must not be does not compile, and is refused all the same", () => {
  // @ts-expect-error: no such field
  const odd: Draft = { type: "dataset", name: "d", rows: 1 };
  // @ts-expect-error: a number is no time
  const timed: Draft = { type: "model", name: "m", time: 1767225600 };
  // @ts-expect-error: a text is no number
  const measured: Draft = { type: "evaluation", metrics: { accuracy: "0.9" } };
  for (const draft of [odd, timed, measured]) {
    assert.throws(() => prepare(draft as Draft, [], true), InvalidRecordError);
  }
});
