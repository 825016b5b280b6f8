// The stubs of lineseal.v1, for calls that this client does not make. `make proto` makes them.
export * as event from "./lineseal/v1/event.js";
export * as provenance from "./lineseal/v1/provenance.js";
