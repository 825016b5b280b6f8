// Logs predictions without holding up whoever makes them: a buffer in memory, sent in batches.
// It has no spool: what is in the buffer when the process dies is lost.
// May use delivery, errors, finding, logging, prepare, time.
import { setTimeout as sleep } from "node:timers/promises";
import { gapsOf, isRefusal, pieces } from "./delivery.js";
import {
  ClosedError,
  InternalError,
  InvalidArgumentError,
  LinesealError,
  OverloadedError,
  TimeoutError,
} from "./errors.js";
import { parentsOf } from "./finding.js";
import {
  type Logged,
  type LoggerOptions,
  type Recorder,
  type Row,
  type Settings,
  type Stats,
  settingsOf,
} from "./logging.js";
import { type Link, type Prepared, prepare, uuid7 } from "./prepare.js";
import { LONGEST, now } from "./time.js";

interface Waiting extends Logged {
  readonly event: Prepared;
  /** Milliseconds of the clock when it was logged. */
  readonly since: number;
  /** How many refused rows it stands for: a gap event, which is the logger's own. */
  readonly gap: number;
}

/** Bytes of a batch: below the 4 MiB that any stub or proxy of gRPC takes. */
const BATCH_BYTES = 3 << 20;
/** Milliseconds before a batch is tried anew, at first and at most. */
const FIRST_PAUSE = 100;
const LAST_PAUSE = 5_000;

/** Bytes of memory that an event takes: what it is sent as, and, as measured, objects around it. */
const sizeOf = ({ bytes }: Prepared) => bytes.length + 500;

export class PredictionLogger {
  /** The stream that the `seq` of every prediction counts in. */
  readonly stream: string;
  readonly #client: Recorder;
  readonly #origin: { links: readonly Link[]; none: boolean };
  readonly #options: Settings;
  readonly #rows: Waiting[] = [];
  readonly #stats = { logged: 0, recorded: 0, refused: 0, lost: 0, resent: 0 };
  readonly #stop = new AbortController();
  /** Bytes of the rows in the buffer. */
  #bytes = 0;
  #seq = 0n;
  #closed = false;
  /** Rows that left the buffer; a refused one only when the gap event for it did. */
  #gone = 0;
  /** So many are wanted out of it at once. */
  #due = 0;
  #sending = false;
  #last: LinesealError | undefined;
  /** From which row on all were given up, and why. */
  #lost: { from: bigint; error: LinesealError } | undefined;
  /** Ends the sender's wait for a batch to grow. */
  #wake: (() => void) | undefined;
  /** Who waits for rows to leave the buffer. */
  #waiters: (() => void)[] = [];

  private constructor(
    client: Recorder,
    origin: { links: readonly Link[]; none: boolean },
    stream: string,
    options: Settings,
  ) {
    this.#client = client;
    this.#origin = origin;
    this.stream = stream;
    this.#options = options;
  }

