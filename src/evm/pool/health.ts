import type { RpcError } from "../../jsonrpc/errors.ts";

/** How an endpoint fares: whether to read from it, to ask it something cheap first, or to leave it alone. */
export interface Health {
  /** Why it was of no use the last time; none when it was, or before the first time. */
  failure: RpcError | undefined;
  /** Whether anything was ever asked of it. */
  asked: boolean;
  /** Whether something cheap is asked first. */
  probing: boolean;
  /** Until when it is left alone, in milliseconds on the clock. */
  restUntil: number;
  /** When the cycle began in which balances were last asked of it in vain, in milliseconds on the clock. */
  spoiltIn: number;
  /** In how many cycles in a row, and when the last of them began, in milliseconds on the clock. */
  failures: number;
  failedIn: number;
  /** Whether it was ever of use, and in how many cycles since it was refused that somebody has to act first. */
  worked: boolean;
  refusals: number;
  /** Whether it answered what was cheap and failed all the same: then asking first tells nothing. */
  deceptive: boolean;
}

/** A broken endpoint is asked again in the next cycle, then after twice as long each time, up to this, in milliseconds. */
const LONGEST_PAUSE = 30_000;

/** An endpoint that worked is refused by mistake now and then, while a node or its ingress is replaced. */
const MAX_REFUSALS = 3;

/** One that answers for one balance, and did not for all of them, is taken for well only after so long, in milliseconds. */
const CONVALESCENCE = 300_000;

/** It may be read from at once. */
const UP = { probing: false, restUntil: -Infinity } as const;

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
    worked: false,
    refusals: 0,
    asked: false,
    probing: false,
    restUntil: -Infinity,
    spoiltIn: -Infinity,
    deceptive: false,
  };
}

/**
 * Notes that an endpoint was of use.
 *
 * @param health whose
 */
export function recover(health: Health): void {
  Object.assign(health, {
    failure: undefined,
    failures: 0,
    worked: true,
    refusals: 0,
    asked: true,
    deceptive: false,
    ...UP,
  });
}

/**
 * Notes that an endpoint gave one balance: it is well, unless it failed lately to give all.
 *
 * @param health whose
 * @param cycle when it began
 */
export function convalesce(health: Health, { startedAt }: Cycle): void {
  if (startedAt - health.spoiltIn >= CONVALESCENCE) recover(health);
  else Object.assign(health, { asked: true, ...UP });
}

/**
 * Notes that an endpoint answered something cheap: it may be read from again.
 *
 * @param health whose
 */
export function answer(health: Health): void {
  Object.assign(health, { asked: true, deceptive: true, ...UP });
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
  const { scope, backOffMs: longPause } = failure.traits;
  const isWhole = scope === "endpoint" || scope === "response";
  health.probing = isWhole && (!health.deceptive || longPause !== undefined);
  // A second attempt in one cycle is no second failure.
  if (health.failedIn !== startedAt) {
    health.failures++;
    health.refusals = longPause === undefined ? 0 : health.refusals + 1;
  }
  health.failedIn = startedAt;
  const pause = pauseAfter(health, failure, interval);
  // A cycle may begin a little early.
  health.restUntil = isWhole ? startedAt + pause - interval / 20 : -Infinity;
}

function pauseAfter({ worked, refusals, failures }: Health, { reason, traits }: RpcError, interval: number): number {
  const longPause = traits.backOffMs;
  if (longPause === undefined) return Math.min(interval * 2 ** (failures - 1), Math.max(LONGEST_PAUSE, interval));
  return worked && refusals < MAX_REFUSALS && reason !== "quota" ? interval : longPause;
}

/**
 * Notes that balances were asked for in vain.
 *
 * @param health whose
 * @param failure why; that the endpoint is behind, or elsewhere, is known at once when it no longer is
 * @param cycle when it began and how long after it the next one does, in milliseconds
 */
export function failReading(health: Health, failure: RpcError, cycle: Cycle): void {
  if (!failure.traits.unwanted) health.spoiltIn = cycle.startedAt;
  fail(health, failure, cycle);
}

/**
 * Tells whether an endpoint is to be left alone for now.
 *
 * @param health whose
 * @param now milliseconds on the clock
 */
export function isResting({ restUntil }: Health, now: number): boolean {
  return now < restUntil;
}
