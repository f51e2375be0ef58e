import { type Reason, RpcError } from "../rpc/rpc_error.ts";

/** How an endpoint fares: whether to read from it, to ask it something cheap first, or to leave it alone. */
export interface Health {
  /** Why it was of no use the last time; none when it was, or before the first time. */
  failure: RpcError | undefined;
  /** Whether anything was ever asked of it. */
  asked: boolean;
  /** Whether something cheap is asked first, and from when on, in milliseconds on the clock. */
  probing: boolean;
  probeAt: number;
  /** In how many cycles in a row, and when the last of them began, in milliseconds on the clock. */
  failures: number;
  failedIn: number;
  /** Whether it answered what was cheap and failed all the same: then asking first tells nothing. */
  deceptive: boolean;
}

/** Faults of the endpoint as a whole: what is cheap fails as well, so the dear is not tried. */
const WHOLE: ReadonlySet<Reason> = new Set([
  "connect",
  "dns",
  "denied",
  "timeout",
  "tls",
  "reset",
  "protocol",
  "proxy",
  "redirect",
  "http_client",
  "http_server",
  "auth",
  "quota",
  "not_json",
  "envelope",
  "wrong_chain",
]);

/** A broken endpoint is asked again in the next cycle, then after twice as long each time, up to this, in milliseconds. */
const LONGEST_PAUSE = 30_000;
/** Where somebody has to act first it is left alone for long at once. */
const LONG_PAUSES: Partial<Record<Reason, number>> = { auth: 300_000, http_client: 300_000, quota: 900_000 };

/** The cycle that something happened in. */
export interface Cycle {
  /** In milliseconds on the clock. */
  readonly startedAt: number;
  /** In milliseconds. */
  readonly interval: number;
}

/** Makes the health of an endpoint that nothing was asked of yet. */
export function createHealth(): Health {
  return {
    failure: undefined,
    failures: 0,
    failedIn: NaN,
    asked: false,
    probing: false,
    probeAt: -Infinity,
    deceptive: false,
  };
}

/**
 * Notes that an endpoint was of use.
 *
 * @param health whose
 */
export function recover(health: Health): void {
  Object.assign(health, { failure: undefined, failures: 0, asked: true, probing: false, deceptive: false });
}

/**
 * Notes that an endpoint answered something cheap: it may be read from again.
 *
 * @param health whose
 */
export function answer(health: Health): void {
  Object.assign(health, { asked: true, probing: false, deceptive: true });
}

/**
 * Notes that an endpoint was of no use.
 *
 * @param health whose
 * @param failure why
 * @param cycle when it began and how long after it the next one does, in milliseconds
 */
export function fail(health: Health, failure: RpcError, { startedAt, interval }: Cycle): void {
  health.failure = failure;
  health.asked = true;
  const longPause = LONG_PAUSES[failure.reason];
  health.probing = WHOLE.has(failure.reason) && (!health.deceptive || longPause !== undefined);
  // A second attempt in one cycle is no second failure.
  if (health.failedIn !== startedAt) health.failures++;
  health.failedIn = startedAt;
  const pause = longPause ?? Math.min(interval * 2 ** (health.failures - 1), Math.max(LONGEST_PAUSE, interval));
  // A cycle may begin a little early.
  health.probeAt = startedAt + pause - interval / 20;
}

/**
 * Tells whether an endpoint is to be left alone for now.
 *
 * @param health whose
 * @param now milliseconds on the clock
 */
export function isResting({ probing, probeAt }: Health, now: number): boolean {
  return probing && now < probeAt;
}
