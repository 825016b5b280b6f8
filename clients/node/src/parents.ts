// Whatever a draft gives as parents, as links. May use errors, name, prepare, records, schema.
import { InvalidRecordError, LinesealError } from "./errors.js";
import { type Named, nameOf } from "./name.js";
import type { Link } from "./prepare.js";
import type { Draft, Parent, Parents } from "./records.js";
import { SCHEMA } from "./schema.js";

/** The drafts that stand earlier in the same batch, with their hashes. */
export type Before = ReadonlyMap<unknown, string>;

/** The links, and whether there are none on purpose. */
export async function linksOf(
  parents: Parents | null | undefined,
  before: Before | undefined,
  resolve: (name: Named) => Promise<string>,
): Promise<{ links: Link[]; none: boolean }> {
  if (parents === null || parents === undefined) return { links: [], none: false };
  const links: Link[] = [];
  for (const [role, parent] of pairs(parents)) {
    const path = `parents[${links.length}]`;
    links.push({ hash: await hashOf(parent, path, before, resolve), role });
  }
  return { links, none: links.length === 0 };
}

function pairs(parents: Parents): [string, Parent][] {
  if (isOne(parents)) return [["", parents]];
  if (Array.isArray(parents)) return parents.map((parent: Parent) => ["", parent]);
  return Object.entries(parents).flatMap(([role, some]: [string, Parent | readonly Parent[]]) =>
    (Array.isArray(some) ? (some as readonly Parent[]) : [some as Parent]).map((parent): [string, Parent] => [
      role,
      parent,
    ]),
  );
}

/** Whether it is one parent, and no map from roles, in which every value is a parent. */
function isOne(parents: Parents): parents is Parent {
  return (
    typeof parents === "string" ||
    isDraft(parents) ||
    typeof (parents as { index?: unknown }).index === "bigint"
  );
}

function isDraft(parent: object): parent is Draft {
  const { type } = parent as { type?: unknown };
  return typeof type === "string" && (SCHEMA.has(type) || type.includes("/"));
}

async function hashOf(
  parent: Parent,
  path: string,
  before: Before | undefined,
  resolve: (name: Named) => Promise<string>,
): Promise<string> {
  const earlier = before?.get(parent);
  if (earlier !== undefined) return earlier;
  if (typeof parent === "object" && parent !== null && isDraft(parent) && !("hash" in parent)) {
    throw new InvalidRecordError("a draft that is a parent stands earlier in the same batch", {
      path,
      remedy: "Record it first and give its receipt",
    });
  }
  try {
    return await resolve(nameOf(parent as Named));
  } catch (error) {
    if (!(error instanceof LinesealError) || error.code !== "INVALID_ARGUMENT") throw error;
    throw new InvalidRecordError(error.message, { path, remedy: error.remedy, cause: error });
  }
}
