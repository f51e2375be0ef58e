import type { Chain } from "./stack.ts";
import { world } from "./wallets.ts";

/** What a newcomer wants to know once the stack is up. */
export function welcome(chains: readonly Chain[], port: number): string {
  const watched = chains.map((chain) => ({
    ...chain,
    wallets: chain.wallets.map(({ wallet }) => wallet).filter((wallet) => wallet !== world),
  }));
  const wallets = watched.flatMap(({ wallets }) => wallets);
  const width = Math.max(...wallets.map(({ label }) => label.length));
  const about = watched.flatMap(({ url, network, wallets }) => [
    `  ${url} (chain ${network.chainId})`,
    ...wallets.map(({ label, story }) => `    ${label.padEnd(width)}  ${story}`),
    "",
  ]);
  return [
    "",
    `${chains.length} local chains with ${wallets.length} wallets are up, and the exporter watches them.`,
    "",
    ...about,
    `  Open  http://localhost:${port}/         the page for people`,
    `        http://localhost:${port}/metrics  what Prometheus reads`,
    "",
    "A change to main.ts, deno.json or src/ restarts the exporter. Ctrl-C ends all of it.",
    "",
  ].join("\n");
}
