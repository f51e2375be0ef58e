import { startPoller } from "../../src/poller/poller.ts";
import { createStateStore, type NetworkState } from "../../src/poller/state.ts";
import { systemClock } from "../../src/util/clock.ts";
import { catchLog, type LogLines } from "../fakes/log_lines.ts";
import { networkAt, planOfV2 } from "../fakes/watched.ts";

/** What a poller read within its first poll. */
export interface FirstPoll {
  readonly state: NetworkState;
  readonly lines: LogLines["lines"];
  /** HTTP requests until all live balances were known, and in all. */
  readonly requestsToLive: number;
  readonly requests: number;
  /** When all live balances were known, and when the poll was over, in milliseconds after the start. */
  readonly live: number;
  readonly over: number;
}

/**
 * Starts a poller, and stops it after its first poll.
 *
 * @param keys of the network, as YAML
 */
export async function pollFirst(url: string, wallets: readonly string[], keys: string): Promise<FirstPoll> {
  using log = catchLog();
  const plan = await planOfV2(`version: 2
networks:
  - name: main
    endpoints: ["${url}"]
    ${keys}
    wallets: ${JSON.stringify(wallets.map((address, index) => ({ address, label: `w${index}` })))}
`);
  const store = createStateStore(plan, systemClock);
  const state = networkAt(store, 0);
  const stop = new AbortController();
  const over = Promise.withResolvers<void>();
  const started = performance.now();
  let requests = 0;
  let live: { readonly at: number; readonly requests: number } | undefined;
  store.onChange = (): void => {
    const isLive = [...state.accounts.values()].every(({ reading }) => reading !== undefined);
    if (isLive) live ??= { at: performance.now() - started, requests };
  };
  const clock = {
    ...systemClock,
    // The first sleep of a minute: the poll is over.
    sleep(ms: number, signal?: AbortSignal): Promise<void> {
      if (ms > INTERVAL / 2 && signal !== undefined && live !== undefined) over.resolve();
      return systemClock.sleep(ms, signal);
    },
  };
  const { ended } = startPoller(store, {
    clock,
    interval: INTERVAL,
    timeout: 10_000,
    meterOf: () => ({ recordRequest: () => void requests++, recordError: () => {} }),
    stop: stop.signal,
    random: () => 0,
  });
  await over.promise;
  const took = performance.now() - started;
  stop.abort();
  await ended;
  return {
    state,
    lines: log.lines,
    requestsToLive: live?.requests ?? NaN,
    requests,
    live: live?.at ?? NaN,
    over: took,
  };
}

const INTERVAL = 60_000;
