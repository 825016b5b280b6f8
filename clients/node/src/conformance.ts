#!/usr/bin/env node
// The conformance program of tests/interop/README.md.
import { text } from "node:stream/consumers";
import { check, log, record } from "./conformance/history.js";
import { run } from "./conformance/vectors.js";
import { Client, InvalidArgumentError, LinesealError } from "./index.js";

const USAGE = "vectors DIR | record TARGET LEDGER | check TARGET LEDGER | log TARGET LEDGER PARENT N";

function vectors(directory: string): number {
  const { passed, failures, uncovered } = run(directory);
  for (const failure of failures) console.log(`FAILED ${failure}`);
  for (const [why, names] of uncovered)
    console.log(`not covered: ${why}: ${names.length}: ${names.join(" ")}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length > 0 ? 1 : 0;
}

async function asked(verb: string, target: string, ledger: string, more: string[]): Promise<number> {
  const names = verb === "check" ? (JSON.parse(await text(process.stdin)) as { [name: string]: string }) : {};
  const client = await Client.connect(target, { ledger });
  try {
    if (verb === "check") {
      const results = await check(client, names);
      console.log(JSON.stringify(results));
      return Object.values(results).every(({ ok }) => ok) ? 0 : 1;
    }
    const history = more[0] ?? process.env.LINESEAL_HISTORY ?? "";
    console.log(
      JSON.stringify(
        await (verb === "log" ? log(client, more[0] ?? "", Number(more[1])) : record(client, history)),
      ),
    );
    return 0;
  } finally {
    client.close();
  }
}

async function main([verb = "", first = "", ledger, ...more]: string[]): Promise<number> {
  try {
    if (verb === "vectors") return vectors(first);
    if (["record", "check", "log"].includes(verb) && ledger !== undefined)
      return await asked(verb, first, ledger, more);
    throw new InvalidArgumentError(`usage: conformance.js ${USAGE}`);
  } catch (error) {
    if (!(error instanceof LinesealError)) throw error;
    console.error(`error: ${error.code}: ${error.message}`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
