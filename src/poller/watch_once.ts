import type { PollResult } from "../model/source.ts";
import { openSource } from "../sources.ts";
import { pollOnce } from "./poll_network.ts";
import type { NetworkState, StateStore } from "./state.ts";
import type { WatchOptions } from "./watch.ts";

/** Nobody waits longer for the networks, in milliseconds, unless their own pace makes it longer. */
const MAX_POLL_MS = 60_000;

/**
 * Polls all networks of a store once, none waiting for another.
 *
 * @param note called after each network's poll
 */
export async function watchOnce(
  store: StateStore,
  options: Omit<WatchOptions, "random">,
  note: (state: NetworkState, result: PollResult) => void,
): Promise<void> {
  const { clock, timeout, userAgent, isProxied, meterOf, stop } = options;
  await Promise.all(store.networks.map(async (state) => {
    const { plan } = state;
    const { interval = options.interval } = plan;
    const meterOfEndpoint = (name: string): ReturnType<typeof meterOf> => meterOf(plan, name);
    using source = openSource(plan, { clock, interval, userAgent, isProxied, meterOf: meterOfEndpoint });
    await pollOnce({ store, state, source, stop }, { clock, maxMs: MAX_POLL_MS, timeout }, (result) => {
      note(state, result);
      return Promise.resolve();
    });
  }));
}
