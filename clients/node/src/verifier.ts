// Judges blocks as the ancestors of some names: every hash, every parent link.
// May use errors, event, name, read.
import { LinesealError } from "./errors.js";
import { type Row, isIntact } from "./event.js";
import { isWhole, sha256 } from "./name.js";
import { type Frame, readEnvelope, readFrame } from "./read.js";

/** What was looked at; the names are those of every lineseal report. */
export type Check =
  | "hash"
  | "canonical"
  | "schema"
  | "parent_missing"
  | "parent_order"
  | "duplicate"
  | "expected_missing"
  | "unsupported_version"
  | "rests_on";

/** One thing that verification found. */
export interface Finding {
  readonly check: Check;
  /** The event, by the name under which it was reached. */
  readonly hash: string;
  readonly index: bigint | undefined;
  readonly message: string;
}

/** What verification says. */
export interface Report {
  readonly ok: boolean;
  readonly verdict: "ok" | "failed" | "undetermined";
  /** `hash`: rests on hashes that you gave in full; `none`: a rewritten leaf is not excluded. */
  readonly anchor: "hash" | "none";
  /** Events whose bytes were rehashed. */
  readonly checked: number;
  readonly findings: readonly Finding[];
}

/** Events that belong to no trace, after which nothing more is read. */
const STRAYS = 1_000;

interface Node {
  readonly index: bigint;
  readonly parents: readonly string[];
}

/** Takes rows in any order and judges them as the ancestors of some names. */
export class Verifier {
  readonly #nodes = new Map<string, Node>();
  readonly #found = new Map<string, Finding[]>();
  readonly #wanted: Set<string>;
  readonly #shortened: string[];
  #strays = 0;

  constructor(readonly names: readonly string[]) {
    this.#wanted = new Set(names);
    this.#shortened = names.filter((name) => !isWhole(name));
  }

  /** Rows that were taken. */
  get taken(): number {
    return this.#nodes.size;
  }

  /** Judges one row; false when too much came that belongs to no trace. */
  take(row: Row): boolean {
    const before = this.#nodes.get(row.hash);
    if (before) {
      this.find(
        "duplicate",
        row.hash,
        row.index,
        `is there a second time: its first place is ${before.index}`,
      );
      return ++this.#strays < STRAYS;
    }
    const belongs = this.#wanted.has(row.hash) || this.#shortened.some((name) => row.hash.startsWith(name));
    const { fault, parents } = judge(row);
    if (fault) this.find(fault.check, row.hash, row.index, fault.what);
    if (belongs) for (const parent of parents) this.#wanted.add(parent);
    else this.#strays += 1;
    this.#nodes.set(row.hash, { index: row.index, parents });
    return this.#strays < STRAYS;
  }

  find(check: Check, hash: string, index: bigint | undefined, what: string): void {
    const place = index === undefined ? "" : ` at index ${index}`;
    const finding = { check, hash, index, message: `event ${hash.slice(0, 12)}${place} ${what}` };
    this.#found.set(hash, [...(this.#found.get(hash) ?? []), finding]);
  }

  /** What is known when all rows were taken. */
  report(): Report {
    const roots = this.names.flatMap((name) => this.#root(name));
    const reached = this.#reach(roots);
    this.#spread(reached);
    const findings = [...this.#found]
      .filter(([hash]) => reached.has(hash) || !this.#nodes.has(hash))
      .flatMap(([, all]) => all);
    const failed = findings.some(({ check }) => check !== "unsupported_version");
    const verdict = failed ? "failed" : findings.length > 0 ? "undetermined" : "ok";
    const anchor = this.#shortened.length > 0 ? "none" : "hash";
    const checked = [...reached].filter((hash) => this.#nodes.has(hash)).length;
    return { ok: verdict === "ok", verdict, anchor, checked, findings };
  }

  #root(name: string): string[] {
    const found = isWhole(name) ? name : [...this.#nodes.keys()].find((hash) => hash.startsWith(name));
    if (found !== undefined && this.#nodes.has(found)) return [found];
    if (!this.#found.has(name))
      this.find("expected_missing", name, undefined, "was asked for and did not come");
    return [];
  }

  /** The roots and all their ancestors; notes parents that are missing or stand behind their child. */
  #reach(roots: readonly string[]): Set<string> {
    const reached = new Set(roots);
    for (const hash of reached) {
      const node = this.#nodes.get(hash);
      for (const parent of node?.parents ?? []) {
        const at = this.#nodes.get(parent)?.index;
        if (at === undefined)
          this.find("parent_missing", hash, node?.index, `names a parent that is not there: ${parent}`);
        else {
          if (node && at >= node.index)
            this.find("parent_order", hash, node.index, `stands before its parent ${parent} (index ${at})`);
          reached.add(parent);
        }
      }
    }
    return reached;
  }

  /** What descends from an event that does not hold rests on it. */
  #spread(reached: ReadonlySet<string>): void {
    const children = new Map<string, string[]>();
    for (const hash of reached) {
      for (const parent of this.#nodes.get(hash)?.parents ?? []) {
        const known = children.get(parent);
        if (known) known.push(hash);
        else children.set(parent, [hash]);
      }
    }
    const bad = ([, all]: [string, Finding[]]) => all.some(({ check }) => check !== "unsupported_version");
    const origins = new Map([...this.#found].filter(bad).map(([hash]) => [hash, hash]));
    for (const [hash, origin] of origins) {
      for (const child of children.get(hash) ?? []) {
        if (origins.has(child)) continue;
        origins.set(child, origin);
        this.find(
          "rests_on",
          child,
          this.#nodes.get(child)?.index,
          `rests on event ${origin.slice(0, 12)}, which does not hold`,
        );
      }
    }
  }
}

/** What is wrong with one block by itself, and its parents where they may be followed. */
function judge(row: Row): { fault?: { check: Check; what: string }; parents: readonly string[] } {
  if (!isIntact(row)) {
    const what = `is not what its name says: its bytes have the SHA-256 ${sha256(row.block)}`;
    return { fault: { check: "hash", what }, parents: [] };
  }
  let frame: Frame | undefined;
  try {
    frame = readFrame(row.block);
    const { version, parents } = frame;
    if (version === 1n) readEnvelope(frame);
    const what = `has version ${version} of the event format, which only a newer client can judge`;
    return version === 1n ? { parents } : { fault: { check: "unsupported_version", what }, parents };
  } catch (error) {
    if (!(error instanceof LinesealError)) throw error;
    const { message } = error;
    if (!frame)
      return { fault: { check: "canonical", what: `cannot be read as an event: ${message}` }, parents: [] };
    return {
      fault: { check: "schema", what: `breaks a rule of the event format: ${message}` },
      parents: frame.parents,
    };
  }
}
