// Verification of what a service sends. May use channel, errors, tracing, verifier.
import type { Channel, Limits } from "./channel.js";
import { CorruptLedgerError, EventNotFoundError } from "./errors.js";
import { lie, rows } from "./tracing.js";
import { type Report, Verifier } from "./verifier.js";

/** Fetches the events and all their ancestors, and reports what rehashing them finds. */
export async function verify(
  channel: Channel,
  ledger: string,
  names: string[],
  limits?: Limits,
): Promise<Report> {
  const verifier = new Verifier(names);
  try {
    for await (const row of rows(channel, ledger, names, limits)) {
      if (!verifier.take(row)) break;
    }
  } catch (error) {
    if (error instanceof CorruptLedgerError) {
      verifier.find("hash", error.hash ?? names[0] ?? "", undefined, `cannot be sent: ${error.message}`);
    } else if (error instanceof EventNotFoundError && verifier.taken > 0) {
      throw lie(channel.address, `left ${error.hash} out of its own trace`, error.hash, error);
    } else throw error;
  }
  return verifier.report();
}
