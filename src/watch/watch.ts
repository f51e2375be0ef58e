import { openNetwork } from "../chain/open_network.ts";
import type { Clock } from "../clock.ts";
import type { Meter } from "../rpc/endpoint.ts";
import type { NetworkPlan } from "../plan.ts";
import { type Book, markChanged } from "./book.ts";
import { createChangeLog } from "./change_log.ts";
import { nextTick } from "./next_tick.ts";
import { pollNetwork } from "./poll_network.ts";

/** How to watch; times in milliseconds. */
export interface WatchOptions {
  readonly clock: Clock;
  /** From one cycle to the next, of networks that have no interval of their own. */
  readonly interval: number;
  /** For one request. */
  readonly timeout: number;
  readonly userAgent: string;
  /** Where the requests of a network's endpoint are counted. */
  readonly meterOf: (network: NetworkPlan, endpoint: string) => Meter;
  /** Tells whether requests to a URL go through a proxy. @default never */
  readonly isProxied?: ((href: string) => boolean) | undefined;
  /** Ends the watching. */
  readonly stop: AbortSignal;
  /** A number from 0 to 1, to spread the networks. @default {Math.random} */
  readonly random?: () => number;
}

/** Networks start together and then drift apart by no more than this, in milliseconds. */
const WIDEST_PHASE = 5000;

/**
 * Watches all networks of a book, none waiting for another, until stopped.
 *
 * @param book what to watch, and where readings go
 * @param options see {@linkcode WatchOptions}
 */
export async function watch(book: Book, options: WatchOptions): Promise<void> {
  const { clock, timeout, userAgent, meterOf, isProxied, stop, random = Math.random } = options;
  if (book.networks.length === 0) return await idle(book, options);
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
    const phase = random() * Math.min(interval / 10, WIDEST_PHASE);
    const changes = createChangeLog(plan.id);
    await pollNetwork(book, state, network, { clock, interval, timeout, phase }, changes, stop);
  }));
}

/** With nothing to watch the clock still ticks, so that an alert on a stalled exporter stays quiet. */
async function idle(book: Book, { clock, interval, stop }: WatchOptions): Promise<void> {
  for (let tick = clock.now();; tick = nextTick(tick, interval, clock.now()).at) {
    await clock.sleep(tick - clock.now(), stop);
    if (stop.aborted) return;
    book.idleAt = clock.epoch();
    markChanged(book);
  }
}
