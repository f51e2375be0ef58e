import { openNetwork } from "../evm/pool/open_network.ts";
import type { Sweep } from "../evm/pool/sweep.ts";
import type { Book, NetworkState } from "./book.ts";
import { runCycle } from "./run_cycle.ts";
import type { WatchOptions } from "./watch.ts";

/** Nobody waits longer for the networks, in milliseconds, unless their own pace makes it longer. */
const PATIENCE = 60_000;

/**
 * Reads all networks of a book once, none waiting for another.
 *
 * @param book what to read, and where readings go
 * @param options see {@linkcode WatchOptions}
 * @param note told of each network's cycle
 */
export async function watchOnce(
  book: Book,
  options: Omit<WatchOptions, "random">,
  note: (state: NetworkState, sweep: Sweep) => void,
): Promise<void> {
  const { clock, timeout, userAgent, isProxied, meterOf, stop } = options;
  await Promise.all(book.networks.map(async (state) => {
    const { plan } = state;
    const { interval = options.interval } = plan;
    using network = openNetwork(plan, {
      clock,
      interval,
      userAgent,
      isProxied,
      meterOf: (name) => meterOf(plan, name),
    });
    await runCycle(book, state, network, { clock, patience: PATIENCE, timeout }, stop, (sweep) => {
      note(state, sweep);
      return Promise.resolve();
    });
  }));
}
