import { numberToHex } from "viem/utils";
import { type AnvilCommand, findAnvil } from "./find_anvil.ts";
import { kill, Tail, terminate } from "./system.ts";

export { type AnvilCommand, findAnvil };

/** Options for {@linkcode startAnvil}. */
export interface AnvilOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default 31337 */
  readonly chainId?: number;
  /** Coins in each of the unlocked accounts (`eth_accounts`). @default 10000 */
  readonly balance?: number;
  /** Seconds between blocks. @default a block per transaction */
  readonly blockTime?: number;
  /** Additional flags of anvil. */
  readonly args?: readonly string[];
  /** @default the result of `findAnvil()` */
  readonly command?: AnvilCommand;
  /** Startup timeout in milliseconds. @default 30000 */
  readonly startupMs?: number;
  /** Aborts the start. To end a running node use `stop()`. */
  readonly signal?: AbortSignal;
}

/** A local Ethereum node that runs as a child process. */
export interface Anvil extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles if the node ends without `stop()`, with an error that contains its last output. */
  readonly gone: Promise<Error>;
  /** Calls a method and returns its result. Throws if the node returns an error or does not respond. */
  readonly rpc: (method: string, params?: readonly unknown[]) => Promise<unknown>;
  /** Sets the balance of any address, without a transaction. */
  readonly setBalance: (address: string, wei: bigint) => Promise<void>;
  /** Lets the node answer nothing, until `resume()`; not on Windows. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Stops the node, if it still runs, and waits for its end. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts anvil on 127.0.0.1 and waits until it responds. Throws an error with its output if it exits or does not respond
 * in time; no process is left running.
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { startupMs = 30_000, signal, command = await findAnvil() } = options;
  signal?.throwIfAborted();
  const child = new Deno.Command(command.bin, {
    args: [...command.args, ...flags(options)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  const listening = Promise.withResolvers<number>();
  const tail = new Tail(child, (line) => {
    const port = /^Listening on .*:(\d+)\s*$/.exec(line)?.[1];
    if (port !== undefined) listening.resolve(Number(port));
  });
  const ended = Promise.all([child.status, tail.drained]).then(([{ code }]) =>
    new Error(`Anvil exited with code ${code}:\n${tail}`)
  );
  ended.then(listening.reject);

  let stopping: Promise<void> | undefined;
  async function end(): Promise<void> {
    await terminate(child);
    await ended;
  }
  function stop(): Promise<void> {
    return stopping ??= end();
  }

  function giveUp(): void {
    listening.reject(signal?.reason);
  }
  signal?.addEventListener("abort", giveUp);
  const timer = setTimeout(() => {
    listening.reject(new Error(`Anvil did not respond within ${startupMs} ms:\n${tail}`));
  }, startupMs);

  try {
    const port = await listening.promise;
    const url = `http://127.0.0.1:${port}`;
    await call(url, "eth_chainId", []);
    return {
      url,
      port,
      pid: child.pid,
      gone: new Promise((resolve) => ended.then((error) => stopping ?? resolve(error))),
      rpc: (method, params = []) => call(url, method, params),
      setBalance: async (address, wei) => {
        await call(url, "anvil_setBalance", [address, numberToHex(wei)]);
      },
      pause: () => kill(child, "SIGSTOP"),
      resume: () => kill(child, "SIGCONT"),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

function flags(options: AnvilOptions): readonly string[] {
  const { port = 0, chainId, balance, blockTime, args = [] } = options;
  // ANVIL_IP_ADDR could set another host.
  const given = ["--host", "127.0.0.1", "--port", `${port}`];
  if (chainId !== undefined) given.push("--chain-id", `${chainId}`);
  if (balance !== undefined) given.push("--balance", `${balance}`);
  if (blockTime !== undefined) given.push("--block-time", `${blockTime}`);
  return [...given, ...args];
}

async function call(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const reply: unknown = await response.json();
  if (typeof reply === "object" && reply !== null && "result" in reply) {
    return reply.result;
  }
  throw new Error(`Calling "${method}" failed: anvil returned ${JSON.stringify(reply)}`);
}
