// Logs predictions without holding up whoever makes them: a buffer in memory, sent in batches.
// It has no spool: what is in the buffer when the process dies is lost.
// May use errors, finding, logging, prepare.
import { setTimeout as sleep } from "node:timers/promises";
import {
  ClosedError,
  InternalError,
  InvalidArgumentError,
  LinesealError,
  OverloadedError,
  TimeoutError,
} from "./errors.js";
import { parentsOf } from "./finding.js";
import { DEFAULTS, type Logged, type LoggerOptions, type Recorder, type Row, type Stats } from "./logging.js";
import { type Link, type Prepared, now, prepare, uuid7 } from "./prepare.js";

interface Waiting extends Logged {
  readonly event: Prepared;
  /** Milliseconds of the clock when it was logged. */
  readonly since: number;
  /** False of a gap event, which is the logger's own. */
  readonly own: boolean;
}

/** Bytes of a batch: well below what a request may have. */
const BATCH_BYTES = 4 << 20;
/** Milliseconds before a batch is tried anew, at first and at most. */
const FIRST_PAUSE = 100;
const LAST_PAUSE = 5_000;
/** After these an event is refused for good; all else is tried again. */
const REFUSALS = new Set(["INVALID_RECORD", "ENCODING", "INVALID_ARGUMENT", "PARENT_NOT_FOUND"]);

export class PredictionLogger {
  /** The stream that the `seq` of every prediction counts in. */
  readonly stream: string;
  readonly #client: Recorder;
  readonly #origin: { links: readonly Link[]; none: boolean };
  readonly #options: Required<Omit<LoggerOptions, "parents" | "stream">>;
  readonly #rows: Waiting[] = [];
  readonly #stats = { logged: 0, recorded: 0, refused: 0, lost: 0, resent: 0 };
  readonly #stop = new AbortController();
  /** Bytes of the rows in the buffer. */
  #bytes = 0;
  #seq = 0n;
  #pause = FIRST_PAUSE;
  /** Events of the next batch, at most: fewer while a refused one is looked for. */
  #most: number;
  #closed = false;
  /** Rows that left the buffer; a refused one only when the gap in its place is recorded. */
  #gone = 0;
  /** So many are wanted out of it at once. */
  #due = 0;
  #sending = false;
  #last: LinesealError | undefined;
  /** Ends the sender's wait for a batch to grow. */
  #wake: (() => void) | undefined;
  /** Who waits for rows to leave the buffer. */
  #waiters: (() => void)[] = [];

  private constructor(
    client: Recorder,
    origin: { links: readonly Link[]; none: boolean },
    options: LoggerOptions,
  ) {
    const { parents: _, stream, ...rest } = options;
    this.#client = client;
    this.#origin = origin;
    this.stream = stream ?? uuid7();
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    this.#options = { ...DEFAULTS, ...given };
    this.#most = this.#options.batchSize;
  }

  /** A logger for one ledger; its parents are looked up now. */
  static async open(client: Recorder, options: LoggerOptions): Promise<PredictionLogger> {
    const parents = await parentsOf(client, options.parents);
    return new PredictionLogger(client, await client.links(parents), options);
  }

