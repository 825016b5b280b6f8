// The logger while its server is killed and started again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, PredictionLogger } from "../index.js";
import { Server, noCommand } from "./server.js";

const ROWS = 20_000;
const KILLS = 3;

test("every row is recorded once, in order, while the server is killed", { skip: noCommand }, async () => {
  let server = await Server.start();
  const client = await Client.connect(server.address);
  const parents = await client.record({ type: "model", name: "lr" });
  const logger = await PredictionLogger.open(client, {
    parents,
    capacity: 2_000,
    batchSize: 200,
    timeout: 2_000,
  });
  const killing = (async () => {
    for (let n = 0; n < KILLS; n += 1) {
      await sleep(400);
      server = await server.killed();
    }
  })();
  const hashes: string[] = [];
  let killed = false;
  void killing.then(() => (killed = true));
  // Goes on until the last kill is over, so that all of them hit.
  for (let n = 0; n < ROWS || !killed; n += 1) hashes.push((await logger.log({ output: BigInt(n) })).hash);
  await killing;
  await logger.close();
  const found = (await client.find({ stream: logger.stream }, { limit: hashes.length + 1 })).reverse();
  client.close();
  await server.stop();
  assert.deepEqual(
    found.map(({ hash }) => hash),
    hashes,
  );
  assert.equal(logger.stats.recorded, hashes.length);
});
