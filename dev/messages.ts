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
    `  ${url} (chain ${network.chainId})${network.hasOutages ? ", which stops answering for a minute at times" : ""}`,
    ...wallets.map(({ label, story }) => `    ${label.padEnd(width)}  ${story}`),
    "",
  ]);
  return [
    "",
    `The exporter is running. Open http://localhost:${port}/ in a browser: wallets by urgency, their balances and changes.`,
    "",
    `Metrics for Prometheus are on http://localhost:${port}/metrics, the page as JSON on /api/v1/status.`,
    "",
    `It monitors ${wallets.length} wallets on ${chains.length} local chains:`,
    "",
    ...chainLines,
    "Changes to main.ts, deno.json and src/ restart the exporter. Press Ctrl-C to stop everything.",
    "",
  ].join("\n");
}
