import { numberToHex } from "viem/utils";
import { type AnvilCommand, findAnvil } from "./find_anvil.ts";
import { Tail } from "./tail.ts";
import { terminate } from "./terminate.ts";

export { type AnvilCommand, findAnvil };

/** Options for {@linkcode startAnvil}. */
export interface AnvilOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default 31337 */
  readonly chainId?: number;
  /** Whole coins in each of the unlocked accounts (`eth_accounts`). @default 10000 */
  readonly balance?: number;
  /** Seconds between blocks. @default a block for each transaction, at once */
  readonly blockTime?: number;
  /** More of anvil's own flags. */
  readonly args?: readonly string[];
  /** How to start anvil. @default what `findAnvil()` finds */
  readonly command?: AnvilCommand;
  /** Milliseconds to wait for the first answer. @default 30000 */
  readonly startupMs?: number;
  /** Gives up starting. It has no effect on a node that runs: use `stop()`. */
  readonly signal?: AbortSignal;
}

/** A local Ethereum node that runs as a child of this program. */
export interface Anvil extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The process id of the node. */
  readonly pid: number;
  /** Settles if the node ends without `stop()`, with an error that holds its last words. */
  readonly gone: Promise<Error>;
  /** Calls a method and returns its result. Throws if the node answers with an error or not at all. */
  readonly rpc: (
    method: string,
    params?: readonly unknown[],
  ) => Promise<unknown>;
  /** Sets the balance of any address, at once and without a transaction. */
  readonly setBalance: (address: string, wei: bigint) => Promise<void>;
  /** Ends the node and returns when it is gone. Once more is fine. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts anvil on 127.0.0.1 and returns when it answers.
 *
 * Throws with the node's last words if it dies, or if it does not answer in
 * time; no process is left behind in either case.
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
    new Error(`Anvil ended with code ${code}:\n${tail}`)
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
    listening.reject(
      new Error(`Anvil did not answer within ${startupMs} ms:\n${tail}`),
    );
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
  // The host is given because the variable ANVIL_IP_ADDR could name another one.
  const given = ["--host", "127.0.0.1", "--port", `${port}`];
  if (chainId !== undefined) given.push("--chain-id", `${chainId}`);
  if (balance !== undefined) given.push("--balance", `${balance}`);
  if (blockTime !== undefined) given.push("--block-time", `${blockTime}`);
  return [...given, ...args];
}

async function call(
  url: string,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const reply: unknown = await response.json();
  if (typeof reply === "object" && reply !== null && "result" in reply) {
    return reply.result;
  }
  throw new Error(
    `Cannot call "${method}": anvil answered ${JSON.stringify(reply)}`,
  );
}
