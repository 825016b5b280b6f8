import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("a program of strict TypeScript compiles against the package as it is published", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const done = spawnSync("node_modules/.bin/tsc", ["-p", "consumer"], { cwd: root, encoding: "utf8" });
  assert.equal(done.status, 0, done.error?.message ?? done.stdout);
});
