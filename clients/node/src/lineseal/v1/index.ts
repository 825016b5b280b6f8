// The stubs of lineseal.v1, for calls that this client does not make. `make proto` makes them.
export * as event from "./event.js";
export * as provenance from "./provenance.js";
