import { freePort } from "../program/free_port.ts";
import { until } from "../program/until.ts";

/** A Pushgateway of one's own. */
export interface Pushgateway extends AsyncDisposable {
  readonly url: string;
  /** What Prometheus would scrape. */
  page(): Promise<string>;
}

/**
 * Starts a Pushgateway: `PUSHGATEWAY_BIN`, or `pushgateway` or `prometheus-pushgateway` on the `PATH`.
 *
 * @param args more of its own flags
 * @param authorization of a user, where it wants one
 * @returns `undefined` where there is none
 */
export async function startPushgateway(
  args: readonly string[] = [],
  authorization = "",
): Promise<Pushgateway | undefined> {
  const port = freePort();
  const own = Deno.env.get("PUSHGATEWAY_BIN");
  const child = firstOf(
    own === undefined ? ["pushgateway", "prometheus-pushgateway"] : [own],
    [`--web.listen-address=127.0.0.1:${port}`, ...args],
  );
  if (child === undefined) return undefined;
  const url = `http://127.0.0.1:${port}`;
  const gateway: Pushgateway = {
    url,
    page: async () => await (await fetch(`${url}/metrics`, { headers: { authorization } })).text(),
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      await child.status;
    },
  };
  try {
    await until("the Pushgateway's page", () => gateway.page());
    return gateway;
  } catch (error) {
    await gateway[Symbol.asyncDispose]();
    throw error;
  }
}

function firstOf(names: readonly string[], args: readonly string[]): Deno.ChildProcess | undefined {
  for (const name of names) {
    try {
      return new Deno.Command(name, { args: [...args], stdin: "null", stdout: "null", stderr: "null" }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
