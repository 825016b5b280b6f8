// Serves the model that examples/model.py exported, and logs every answer:
//
//     node server.js grpc://localhost:50051/default model.json localhost:8080
//     curl localhost:8080/predict -H 'content-type: application/json' -d '{"pixels": [0, 0, 5, …]}'
//     {"class":3,"event":"…"}
//
// The event is the answer's name in the ledger: `lineseal trace` leads from it to the dataset.
import express from "express";
import { Client, PredictionLogger } from "lineseal";
import { readModel } from "./model.js";

const [ledger, file, listen] = process.argv.slice(2);
if (!listen) {
  console.error("usage: node server.js LEDGER MODEL.json HOST:PORT");
  process.exit(2);
}
const model = readModel(file);
const client = await Client.connect(ledger);
const logger = await PredictionLogger.open(client, {
  parents: model.parents,
  onRefused: ({ predictionId }, error) => console.error(`${predictionId} is not recorded: ${error.message}`),
});

const app = express().use(express.json({ strict: false, limit: "1mb" }));

app.post("/predict", async (request, response) => {
  const begun = performance.now();
  const pixels = request.body?.pixels;
  if (!Array.isArray(pixels) || pixels.length !== model.width || !pixels.every(Number.isFinite)) {
    response.status(400).json({ error: `send {"pixels": [${model.width} numbers]}` });
    return;
  }
  const answer = model.predict(pixels);
  // An answer that is not logged is not given: what this throws becomes status 500.
  const { hash } = await logger.log({
    actor: "express",
    inputs: { pixels: Float64Array.from(pixels) },
    output: BigInt(answer),
    latencyUs: Math.round((performance.now() - begun) * 1000),
  });
  response.json({ class: answer, event: hash });
});

const [host, port] = listen.split(/:(?=[0-9]+$)/);
const server = app.listen(Number(port), host, (error) => {
  if (error) throw error;
  const { address, port } = server.address();
  console.log(`http://${address}:${port}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    // First no more answers, then what they left in the logger's memory.
    server.close(async () => {
      await logger.close();
      client.close();
    });
    server.closeIdleConnections();
  });
}