  /** A logger for one ledger; its parents are looked up now. */
  static async open(client: Recorder, options: LoggerOptions): Promise<PredictionLogger> {
    const settings = settingsOf(options);
    const origin = await client.links(await parentsOf(client, options.parents));
    return new PredictionLogger(client, origin, options.stream || uuid7(), settings);
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
    while (!rejects && this.#full(0)) await this.#moved();
    if (this.#lost && logged.seq >= this.#lost.from) throw this.#lost.error;
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
    const timer = setTimeout(
      () => {
        late = true;
        this.#notify();
      },
      Math.min(options.timeout ?? 30_000, LONGEST),
    );
    try {
      while (this.#gone < due) {
        if (late || this.#stop.signal.aborted) throw this.#late(due - this.#gone);
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
      this.#giveUp(error as LinesealError);
      throw error;
    }
    this.#stop.abort();
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
    this.#bytes += sizeOf(event);
    this.#rows.push({ hash: event.hash, predictionId, seq, event, since: Date.now(), gap: 0 });
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
        await this.#deliver(this.#batch());
      }
    } finally {
      // Here, and not when the promise is settled: a row that comes between would wait for ever.
      this.#sending = false;
    }
  }

  #batch(): readonly Waiting[] {
    const most = this.#rows.slice(0, this.#options.batchSize);
    let bytes = 0;
    const end = most.findIndex(({ event }, i) => (bytes += event.bytes.length) > BATCH_BYTES && i > 0);
    return end < 0 ? most : most.slice(0, end);
  }

  /** Deals with the first rows of the buffer, in as many pieces as the refused among them ask for. */
  async #deliver(batch: readonly Waiting[]): Promise<void> {
    const refused: { seq: bigint; code: string }[] = [];
    const waiting = [batch];
    for (let some = waiting.pop(); some; some = waiting.pop()) {
      const refusal = await this.#persist(some);
      if (this.#stop.signal.aborted) return;
      const [row] = some;
      if (!refusal) this.#recorded(some);
      else if (some.length > 1) waiting.push(...pieces(some, refusal).reverse());
      else if (row) {
        this.#remove(1);
        if (row.gap) this.#gone += row.gap;
        else {
          refused.push({ seq: row.seq, code: refusal.code });
          this.#refused("refused", row, refusal);
        }
      }
      this.#notify();
    }
    const [first] = batch;
    if (refused.length === 0 || !first) return;
    // What is missing in the stream is explained in the next batch.
    const gaps = gapsOf(this.stream, refused).map(({ event, rows }) => ({ ...first, event, gap: rows }));
    for (const { event } of gaps) this.#bytes += sizeOf(event);
    this.#rows.unshift(...gaps);
  }

  /** Sends the same bytes until they are recorded or refused; gives the refusal. */
  async #persist(rows: readonly Waiting[]): Promise<LinesealError | undefined> {
    const { timeout, onError } = this.#options;
    const { signal } = this.#stop;
    const events = rows.map(({ event }) => event);
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LAST_PAUSE)) {
      try {
        await this.#client.recordPrepared(events, { timeout, signal });
        this.#last = undefined;
        return undefined;
      } catch (error) {
        if (signal.aborted) return undefined;
        const told =
          error instanceof LinesealError ? error : new InternalError(String(error), { cause: error });
        this.#last = told;
        if (isRefusal(told)) return told;
        // The client's own word: nothing will be sent any more.
        if (told instanceof ClosedError && told.status === undefined) {
          this.#giveUp(told);
          return undefined;
        }
        this.#stats.resent += 1;
        queueMicrotask(() => onError(told));
      }
      // With jitter: the loggers of many processes do not come all at once.
      await sleep(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
    }
    return undefined;
  }

  #recorded(rows: readonly Waiting[]): void {
    this.#remove(rows.length);
    for (const { gap } of rows) {
      this.#gone += gap || 1;
      if (!gap) this.#stats.recorded += 1;
    }
  }

  /** Takes the first so many rows out of the buffer. */
  #remove(count: number): Waiting[] {
    const removed = this.#rows.splice(0, count);
    for (const { event } of removed) this.#bytes -= sizeOf(event);
    return removed;
  }

  /** Whether the buffer is over what it may hold, or would be with so many more. */
  #full(more: number): boolean {
    const { capacity, capacityBytes } = this.#options;
    return this.#rows.length + more > capacity || this.#bytes + more > capacityBytes;
  }

  #refused(as: "refused" | "lost", { hash, predictionId, seq }: Waiting, error: LinesealError): void {
    this.#stats[as] += 1;
    // Not in the sender's own stack: what a callback throws must not stop it.
    queueMicrotask(() => this.#options.onRefused({ hash, predictionId, seq }, error));
  }

  #giveUp(error: LinesealError): void {
    this.#closed = true;
    this.#stop.abort();
    for (const row of this.#remove(this.#rows.length)) {
      if (row.gap) continue;
      this.#lost ??= { from: row.seq, error };
      this.#refused("lost", row, error);
    }
    this.#notify();
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
