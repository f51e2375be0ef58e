import type { Clock } from "../util/clock.ts";
import type { Deadline } from "../http/deadline.ts";
import { RpcError } from "./errors.ts";

/** Limits the rate of calls to one endpoint, and pauses after a rate limit. */
export interface Pacer {
  /**
   * Waits until calls may be sent.
   *
   * @param calls how many are sent together
   * @throws {RpcError} reason `throttled`, if that would be after the deadline
   */
  acquire(calls: number, deadline: Deadline): Promise<void>;
  /** @param pause the `Retry-After` in milliseconds; without one 1 s, doubled each time up to 60 s */
  onThrottled(pause: number | undefined): void;
  onAnswered(): void;
  /** When calls may be sent again, in milliseconds on the clock. */
  readonly pausedUntil: number;
  /** Maximum calls per second; may be infinite. */
  readonly perSecond: number;
}

/** What {@linkcode createPacer} takes. */
export interface PacerOptions {
  readonly clock: Clock;
  /** The configured maximum of calls per second. @default {Infinity} */
  readonly perSecond?: number | undefined;
  /** Returns a number from 0 to 1. @default {Math.random} */
  readonly random?: () => number;
}

/** The first pause, doubled each time up to the last, in milliseconds. */
const MIN_PAUSE = 1000;
const MAX_PAUSE = 60_000;
/** At this many calls per second or fewer a rate limit is not about ours: keep the rate. */
const MIN_RATE_TO_BLAME = 10;
/** A learned rate is not lower, in calls per second. */
const MIN_RATE = 5;
/** How much a learned rate grows after a minute without rate limits. */
const GROWTH = 1.5;
const QUIET_MS = 60_000;
/** A learned rate above this is given up. */
const MAX_RATE = 2000;

/**
 * Makes a pacer. It never exceeds the configured rate, learns a lower one from rate limits, and raises that again while
 * there are none.
 */
export function createPacer({ clock, perSecond: configured = Infinity, random = Math.random }: PacerOptions): Pacer {
  let perSecond = configured;
  let free = -Infinity;
  let pausedUntil = -Infinity;
  let refusals = 0;
  let changedAt = -Infinity;
  let second = { from: -Infinity, calls: 0 };

  /** Reserves the next free slot, so that later calls get a later one. */
  function reserve(calls: number): number {
    const at = Math.max(clock.now(), free, pausedUntil);
    free = at + 1000 * calls / perSecond;
    second = at - second.from < 1000 ? { ...second, calls: second.calls + calls } : { from: at, calls };
    return at;
  }

  return {
    async acquire(calls, deadline): Promise<void> {
      const before = { free, second };
      const wait = reserve(calls) - clock.now();
      if (wait <= 0) return;
      if (wait >= deadline.remaining()) {
        ({ free, second } = before);
        throw new RpcError("throttled", `rate limited for another ${Math.ceil(wait)} ms, longer than the time left`);
      }
      await clock.sleep(wait, deadline.signal);
      // Another request may have been rate limited meanwhile.
      if (clock.now() < pausedUntil) await clock.sleep(pausedUntil - clock.now(), deadline.signal);
    },
    onThrottled(pause): void {
      const now = clock.now();
      // Requests in flight together are refused together: that counts once, with the longest pause.
      if (now < pausedUntil) {
        if (pause !== undefined) pausedUntil = Math.max(pausedUntil, now + pause);
        return;
      }
      const wait = pause ?? Math.min(MAX_PAUSE, MIN_PAUSE * 2 ** refusals) * (0.5 + random() / 2);
      refusals++;
      pausedUntil = now + wait;
      changedAt = pausedUntil;
      if (second.calls > MIN_RATE_TO_BLAME) perSecond = Math.min(perSecond, Math.max(MIN_RATE, second.calls / 2));
    },
    onAnswered(): void {
      const now = clock.now();
      if (now < pausedUntil) return;
      refusals = 0;
      if (perSecond >= configured || now - changedAt < QUIET_MS) return;
      changedAt = now;
      perSecond = Math.min(configured, perSecond * GROWTH);
      if (perSecond > MAX_RATE) perSecond = configured;
    },
    get pausedUntil(): number {
      return pausedUntil;
    },
    get perSecond(): number {
      return perSecond;
    },
  };
}
