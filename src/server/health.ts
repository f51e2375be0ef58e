import type { Clock } from "../util/clock.ts";
import type { StateStore } from "../poller/state.ts";
import { POLL_SHARE } from "../poller/poll_network.ts";

/** Whether the exporter polls and listens; independent of the state of nodes and chains. */
export interface Health {
  /** Returns stalled networks and addresses that are not listened on; empty when healthy. */
  problems(): readonly string[];
  /** Returns why there should be no scrapes yet, or no more; undefined when ready. */
  notReady(): string | undefined;
}

/** Options of {@linkcode createHealth}; times in milliseconds. */
export interface HealthOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  /** Of networks without an interval of their own. */
  readonly interval: () => number;
  /** Returns the problems of the listeners. */
  readonly listening: () => readonly string[];
  /** Aborted when the program is about to end. */
  readonly stop: AbortSignal;
}

/** Ready after this time even if the first poll takes longer, in milliseconds. */
const MAX_STARTUP = 30_000;

export function createHealth({ store, clock, interval, listening, stop }: HealthOptions): Health {
  const started = clock.now();
  return {
    problems() {
      const now = clock.now();
      const stalled = store.networks
        .filter(({ lastTick, endsBy, plan }) => {
          const every = plan.interval ?? interval();
          return now > Math.max(lastTick + POLL_SHARE * every, endsBy) + 2 * every;
        })
        .map(({ plan, lastTick }) =>
          `network ${plan.id}: no poll was started for ${Math.round((now - lastTick) / 1000)} s`
        );
      return [...listening(), ...stalled];
    },
    notReady() {
      if (stop.aborted) return "stopping";
      const intervals = store.networks.map(({ plan }) => plan.interval ?? interval());
      if (clock.now() - started >= Math.min(MAX_STARTUP, interval(), ...intervals)) return undefined;
      return store.networks.some(({ lastFinished }) => lastFinished === undefined)
        ? "the first poll has not finished"
        : undefined;
    },
  };
}
