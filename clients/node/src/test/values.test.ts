import assert from "node:assert/strict";
import { test } from "node:test";
import { CID } from "multiformats/cid";
import { InvalidRecordError, Tensor } from "../index.js";
import { content } from "../value.js";

const LINK = "bafkreibsmcdklvkc7oz7pa6e3emcwmmizlwnofgqfvwbbs66vgbofp6ebe";
const made = (value: unknown) => content(value, "payload.x", 2);

function refused(value: unknown, path: string, words: RegExp): void {
  assert.throws(
    () => made(value),
    (error) => error instanceof InvalidRecordError && error.path === path && words.test(error.message),
  );
}

test("a number is a float, a bigint an integer, whatever their value", () => {
  assert.equal(made(1), 1);
  assert.equal(made(1n), 1n);
  assert.equal(made(2n ** 64n - 1n), 2n ** 64n - 1n);
  assert.equal(made(-(2n ** 63n)), -(2n ** 63n));
  refused(2n ** 64n, "payload.x", /beyond/);
  refused([-(2n ** 63n) - 1n], "payload.x[0]", /beyond/);
});

test("floats that are not finite are in their reserved form, and -0.0 is 0.0", () => {
  assert.deepEqual(made(NaN), new Map([["lineseal:float", "NaN"]]));
  assert.deepEqual(made(-Infinity), new Map([["lineseal:float", "-Infinity"]]));
  assert.ok(Object.is(made(-0), 0));
});

test("a Date is a text in UTC with six digits of fraction", () => {
  assert.equal(made(new Date("2026-01-01T00:30:00.001+01:00")), "2025-12-31T23:30:00.001000Z");
  assert.equal(made(new Date("0001-01-01T00:00:00Z")), "0001-01-01T00:00:00.000000Z");
  refused(new Date(NaN), "payload.x", /invalid Date/);
  refused(new Date("+010000-01-01T00:00:00Z"), "payload.x", /years/);
});

test("a Uint8Array is bytes, other typed arrays are tensors", () => {
  assert.deepEqual(made(Buffer.from("00ff", "hex")), Buffer.from("00ff", "hex"));
  const tensor = made(new Float32Array([0.5, NaN])) as Map<string, Map<string, unknown>>;
  const inside = tensor.get("lineseal:tensor");
  assert.equal(inside?.get("dtype"), "float32");
  assert.deepEqual(inside?.get("shape"), [2n]);
  assert.equal(Buffer.from(inside?.get("data") as Uint8Array).toString("hex"), "0000003f0000c07f");
});

test("a tensor has the shape that it was given, which must fit", () => {
  const tensor = new Tensor(new BigInt64Array([1n, -1n]), { shape: [1, 2, 1] });
  assert.deepEqual([tensor.dtype, tensor.shape], ["int64", [1, 2, 1]]);
  assert.deepEqual(new Tensor(new Uint8Array([0, 60]), { dtype: "float16", shape: [] }).data.length, 2);
  assert.throws(() => new Tensor(new Int16Array(3), { shape: [2] }), InvalidRecordError);
  assert.throws(() => new Tensor(new Int16Array(3), { dtype: "float32" }), InvalidRecordError);
  assert.throws(() => new Tensor(new Uint8Array(4), { shape: [-2, -2] }), InvalidRecordError);
});

test("a tensor does not change with the array that it was made of", () => {
  const array = new Int8Array([1]);
  const tensor = new Tensor(array);
  array[0] = 2;
  assert.equal(tensor.data[0], 1);
});

test("links, lists and maps are kept, with every key that a map can have", () => {
  assert.equal(String(made(CID.parse(LINK))), LINK);
  const odd = JSON.parse('{"__proto__": 1, "": null, "constructor": "x"}') as object;
  assert.deepEqual(
    [...(made(odd) as Map<string, unknown>)],
    [
      ["__proto__", 1],
      ["", null],
      ["constructor", "x"],
    ],
  );
  assert.deepEqual(made(new Map([["a", [true]]])), new Map([["a", [true]]]));
});

test("what has no place in an event is refused with its path", () => {
  refused({ a: [0, undefined] }, "payload.x.a[1]", /undefined/);
  refused({ "two words": Symbol("s") }, 'payload.x["two words"]', /symbol/);
  refused(new Set([1]), "payload.x", /Set/);
  refused(new (class Point {})(), "payload.x", /Point/);
  refused(() => 1, "payload.x", /function/);
  refused(new Map([[1, 2]]), "payload.x", /key that is a number/);
  refused("\ud800", "payload.x", /surrogate/);
  refused({ "\udc00": 1 }, 'payload.x["\\udc00"]', /surrogate/);
  refused([1, , 2], "payload.x[1]", /undefined/);
});

test("what is part of itself is refused, and so is what is too deep", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  assert.throws(() => made(circle), /24 maps and lists deep/);
  const nested = (depth: number): unknown => (depth === 0 ? null : [nested(depth - 1)]);
  made(nested(22));
  assert.throws(() => made(nested(23)), /24 maps and lists deep/);
});
