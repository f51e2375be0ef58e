import { until } from "../program/until.ts";
import { freePort } from "../program/free_port.ts";

/** A geth of one's own, on a chain of one's own. */
export interface Geth extends AsyncDisposable {
  readonly url: string;
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>;
}

/**
 * Starts geth in its developer mode: `GETH_BIN`, or `geth` on the `PATH`.
 *
 * @param args more of its own flags
 * @returns `undefined` where there is none
 */
export async function startGeth(args: readonly string[] = []): Promise<Geth | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "geth-" });
  const port = freePort();
  const flags = ["--dev", "--datadir", folder, "--http", "--http.addr", "127.0.0.1", "--http.port", String(port)];
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(Deno.env.get("GETH_BIN") ?? "geth", {
      args: [...flags, "--ipcdisable", "--nodiscover", "--port", "0", "--authrpc.port", String(freePort()), ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const url = `http://127.0.0.1:${port}`;
  const geth: Geth = {
    url,
    async rpc(method, params = []): Promise<unknown> {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      const reply = await response.json() as { result?: unknown; error?: unknown };
      if (reply.error !== undefined) throw new Error(`Cannot call "${method}": ${JSON.stringify(reply.error)}`);
      return reply.result;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
  try {
    await until("an answer of geth", () => geth.rpc("eth_chainId"));
    return geth;
  } catch (error) {
    await geth[Symbol.asyncDispose]();
    throw error;
  }
}
