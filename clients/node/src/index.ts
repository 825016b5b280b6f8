// What this package offers.
export { Client, type ConnectOptions, type Receipt } from "./client.js";
export type { Limits } from "./channel.js";
export * from "./errors.js";
export { Event, type Plain } from "./event.js";
export type { Key } from "./finding.js";
export { PredictionLogger } from "./logger.js";
export type { Logged, LoggerOptions, Recorder, Row, Stats } from "./logging.js";
export type { Named } from "./name.js";
export type { Prepared } from "./prepare.js";
export type * from "./records.js";
export { type DType, type NumberArray, Tensor } from "./tensor.js";
export type { Value } from "./value.js";
export type { Check, Finding, Report } from "./verifier.js";
