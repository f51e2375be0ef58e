import type { Clock } from "../util/clock.ts";
import { type Book } from "../poller/book.ts";
import { CYCLE_SHARE } from "../poller/poll_network.ts";

/** Whether the exporter is well: it polls and it listens. Never depends on what a chain does. */
export interface Health {
  /** @returns what is wrong, a line each; nothing when all networks keep ticking and all addresses are listened on */
  problems(): readonly string[];
  /** @returns why scrapes should not come yet or any more; nothing when they should */
  notReady(): string | undefined;
}

/** What health is judged by; times in milliseconds. */
export interface HealthOptions {
  readonly book: Book;
  readonly clock: Clock;
  /** Of networks that have none of their own. */
  readonly interval: () => number;
  /** What is wrong with the listener, a line each. */
  readonly listening: () => readonly string[];
  /** Set when the program is about to end. */
  readonly stop: AbortSignal;
}

/** Nobody waits longer than this for the first cycle, in milliseconds. */
const LONGEST_WAIT = 30_000;

/**
 * Makes the judge of the exporter's health.
 *
 * @param options see {@linkcode HealthOptions}
 */
export function createHealth({ book, clock, interval, listening, stop }: HealthOptions): Health {
  const started = clock.now();
  return {
    problems() {
      const now = clock.now();
      const stalled = book.networks
        .filter(({ lastTick, endsBy, plan }) => {
          const every = plan.interval ?? interval();
          return now > Math.max(lastTick + CYCLE_SHARE * every, endsBy) + 2 * every;
        })
        .map(({ plan, lastTick }) =>
          `network ${plan.id}: no check was begun for ${Math.round((now - lastTick) / 1000)} s`
        );
      return [...listening(), ...stalled];
    },
    notReady() {
      if (stop.aborted) return "stopping";
      const intervals = book.networks.map(({ plan }) => plan.interval ?? interval());
      if (clock.now() - started >= Math.min(LONGEST_WAIT, interval(), ...intervals)) return undefined;
      return book.networks.some(({ lastFinished }) => lastFinished === undefined)
        ? "the first check is under way"
        : undefined;
    },
  };
}
