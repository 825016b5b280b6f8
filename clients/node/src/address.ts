// Addresses of services and of their ledgers. May use errors.
import { InvalidArgumentError } from "./errors.js";

const SCHEME = "grpc://";
/** Where `lineseal serve` answers unless it is told otherwise. */
const PORT = 50051;

/** HOST:PORT, and the ledger where `grpc://host:port/ledger` names one. */
export function split(address: string): { target: string; ledger: string | undefined } {
  const whole = address.startsWith(SCHEME);
  const rest = whole ? address.slice(SCHEME.length) : address;
  const slash = rest.indexOf("/");
  let target = slash < 0 ? rest : rest.slice(0, slash);
  const ledger = slash < 0 ? "" : rest.slice(slash + 1).replace(/\/$/, "");
  if (whole && target && (!target.includes(":") || target.endsWith("]"))) target += `:${PORT}`;
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/]+):([0-9]{1,5})$/.exec(target);
  const port = Number(parts?.[2]);
  if (!parts || port < 1 || port > 65535 || (slash >= 0 && !whole)) {
    throw new InvalidArgumentError(`${JSON.stringify(address.slice(0, 80))} is no address of a service`, {
      remedy: "Give host:port, or grpc://host:port/ledger; IPv6 in brackets, as [::1]:50051",
    });
  }
  return { target, ledger: ledger || undefined };
}