  /**
   * Takes a prediction into the buffer: time, id, place in the stream and so the hash are fixed now,
   * and what is changed in `row` later changes nothing. A row that cannot be encoded is refused here.
   */
  async log(row: Row): Promise<Logged> {
    if (this.#closed) throw new ClosedError("the logger is closed");
    const rejects = this.#options.whenFull === "reject";
    if (rejects && this.#full(1)) {
      throw new OverloadedError(`the logger's buffer is full: ${this.#rows.length} events`, {
        cause: this.#last,
      });
    }
    const logged = this.#take(row);
    this.#start();
    while (!rejects && this.#full(0) && !this.#stop.signal.aborted) await this.#moved();
    return logged;
  }

  get stats(): Stats {
    return { ...this.#stats, waiting: this.#rows.length };
  }

  /** Resolves when all that was logged before is recorded or refused. */
  async flush(options: { timeout?: number } = {}): Promise<void> {
    const due = (this.#due = this.#stats.logged);
    this.#wake?.();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#notify();
    }, options.timeout ?? 30_000);
    try {
      while (this.#gone < due) {
        if (late) throw this.#late(due - this.#gone);
        await this.#moved();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Flushes; what is not recorded within the timeout is given up, and told to `onRefused`. */
  async close(options: { timeout?: number } = {}): Promise<void> {
    this.#closed = true;
    try {
      await this.flush(options);
    } catch (error) {
      for (const row of this.#remove(0, this.#rows.length))
        if (row.own) this.#refused("lost", row, error as LinesealError);
      throw error;
    } finally {
      this.#stop.abort();
      this.#notify();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(row: Row): Logged {
    for (const key of ["type", "parents", "stream", "seq"]) {
      if (key in row) throw new InvalidArgumentError(`${key} is the logger's to give, and not a row's`);
    }
    const predictionId = row.predictionId || uuid7();
    const seq = this.#seq;
    const { links, none } = this.#origin;
    const draft = {
      ...row,
      type: "prediction" as const,
      predictionId,
      stream: this.stream,
      seq,
      time: row.time ?? now(),
    };
    const event = prepare(draft, links, none);
    this.#seq += 1n;
    this.#stats.logged += 1;
    this.#bytes += event.bytes.length;
    this.#rows.push({ hash: event.hash, predictionId, seq, event, since: Date.now(), own: true });
    return { hash: event.hash, predictionId, seq };
  }

  #start(): void {
    if (this.#rows.length >= this.#options.batchSize) this.#wake?.();
    if (this.#sending) return;
    this.#sending = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const [first] = this.#rows;
        if (!first || this.#stop.signal.aborted) return;
        const wait = this.#options.maxAge - (Date.now() - first.since);
        const wanted = this.#rows.length >= this.#options.batchSize || this.#gone < this.#due;
        if (wait > 0 && !wanted) await this.#grown(wait);
        await this.#send(this.#batch());
      }
    } finally {
      // Here, and not when the promise is settled: a row that comes between would wait for ever.
      this.#sending = false;
    }
  }

  #batch(): Waiting[] {
    let bytes = 0;
    const end = this.#rows.findIndex((row, i) => (bytes += row.event.bytes.length) > BATCH_BYTES && i > 0);
    return this.#rows.slice(0, Math.min(end < 0 ? this.#rows.length : end, this.#most));
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const { timeout, batchSize, onError } = this.#options;
    try {
      await this.#client.recordPrepared(
        batch.map(({ event }) => event),
        { timeout, signal: this.#stop.signal },
      );
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const told =
        error instanceof LinesealError ? error : new InternalError(String(error), { cause: error });
      this.#last = told;
      if (REFUSALS.has(told.code)) return this.#narrow(batch, told);
      this.#stats.resent += 1;
      queueMicrotask(() => onError(told));
      return this.#rest();
    }
    this.#pause = FIRST_PAUSE;
    this.#most = batchSize;
    this.#last = undefined;
    this.#remove(0, batch.length);
    this.#gone += batch.length;
    this.#stats.recorded += batch.filter(({ own }) => own).length;
    this.#notify();
  }

  /** A pause, longer each time, with jitter: the loggers of many processes do not come all at once. */
  async #rest(): Promise<void> {
    const { signal } = this.#stop;
    await sleep(this.#pause * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
    this.#pause = Math.min(this.#pause * 2, LAST_PAUSE);
  }

  /** Takes the refused event out of its batch; looks for it by halves where the error has no place. */
  #narrow(batch: readonly Waiting[], error: LinesealError): void {
    const place = batch.length === 1 ? 0 : (error.position ?? -1);
    const row = batch[place];
    if (!row) {
      this.#most = Math.ceil(batch.length / 2);
      return;
    }
    // What is missing in the stream is explained there.
    this.#remove(place, 1, ...(row.own ? [this.#gap(row, error)] : []));
    if (row.own) this.#refused("refused", row, error);
    else this.#gone += 1;
    this.#notify();
  }

  /** Takes rows out of the buffer, and puts others there. */
  #remove(place: number, count: number, ...others: Waiting[]): Waiting[] {
    const removed = this.#rows.splice(place, count, ...others);
    for (const { event } of others) this.#bytes += event.bytes.length;
    for (const { event } of removed) this.#bytes -= event.bytes.length;
    return removed;
  }

  /** Whether the buffer is over what it may hold, or would be with so many more. */
  #full(more: number): boolean {
    const { capacity, capacityBytes } = this.#options;
    return this.#rows.length + more > capacity || this.#bytes + more > capacityBytes;
  }

  #gap(row: Waiting, error: LinesealError): Waiting {
    const reason = `refused: ${error.code}`;
    const place = { firstSeq: row.seq, lastSeq: row.seq, count: 1n };
    const event = prepare({ type: "lineseal/gap", stream: this.stream, ...place, reason }, [], false);
    return { ...row, hash: event.hash, event, own: false };
  }

  #refused(as: "refused" | "lost", { hash, predictionId, seq }: Waiting, error: LinesealError): void {
    this.#stats[as] += 1;
    // Not in the sender's own stack: what a callback throws must not stop it.
    queueMicrotask(() => this.#options.onRefused({ hash, predictionId, seq }, error));
  }

  #late(count: number): LinesealError {
    const why = this.#last ? `: ${this.#last.message}` : "";
    return new TimeoutError(`${count} logged predictions were not recorded in time${why}`, {
      cause: this.#last,
    });
  }

  /** Resolves after so many milliseconds, or as soon as a batch is full or wanted. */
  #grown(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #moved(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #notify(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
