import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../conformance/vectors.js";

test("the vectors of the event format hold, as far as a client can run them", () => {
  const { passed, failures } = run(fileURLToPath(new URL("../../../../tests/spec/vectors", import.meta.url)));
  assert.deepEqual(failures, []);
  assert.ok(passed > 500, `${passed} passed`);
});
