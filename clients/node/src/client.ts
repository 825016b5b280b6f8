// The client of one ledger. What the service answers is held against what was computed here.
// May use everything here but the logger.
import { split } from "./address.js";
import { Channel, type Limits } from "./channel.js";
import { InvalidArgumentError, InvalidRecordError, atPosition } from "./errors.js";
import type { Event } from "./event.js";
import { type Key, find } from "./finding.js";
import { type Named, cidOf, isWhole, nameOf } from "./name.js";
import { linksOf } from "./parents.js";
import { type Prepared, prepare, prepareBlock } from "./prepare.js";
import type { Draft, Parents } from "./records.js";
import { sending } from "./request.js";
import { believed, eventName, lie, lineage, rowOf } from "./tracing.js";
import {
  LedgerServiceService as Ledgers,
  ProvenanceServiceService as Service,
} from "./lineseal/v1/provenance.js";
import type { Report } from "./verifier.js";
import { verify } from "./verifying.js";

export interface ConnectOptions {
  /** Name of the ledger; `default` where neither this nor the address names one. */
  ledger?: string;
  /** Whether the ledger is made where there is none. True by default. */
  create?: boolean;
  /** Milliseconds that a call may take, all attempts together. 60,000 by default. */
  timeout?: number;
  /** Milliseconds within which the service must be found. 5,000 by default. */
  connectTimeout?: number;
}

/** Proof of recording one event. */
export interface Receipt {
  readonly hash: string;
  readonly cid: string;
  /** Its place in the ledger, from 0. */
  readonly index: bigint;
  /** Whether this very call added it; otherwise it was there before. */
  readonly created: boolean;
}

export class Client {
  readonly address: string;
  readonly ledger: string;
  readonly #channel: Channel;

  private constructor(channel: Channel, ledger: string) {
    this.address = channel.address;
    this.ledger = ledger;
    this.#channel = channel;
  }

  /** Connects to `host:port` or `grpc://host:port/ledger`. */
  static async connect(address: string, options: ConnectOptions = {}): Promise<Client> {
    const { target, ledger: named } = split(address);
    if (named !== undefined && options.ledger !== undefined && named !== options.ledger) {
      throw new InvalidArgumentError(`the address names the ledger ${named}, the options ${options.ledger}`);
    }
    const ledger = options.ledger ?? named ?? "default";
    const channel = new Channel(target, options.timeout ?? 60_000);
    try {
      const limits = { timeout: options.connectTimeout ?? 5_000 };
      const method = options.create === false ? Ledgers.getLedger : Ledgers.createLedger;
      await channel.ask<{ ledger: string }, unknown>(method, { ledger }, limits);
    } catch (error) {
      channel.close();
      throw error;
    }
    return new Client(channel, ledger);
  }

