// What a program of strict TypeScript may write of this package, and what it may not. Compiled by a
// test as its user would, declarations of all that it depends on included; never run.
import {
  Client,
  type Draft,
  type Event,
  InvalidRecordError,
  LinesealError,
  PredictionLogger,
  type Receipt,
  Tensor,
} from "lineseal";
import { event as stubs } from "lineseal/v1";

export async function work(address: string): Promise<number> {
  const client = await Client.connect(address, { ledger: "digits", timeout: 1_000 });
  const data: Draft = { type: "dataset", name: "digits", version: "1", numRows: 1797 };
  const receipts: Receipt[] = await client.recordBatch([data, { type: "model", name: "lr", parents: data }]);
  const [first] = receipts;
  if (!first) return 0;
  const events: Event[] = await client.trace(receipts, { signal: AbortSignal.timeout(5_000) });
  for await (const event of client.ancestors([first, "0217388ac8d17f65"])) {
    const rows = event.payload.num_rows;
    if (typeof rows === "bigint") console.log(event.type.length, rows + 1n);
  }
  const logger = await PredictionLogger.open(client, {
    parents: { model: first },
    onRefused: ({ seq }, error) => console.error(seq + 1n, error instanceof InvalidRecordError, error.remedy),
  });
  const inputs: { pixels: number[]; note: string | null } = { pixels: [0.5], note: null };
  await logger.log({ inputs, output: 7n, properties: { image: new Tensor(new Float32Array(4)) } });
  // @ts-expect-error: the logger gives it
  await logger.log({ output: 7n, seq: 1n });
  // @ts-expect-error: no model has it
  await client.record({ type: "model", name: "lr", numRows: 3 });
  // @ts-expect-error: milliseconds are no time
  await client.record({ type: "deployment", name: "api", time: Date.now() });
  // @ts-expect-error: parents are named
  await logger.close({ parents: [] });
  for (const event of events) {
    // @ts-expect-error: an event is not changed
    event.payload.name = "another";
  }
  const { ok } = await client.verify(first);
  return stubs.NewEvent.encode({ form: undefined }).finish().length + Number(ok);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof LinesealError ? `${error.code} ${error.position ?? ""}` : undefined;
}
