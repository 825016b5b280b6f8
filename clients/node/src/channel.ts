// The connection to one service: calls with a deadline, made again where that helps.
// May use errors, status, time, and the stubs.
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ServiceError, credentials } from "@grpc/grpc-js";
import { ClosedError, LinesealError } from "./errors.js";
import { cancelled, isCancelled, late, rebuilt } from "./status.js";
import { inTime } from "./time.js";

const OPTIONS = {
  // A server answers with at most 4 MiB, and a little room for what later servers add.
  "grpc.max_receive_message_length": 8 << 20,
  "grpc.max_send_message_length": 20 << 20,
  "grpc.initial_reconnect_backoff_ms": 50,
  "grpc.max_reconnect_backoff_ms": 500,
  // A server that hangs or is gone is noticed by pings.
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
};
/** Milliseconds before the second attempt, and most before any. */
const FIRST_PAUSE = 50;
const LAST_PAUSE = 2_000;
/** Milliseconds that no pause takes from the last attempt. */
const RESERVE = 200;

/** A method of the stubs. */
export interface Method<Q, A> {
  readonly path: string;
  readonly requestSerialize: (request: Q) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => A;
}

/** How long a call may take, and what ends it early. */
export interface Limits {
  /** Milliseconds for all attempts together; of `trace`, `ancestors` and `verify`, without progress. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

export class Channel {
  readonly #client: Client;
  /** Ends each call that is under way. */
  readonly #calls = new Set<() => void>();
  #closed = false;

  constructor(
    readonly address: string,
    readonly timeout: number,
  ) {
    this.#client = new Client(address, credentials.createInsecure(), OPTIONS);
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
    for (const give of this.#calls) give();
  }

  /** One answer. The request is serialised once: every attempt sends the same bytes. */
  async ask<Q, A>(method: Method<Q, A>, request: Q, limits: Limits = {}): Promise<A> {
    const bytes = method.requestSerialize(request);
    const attempts = new Attempts(this.address, limits.timeout ?? this.timeout, limits.signal);
    for (;;) {
      this.#check();
      try {
        return await this.#once(method, bytes, attempts.end, limits.signal);
      } catch (error) {
        this.#check();
        await attempts.failed(error as ServiceError);
      }
    }
  }

  /**
   * A stream's messages; an error of gRPC's ends it. `end` says, each time that one is waited for,
   * until when: pings find a host that is gone, and not a service that is silent.
   */
  async *stream<Q, A>(
    method: Method<Q, A>,
    request: Q,
    end: () => number,
    signal?: AbortSignal,
  ): AsyncGenerator<A> {
    this.#check();
    const call = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
    );
    const ended = this.#begun(() => call.cancel(), signal);
    const messages = call[Symbol.asyncIterator]() as AsyncIterator<A>;
    try {
      for (;;) {
        const next = await inTime(messages.next(), end(), () => late(this.address));
        if (next.done) return;
        yield next.value;
      }
    } catch (error) {
      this.#check();
      throw error;
    } finally {
      ended();
      // What gRPC says of the end that was made here concerns nobody.
      call.on("error", () => {}).cancel();
    }
  }

  #once<Q, A>(method: Method<Q, A>, bytes: Buffer, deadline: number, signal?: AbortSignal): Promise<A> {
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method.path,
        (raw: Buffer) => raw,
        method.responseDeserialize,
        bytes,
        { deadline },
        (error, answer) => {
          ended();
          if (error) reject(error);
          else resolve(answer as A);
        },
      );
      const ended = this.#begun(() => call.cancel(), signal);
    });
  }

  /** A call that its caller, or `close`, may end by `give`; what is returned says that it is over. */
  #begun(give: () => void, signal: AbortSignal | undefined): () => void {
    this.#calls.add(give);
    signal?.addEventListener("abort", give, { once: true });
    if (signal?.aborted) give();
    return () => {
      this.#calls.delete(give);
      signal?.removeEventListener("abort", give);
    };
  }

  #check(): void {
    if (this.#closed) throw new ClosedError("the client is closed");
  }
}

/** Attempts at one call, within so many milliseconds. */
export class Attempts {
  readonly end: number;
  readonly #begin = Date.now();
  #pause = FIRST_PAUSE;
  #count = 0;

  constructor(
    readonly address: string,
    milliseconds: number,
    readonly signal: AbortSignal | undefined,
  ) {
    this.end = this.#begin + milliseconds;
  }

  /** Waits before the next attempt; throws where none would help, or no time is left. */
  async failed(error: ServiceError | LinesealError): Promise<void> {
    if (typeof error.code !== "number" || error instanceof LinesealError) throw error;
    if (isCancelled(error, this.signal)) throw cancelled(this.address);
    const made = rebuilt(error, this.address);
    const room = this.end - Date.now() - RESERVE;
    this.#count += 1;
    if (!made.error.retryable || room <= 0) throw this.#told(made.error);
    // Jitter, so that the clients of a server that is back do not come all at once.
    const wait = Math.max(made.delay, this.#pause * (0.5 + Math.random()));
    this.#pause = Math.min(this.#pause * 2, LAST_PAUSE);
    try {
      await sleep(Math.min(wait, room), undefined, { signal: this.signal });
    } catch {
      throw cancelled(this.address);
    }
  }

  #told(error: LinesealError): LinesealError {
    if (!error.retryable && error.code !== "TIMEOUT") return error;
    const tries = this.#count === 1 ? "1 attempt" : `${this.#count} attempts`;
    error.message += `: ${tries} in ${((Date.now() - this.#begin) / 1000).toFixed(1)} s`;
    return error;
  }
}
