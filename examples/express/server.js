// Serves the model that examples/model.py exported, and logs every answer. From the root of the
// repository, with Node 20 or later and `pip install ".[server,demo]"`:
//
//     $ lineseal serve --data ledgers &
//     127.0.0.1:50051
//     $ python examples/model.py grpc://localhost:50051/default model.json
//     …
//     $ (cd clients/node && npm ci --silent && npm run --silent build)
//     $ (cd examples/express && npm ci --silent)
//     $ node examples/express/server.js grpc://localhost:50051/default model.json localhost:8080 &
//     http://localhost:8080
//     $ curl -s localhost:8080/predict -H 'content-type: application/json' -d '{"pixels": [0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,11,0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0]}' | tee answer.json
//     {"class":0,"event":"…"}
//     $ sleep 1; lineseal trace $(grep -o '[0-9a-f]\{64\}' answer.json) --ledger grpc://localhost:50051/default
//     prediction …
//     …
//     … train: dataset digits 1  …
//
// The event is the answer's name in the ledger, where it is soon after: the trace leads from it to the
// model, the training and the dataset.
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
  console.log(`http://${host}:${server.address().port}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    // First no more answers, then what they left in the logger's memory.
    server.close(async () => {
      await logger.close();
      client.close();
    });
  });
}
