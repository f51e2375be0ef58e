import type { Clock } from "../util/clock.ts";
import type { Deadline } from "../http/deadline.ts";
import { RpcError } from "./errors.ts";

/** Spreads the calls to one endpoint over time, and keeps still when told to. */
export interface Pacer {
  /**
   * Waits until calls may be sent.
   *
   * @param calls how many go out together
   * @param deadline ends the wait
   * @throws {RpcError} reason `throttled` when their turn would come after the deadline: nothing is sent
   */
  turn(calls: number, deadline: Deadline): Promise<void>;
  /**
   * Told that calls were refused as too many in a time.
   *
   * @param pause what the endpoint asked for, in milliseconds; without it 1 s, twice as long each time up to 60 s
   */
  refused(pause: number | undefined): void;
  /** Told that calls were answered. */
  answered(): void;
  /** When calls may be sent again, in milliseconds on the clock. */
  readonly quietUntil: number;
  /** Calls a second that are sent at most; infinity for any number. */
  readonly perSecond: number;
}

/** What {@linkcode createPacer} takes. */
export interface PacerOptions {
  readonly clock: Clock;
  /** Calls a second, as configured. @default {Infinity} */
  readonly perSecond?: number | undefined;
  /** A number from 0 to 1. @default {Math.random} */
  readonly random?: () => number;
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** So few calls in a second are not what an endpoint minds: it is busy with others. */
const INNOCENT = 10;
/** A learned rate is at least this, grows by this after a quiet minute, and past the last number there is none. */
const SLOWEST = 5;
const GROWTH = 1.5;
const QUIET_MS = 60_000;
const FASTEST = 2000;

/**
 * Makes a pacer. A configured rate is never passed; a lower one is learned from
 * refusals and given up again while there are none.
 *
 * @param options see {@linkcode PacerOptions}
 */
export function createPacer({ clock, perSecond: configured = Infinity, random = Math.random }: PacerOptions): Pacer {
  let perSecond = configured;
  let free = -Infinity;
  let quietUntil = -Infinity;
  let refusals = 0;
  let changedAt = -Infinity;
  let second = { from: -Infinity, calls: 0 };

  function count(calls: number, at: number): void {
    if (at - second.from >= 1000) second = { from: at, calls: 0 };
    second.calls += calls;
  }

  /** Takes the next free moment, so that those who come later get a later one. */
  function reserve(calls: number): number {
    const at = Math.max(clock.now(), free, quietUntil);
    free = at + 1000 * calls / perSecond;
    count(calls, at);
    return at;
  }

  return {
    async turn(calls, deadline): Promise<void> {
      const before = { free, second };
      const wait = reserve(calls) - clock.now();
      if (wait <= 0) return;
      if (wait >= deadline.remaining()) {
        ({ free, second } = before);
        throw new RpcError(
          "throttled",
          `the endpoint's pace leaves no time for this, in ${Math.ceil(wait)} ms it would`,
        );
      }
      await clock.sleep(wait, deadline.signal);
      // Meanwhile others may have been refused.
      if (clock.now() < quietUntil) await clock.sleep(quietUntil - clock.now(), deadline.signal);
    },
    refused(pause): void {
      const now = clock.now();
      // Requests that were under way together are refused together: that is one refusal, and the longest pause counts.
      if (now < quietUntil) {
        if (pause !== undefined) quietUntil = Math.max(quietUntil, now + pause);
        return;
      }
      const wait = pause ?? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** refusals) * (0.5 + random() / 2);
      refusals++;
      quietUntil = now + wait;
      changedAt = quietUntil;
      if (second.calls > INNOCENT) perSecond = Math.min(perSecond, Math.max(SLOWEST, second.calls / 2));
    },
    answered(): void {
      const now = clock.now();
      if (now < quietUntil) return;
      refusals = 0;
      if (perSecond >= configured || now - changedAt < QUIET_MS) return;
      changedAt = now;
      perSecond = Math.min(configured, perSecond * GROWTH);
      if (perSecond > FASTEST) perSecond = configured;
    },
    get quietUntil(): number {
      return quietUntil;
    },
    get perSecond(): number {
      return perSecond;
    },
  };
}
