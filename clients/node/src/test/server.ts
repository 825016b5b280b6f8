// A live server for tests: one that LINESEAL_TARGET names, else `lineseal serve`, started with the
// command that LINESEAL_COMMAND names. Where there is neither, the tests are NOT RUN; in CI they fail.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";

const COMMAND = process.env.LINESEAL_COMMAND;
const TARGET = process.env.LINESEAL_TARGET;

/** Why there is no server, where there is none. */
export const missing = (given: string | undefined): string | false => {
  if (given || process.env.CI) return false;
  return "NOT RUN: neither LINESEAL_TARGET nor LINESEAL_COMMAND names a server";
};
export const noServer = missing(TARGET ?? COMMAND);
export const noCommand = missing(COMMAND);

/** `lineseal serve` in a folder of its own, which can be killed and started again. */
export class Server {
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly address: string,
    readonly data: string,
  ) {
    this.#child = child;
  }

  static async start(data?: string, listen = "127.0.0.1:0"): Promise<Server> {
    if (!COMMAND) throw new Error("set LINESEAL_COMMAND: the path of the command lineseal");
    const folder = data ?? (await mkdtemp(join(tmpdir(), "lineseal-node-")));
    const arguments_ = ["serve", "--data", folder, "--listen", listen];
    const child = spawn(COMMAND, arguments_, { stdio: ["ignore", "pipe", "ignore"] });
    const [address] = (await once(createInterface(child.stdout), "line")) as [string];
    return new Server(child, address, folder);
  }

  /** kill -9, and the same again on the same port. */
  async killed(): Promise<Server> {
    await this.#end("SIGKILL");
    return Server.start(this.data, this.address);
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.data, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    await gone;
  }
}

/** The server of a file of tests, and its end. */
export async function anyServer(): Promise<{ address: string; stop: () => Promise<void> }> {
  return TARGET ? { address: TARGET, stop: async () => {} } : Server.start();
}
