// What a prediction logger is given and gives. May use client, errors, records, time.
import type { Client } from "./client.js";
import { InvalidArgumentError, type LinesealError } from "./errors.js";
import type { Parents, Prediction } from "./records.js";
import { LONGEST } from "./time.js";

/** What a logger needs of a client. */
export type Recorder = Pick<Client, "ledger" | "find" | "links" | "recordPrepared">;

export interface LoggerOptions {
  /**
   * What every prediction comes from: a receipt, a hash, roles, or a text such as `model:name@version`
   * or `deployment:name`, of which there must be one. `[]`: nothing, on purpose.
   */
  parents: Parents;
  /** The stream that `seq` counts in; a UUID is drawn where none is given. */
  stream?: string;
  /** Events sent at once, at most. 1,000 by default. */
  batchSize?: number;
  /** Milliseconds that an event waits for others. 200 by default. */
  maxAge?: number;
  /** Events in memory. When there are more, `log` waits or rejects. 50,000 by default. */
  capacity?: number;
  /** Bytes of memory that they take, likewise. 64 MiB by default. */
  capacityBytes?: number;
  /** When the buffer is full, `log` resolves only once there is room, or rejects. `wait` by default. */
  whenFull?: "wait" | "reject";
  /** Milliseconds that one batch is tried for before it is tried anew after a pause. 10,000 by default. */
  timeout?: number;
  /** Told of each event that the service refuses for good, or that was given up. */
  onRefused?: (row: Logged, error: LinesealError) => void;
  /** Told each time that a batch could not be sent; it is kept, and sent again. */
  onError?: (error: LinesealError) => void;
}

/** A prediction to log: its fields, without those that the logger knows. */
export type Row = Omit<Prediction, "type" | "parents" | "stream" | "seq">;

/** What became of a row: its event is fixed, though not yet recorded. */
export interface Logged {
  readonly hash: string;
  readonly predictionId: string;
  readonly seq: bigint;
}

/** Counters since the logger was opened. */
export interface Stats {
  logged: number;
  recorded: number;
  refused: number;
  /** Given up by `close`, or because the client was closed before. */
  lost: number;
  /** Times that a batch, or a piece of one, was begun anew after it failed. */
  resent: number;
  /** In memory. */
  waiting: number;
}

/** The options that a logger works by. */
export type Settings = Required<Omit<LoggerOptions, "parents" | "stream">>;

const DEFAULTS: Settings = {
  batchSize: 1_000,
  maxAge: 200,
  capacity: 50_000,
  capacityBytes: 64 << 20,
  whenFull: "wait",
  timeout: 10_000,
  onRefused: () => {},
  onError: () => {},
};
/** Least and most of the numbers. */
const BOUNDS = {
  batchSize: [1, 10_000],
  maxAge: [0, LONGEST],
  capacity: [1, Infinity],
  capacityBytes: [1, Infinity],
  timeout: [1, LONGEST],
} as const;

/** The options, with what holds where they say nothing; refuses what no logger can work by. */
export function settingsOf({ parents: _, stream: __, ...options }: LoggerOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: Settings = { ...DEFAULTS, ...given };
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value: unknown = settings[name as keyof typeof BOUNDS];
    if (typeof value === "number" && value >= least && value <= most) continue;
    throw new InvalidArgumentError(`${name} is ${String(value)}`, {
      path: name,
      remedy: `Give a number from ${least} to ${most}`,
    });
  }
  return settings;
}