  /** Ends the connection; calls under way fail. */
  close(): void {
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Records one draft; resolves when it is durable. */
  async record(draft: Draft, limits?: Limits): Promise<Receipt> {
    const [receipt] = await this.recordBatch([draft], limits);
    if (!receipt) throw lie(this.address, "answered without a receipt");
    return receipt;
  }

  /**
   * Records 1 to 10,000 drafts as one batch: all or none. A draft may name another object of the
   * same call, which stands before it, as its parent. Errors have the `position` of the draft at fault.
   */
  async recordBatch(drafts: readonly Draft[], limits?: Limits): Promise<Receipt[]> {
    const before = new Map<unknown, string>();
    const prepared: Prepared[] = [];
    for (const [position, draft] of drafts.entries()) {
      const ready = await this.#prepare(draft, before).catch((error: unknown) => {
        throw atPosition(error, position);
      });
      before.set(draft, ready.hash);
      prepared.push(ready);
    }
    return this.recordPrepared(prepared, limits);
  }

  /** Records finished blocks as they are, as one batch. */
  async recordBlocks(blocks: readonly Uint8Array[], limits?: Limits): Promise<Receipt[]> {
    return this.recordPrepared(blocks.map(prepareBlock), limits);
  }

  /**
   * Makes a draft ready without sending it: draws what it lacks and computes its hash. Sent again,
   * by `recordPrepared`, it is the same event.
   */
  prepare(draft: Draft): Promise<Prepared> {
    return this.#prepare(draft);
  }

  /** Parents as hashes and roles; names that are shortened are looked up. */
  links(parents: Parents | null | undefined): ReturnType<typeof linksOf> {
    return linksOf(parents, undefined, (name) => this.#resolve(name));
  }

  /** Records what was prepared; every receipt must have the hash that was computed here. */
  async recordPrepared(prepared: readonly Prepared[], limits?: Limits): Promise<Receipt[]> {
    const answer = await this.#channel.ask(
      sending(Service.record),
      { ledger: this.ledger, prepared },
      limits,
    );
    if (answer.receipts.length !== prepared.length) {
      throw lie(this.address, `answered ${answer.receipts.length} receipts for ${prepared.length} events`);
    }
    return answer.receipts.map(({ hash, index, created }, i) => {
      const ours = prepared[i]?.hash ?? "";
      const theirs = hash.toString("hex");
      if (theirs !== ours) throw lie(this.address, `recorded ${theirs} where ${ours} was sent`, ours);
      return { hash: ours, cid: cidOf(ours).toString(), index, created };
    });
  }

  /** One event; its block is hashed here. */
  async get(name: Named, limits?: Limits): Promise<Event> {
    const wanted = nameOf(name);
    const answer = await this.#channel.ask(
      Service.getEvent,
      { ledger: this.ledger, name: eventName(wanted) },
      limits,
    );
    if (!answer.event) throw lie(this.address, `was asked for ${wanted} and sent nothing`);
    const row = rowOf(answer.event);
    if (!row.hash.startsWith(wanted)) {
      throw lie(this.address, `was asked for ${wanted} and sent another event, ${row.hash}`, row.hash);
    }
    return believed(this.address, row);
  }

  /** Events and all their ancestors, every event before its parents; every one is verified. */
  async trace(names: Named | readonly Named[], limits?: Limits): Promise<Event[]> {
    const events: Event[] = [];
    for await (const event of this.ancestors(names, limits)) events.push(event);
    return events;
  }

  /** The same one by one, for traces that do not fit into memory. A missing one shows at the end. */
  ancestors(names: Named | readonly Named[], limits?: Limits): AsyncGenerator<Event> {
    return lineage(this.#channel, this.ledger, namesOf(names), limits);
  }

  /** Events by what people call them, newest first. */
  async find(key: Key, options: Limits & { limit?: number } = {}): Promise<Event[]> {
    return find(this.#channel, this.ledger, key, options.limit ?? 100, options);
  }

  /** Fetches events and all their ancestors, and says what rehashing them here finds. */
  async verify(names: Named | readonly Named[], limits?: Limits): Promise<Report> {
    return verify(this.#channel, this.ledger, namesOf(names), limits);
  }

  async #prepare(draft: Draft, before?: ReadonlyMap<unknown, string>): Promise<Prepared> {
    if (typeof draft !== "object" || draft === null)
      throw new InvalidRecordError("a draft is an object", { path: "type" });
    const { links, none } = await linksOf(draft.parents, before, (name) => this.#resolve(name));
    return prepare(draft, links, none);
  }

  async #resolve(name: Named): Promise<string> {
    const text = nameOf(name);
    return isWhole(text) ? text : (await this.get(text)).hash;
  }
}

function namesOf(names: Named | readonly Named[]): string[] {
  const list = Array.isArray(names) ? (names as readonly Named[]) : [names as Named];
  if (list.length === 0) throw new InvalidArgumentError("no event is named");
  return [...new Set(list.map(nameOf))];
}
