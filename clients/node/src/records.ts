// The records that a caller hands in, as types; what they mean says docs/spec/event-format.md.
// May use value.
import type { Value } from "./value.js";

/** Microseconds since 1970-01-01 UTC, or a Date. No number: Date.now() counts milliseconds. */
export type Moment = bigint | Date;
/** An integer. Numbers beyond 2^53 are refused: give a bigint. */
export type Integer = number | bigint;
/** A map of free values. */
export type Values = ReadonlyMap<string, Value> | { readonly [key: string]: Value };
/** What was measured; integers become floats. */
export type Metrics = { readonly [name: string]: Integer };
/** A parent: a receipt, an event, a hash, a CID, or a draft that stands earlier in the same batch. */
export type Parent = string | { readonly hash: string; readonly index: bigint } | Draft;
/** One parent, a list, or a map from role to one or a list. */
export type Parents = Parent | readonly Parent[] | { readonly [role: string]: Parent | readonly Parent[] };

type Text = string | null | undefined;
type Maybe<T> = T | null | undefined;

interface Common {
  /** What it was made from. Predictions, feedback and approvals need it; `[]` says: nothing, on purpose. */
  parents?: Maybe<Parents>;
  /** When it happened; drawn where a happening has none. */
  time?: Maybe<Moment>;
  /** Who records it. */
  actor?: Text;
  /** The same thing in other systems, as `scheme:value`. */
  ids?: Maybe<readonly string[]>;
}

interface Open extends Common {
  /** Whatever else is worth keeping. */
  properties?: Maybe<Values>;
}

export interface Dataset extends Open {
  type: "dataset";
  name: string;
  version?: Text;
  checksum?: Text;
  checksumMethod?: Text;
  numRows?: Maybe<Integer>;
  numBytes?: Maybe<Integer>;
  uri?: Text;
  split?: Text;
  license?: Text;
  schema?: Maybe<Values>;
}

export interface Hyperparameters extends Open {
  type: "hyperparameters";
  values: Values;
}

export interface Training extends Open {
  type: "training";
  runId: string;
  modelName: string;
  modelVersion?: Text;
  status?: Text;
  hyperparameters?: Maybe<Values>;
  startedAt?: Maybe<Moment>;
  finishedAt?: Maybe<Moment>;
  seed?: Maybe<Integer>;
  code?: Maybe<{ uri?: Text; revision?: Text; dirty?: Maybe<boolean> }>;
  image?: Text;
  metrics?: Maybe<Metrics>;
}

export interface Model extends Open {
  type: "model";
  name: string;
  version?: Text;
  checksum?: Text;
  checksumMethod?: Text;
  numBytes?: Maybe<Integer>;
  format?: Text;
  uri?: Text;
  license?: Text;
}

export interface Evaluation extends Open {
  type: "evaluation";
  metrics: Metrics;
  dataset?: Text;
  split?: Text;
  slice?: Text;
  numRows?: Maybe<Integer>;
  passed?: Maybe<boolean>;
}

export interface Deployment extends Open {
  type: "deployment";
  name: string;
  stage?: Text;
  endpoint?: Text;
  image?: Text;
  status?: Text;
}

export interface Prediction extends Open {
  type: "prediction";
  /** Drawn, a UUIDv7, where none is given. */
  predictionId?: Text;
  /** Null is content, undefined is absent. */
  inputs?: Value | undefined;
  /** Null is content, undefined is absent. */
  output?: Value | undefined;
  status?: Text;
  error?: Text;
  latencyUs?: Maybe<Integer>;
  stream?: Text;
  seq?: Maybe<Integer>;
}

export interface Feedback extends Open {
  type: "feedback";
  value: Value;
  kind?: Text;
  source?: Text;
}

export interface Approval extends Open {
  type: "approval";
  decision: string;
  meaning?: Text;
  signerName?: Text;
  reason?: Text;
}

export interface Gap extends Common {
  type: "lineseal/gap";
  stream: string;
  firstSeq: Integer;
  lastSeq: Integer;
  count: Integer;
  reason: string;
}

/** A record of your own type, `namespace/name`. */
export interface Custom extends Omit<Common, "ids"> {
  type: `${string}/${string}`;
  payload: Values;
}

/** An event's content before it is encoded. */
export type Draft =
  | Dataset
  | Hyperparameters
  | Training
  | Model
  | Evaluation
  | Deployment
  | Prediction
  | Feedback
  | Approval
  | Gap
  | Custom;
