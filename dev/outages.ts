import type { Clock } from "../src/util/clock.ts";
import type { Anvil } from "./anvil.ts";

/** Long enough to see the chain well, and its wallets move. */
export const ALIVE_MS = 150_000;
/** Several polls fail in this time, and requests time out. */
export const DEAD_MS = 60_000;

/** Options of {@linkcode runOutages}. */
export interface Outages {
  readonly node: Pick<Anvil, "url" | "pause" | "resume">;
  readonly clock: Clock;
  /** Prints a message. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Lets a node stop answering for a minute every few minutes, until `signal` is aborted. */
export async function runOutages({ node, clock, report, signal }: Outages): Promise<void> {
  while (true) {
    await clock.sleep(ALIVE_MS, signal);
    if (signal.aborted) return;
    report(`${node.url} stops answering for ${DEAD_MS / 1000} s`);
    node.pause();
    await clock.sleep(DEAD_MS, signal);
    // Also at the end: a paused node would not end by itself.
    node.resume();
    if (signal.aborted) return;
    report(`${node.url} answers again`);
  }
}
