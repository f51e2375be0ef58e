import type { Block } from "./calls.ts";
import type { Head, PartialHead } from "./target.ts";

/** Behind a balancer backends may be a block apart: one reports a block that another does not have yet. */
export interface BackendLag {
  /** How often in a row, each within an hour, the block just reported was not there, and when it last was not. */
  failures: number;
  failedAt: number;
  /** Until when it is not tried again, since the block before was not there either; in milliseconds on the clock. */
  ignoredUntil: number;
  /** The block that balances were last read at. */
  last: Block | undefined;
}

/** A block to read at whose time is not known yet: it is asked for beside the balances. */
export interface ReadPoint extends PartialHead {
  readonly unknownTime?: TimeRequest;
}

/** Whether a block was asked for, and what was reported. */
export interface TimeRequest {
  isAsked: boolean;
  block: Block | undefined;
}

const HOUR = 3_600_000;
/** So many failures are no chance: from then on balances are read one block lower. */
const MIN_FAILURES = 2;

/** Of an endpoint that nothing is known of. */
export function createBackendLag(): BackendLag {
  return { failures: 0, failedAt: -Infinity, ignoredUntil: -Infinity, last: undefined };
}

/**
 * Tells whether the backends of an endpoint are a block apart, as far as is known.
 *
 * @param lag what was learned
 * @param now milliseconds on the clock
 */
export function isLagging({ failures, failedAt }: BackendLag, now: number): boolean {
  return failures >= MIN_FAILURES && now - failedAt < HOUR;
}

/**
 * Notes that the block just reported was not there.
 *
 * @param lag what was learned
 * @param now milliseconds on the clock
 * @returns whether the block before may be there
 */
export function noteUnknownBlock(lag: BackendLag, now: number): boolean {
  if (now < lag.ignoredUntil) return false;
  lag.failures = now - lag.failedAt < HOUR ? lag.failures + 1 : 1;
  lag.failedAt = now;
  return true;
}

/**
 * Notes that the block before was not there either: it is not the backends.
 *
 * @param lag what was learned
 * @param now milliseconds on the clock
 */
export function ignoreUnknownBlocks(lag: BackendLag, now: number): void {
  Object.assign(lag, { failures: 0, failedAt: -Infinity, ignoredUntil: now + HOUR });
}

/** Whether that was found out since a moment on the clock. */
export function wasIgnoredSince({ ignoredUntil }: BackendLag, since: number): boolean {
  return ignoredUntil - HOUR >= since;
}

/**
 * Finds the block that all backends have: one below the head, but none below what was read before.
 *
 * @param head as one of them reports it
 * @param lag what was learned
 */
export function pointBelow({ chainId, block }: Head, { last }: BackendLag): ReadPoint {
  const number = block.number > 0n ? block.number - 1n : 0n;
  if (last !== undefined && last.number >= number && last.number <= block.number) return { chainId, block: last };
  return { chainId, block: { number, time: block.time }, unknownTime: { isAsked: false, block: undefined } };
}
