import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../encode.js";
import type { Row } from "../event.js";
import { cidOf, sha256 } from "../name.js";
import type { Content } from "../value.js";
import { Verifier } from "../verifier.js";

/** A chain of events: each has the one before as its parent. */
function chain(length: number, change: (event: Map<string, Content>, i: number) => void = () => {}): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < length; i += 1) {
    const parents = rows.slice(-1).map(({ hash }) => cidOf(hash));
    const payload = new Map<string, Content>([["n", BigInt(i)]]);
    const event = new Map<string, Content>([
      ["v", 1n],
      ["time", 1n],
      ["type", "a/b"],
      ["parents", parents],
      ["payload", payload],
    ]);
    change(event, i);
    const block = encode(event);
    rows.push({ hash: sha256(block), index: BigInt(i), block, recordedAt: 0n });
  }
  return rows.reverse();
}

function report(rows: readonly Row[], names = rows.slice(0, 1).map(({ hash }) => hash)) {
  const verifier = new Verifier(names);
  for (const row of rows) verifier.take(row);
  return verifier.report();
}

const checks = (rows: readonly Row[], names?: string[]) =>
  report(rows, names).findings.map(({ check }) => check);

test("a chain that holds is ok, whatever order it comes in", () => {
  const rows = chain(4);
  assert.deepEqual(report(rows), { ok: true, verdict: "ok", anchor: "hash", checked: 4, findings: [] });
  const names = [rows[0]?.hash ?? ""];
  assert.ok(report([...rows].reverse(), names).ok);
});

test("a changed block is found, and what descends from it rests on it", () => {
  const rows = chain(3).map((row, i) =>
    i === 1 ? { ...row, block: row.block.map((byte, at) => byte ^ Number(at === 50)) } : row,
  );
  const found = report(rows);
  assert.equal(found.verdict, "failed");
  assert.deepEqual(
    found.findings.map(({ check, index }) => [check, index]),
    [
      ["hash", 1n],
      ["rests_on", 2n],
    ],
  );
});

test("a missing parent, and a missing event, are found by name", () => {
  const rows = chain(3);
  assert.deepEqual(checks(rows.slice(0, 2)), ["parent_missing", "rests_on"]);
  assert.deepEqual(checks(rows.slice(1), [rows[0]?.hash ?? ""]), ["expected_missing"]);
  assert.deepEqual(checks([], ["00".repeat(32)]), ["expected_missing"]);
});

test("a parent that does not stand before its child is found", () => {
  const rows = chain(2).map((row, i) => ({ ...row, index: BigInt(i) }));
  assert.deepEqual(checks(rows), ["parent_order"]);
});

test("an event that comes twice is found", () => {
  const rows = chain(2);
  assert.deepEqual(checks([...rows, ...rows.slice(1)]), ["duplicate", "rests_on"]);
});

test("an envelope that breaks a rule is found, and an item that is none", () => {
  assert.deepEqual(checks(chain(1, (event) => event.set("extra", 1n))), ["schema"]);
  assert.deepEqual(checks(chain(1, (event) => event.set("parents", null))), ["canonical"]);
});

test("a newer version is neither sound nor tampered, and its parents are followed", () => {
  const found = report(chain(3, (event, i) => i === 1 && event.set("v", 2n)));
  assert.deepEqual([found.ok, found.verdict, found.checked], [false, "undetermined", 3]);
  assert.deepEqual(
    found.findings.map(({ check }) => check),
    ["unsupported_version"],
  );
});

test("a shortened name rests on nothing from outside", () => {
  const rows = chain(2);
  const found = report(rows, [rows[0]?.hash.slice(0, 12) ?? ""]);
  assert.deepEqual([found.ok, found.anchor], [true, "none"]);
});

test("a stream of strangers is not read for ever", () => {
  const verifier = new Verifier(["00".repeat(32)]);
  const taken = chain(1_500).findIndex((row) => !verifier.take(row));
  assert.equal(taken, 999);
});
