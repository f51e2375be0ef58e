/**
 * `deno task dev`: two local chains with active wallets, and the exporter.
 *
 * @module
 */

import { dirname } from "node:path";
import { systemClock } from "../src/util/clock.ts";
import { startExporter } from "./exporter.ts";
import { isFreePort } from "./system.ts";
import { runOutages } from "./outages.ts";
import { runTraffic } from "./traffic.ts";
import { say, welcome } from "./messages.ts";
import { startStack, walletConfig } from "./stack.ts";
import { supervise } from "./supervise.ts";
import { networks } from "./wallets.ts";
import { watchSource } from "./watch_source.ts";

const root = dirname(import.meta.dirname ?? Deno.cwd());

async function main(): Promise<number> {
  const ending = new AbortController();
  const { signal } = ending;
  endOnSignals(ending);
  exemptLoopback();

  try {
    const port = metricsPort();
    using source = watchSource(root);
    await using stack = await startStack(networks, signal);
    const { chains } = stack;
    let failed = 0;
    stack.gone.then(async (error) => {
      // Ctrl-C ends the node as well, which may be noticed before the signal.
      await systemClock.sleep(300, signal);
      if (signal.aborted) return;
      say(`dev: ${error.message}`);
      failed = 1;
      ending.abort();
    });
    const traffic = chains.map((chain) => runTraffic(chain, signal));
    const report = (line: string): void => say(`dev: ${line}`);
    const outages = chains.filter(({ network }) => network.hasOutages)
      .map(({ anvil, url }) => runOutages({ node: { ...anvil, url }, clock: systemClock, report, signal }));
    const code = await supervise({
      start: () => startExporter({ root, port, walletConfig: walletConfig(chains) }),
      nextChange: source.next,
      onServed: () => say(welcome(chains, port)),
      report,
      signal,
    });
    ending.abort();
    await Promise.all([...traffic, ...outages]);
    return code || failed;
  } catch (error) {
    if (signal.aborted) return 0;
    say(`dev: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

function metricsPort(): number {
  const given = Deno.env.get("METRICS_PORT") || "8080";
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`Invalid METRICS_PORT "${given}": expected a number from 1 to 65535`);
  }
  if (!isFreePort(port)) {
    throw new Error(`Port ${port} is in use; set METRICS_PORT to a free one`);
  }
  return port;
}

function endOnSignals(ending: AbortController): void {
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => ending.abort());
  }
}

/** A proxy of the environment cannot reach this machine. */
function exemptLoopback(): void {
  const given = Deno.env.get("NO_PROXY") ?? Deno.env.get("no_proxy") ?? "";
  const exempt = [given, "localhost", "127.0.0.1", "::1"].filter((host) => host !== "").join(",");
  for (const name of ["NO_PROXY", "no_proxy"]) Deno.env.set(name, exempt);
}

if (import.meta.main) {
  main().then((code) => Deno.exit(code));
}
