import type { Chain } from "./stack.ts";
import { world } from "./wallets.ts";

const encoder = new TextEncoder();

/** Prints a line to standard output. */
export function say(line: string): void {
  try {
    Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  } catch {
    // The terminal is gone, but the child processes still have to be stopped.
  }
}

/** The message when everything is up. */
export function welcome(chains: readonly Chain[], port: number): string {
  const monitored = chains.map((chain) => ({
    ...chain,
    wallets: chain.wallets.map(({ wallet }) => wallet).filter((wallet) => wallet !== world),
  }));
  const wallets = monitored.flatMap(({ wallets }) => wallets);
  const width = Math.max(...wallets.map(({ label }) => label.length));
  const chainLines = monitored.flatMap(({ url, network, wallets }) => [
    `  ${url} (chain ${network.chainId})`,
    ...wallets.map(({ label, story }) => `    ${label.padEnd(width)}  ${story}`),
    "",
  ]);
  return [
    "",
    `The exporter is running, with ${wallets.length} wallets on ${chains.length} local chains:`,
    "",
    ...chainLines,
    `  http://localhost:${port}/         status page`,
    `  http://localhost:${port}/metrics  metrics for Prometheus`,
    "",
    "Changes to main.ts, deno.json and src/ restart the exporter. Press Ctrl-C to stop everything.",
    "",
  ].join("\n");
}
