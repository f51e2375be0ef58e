import type { Block } from "../../model/block.ts";
import type { Head, PartialHead } from "./target.ts";

/** Behind a balancer backends may be some blocks apart: one reports a block that another does not have yet. */
export interface BackendLag {
  /**
   * When the block just reported was last not there, and when it was not for the second time, or a later one, within an
   * hour.
   */
  failedAt: number;
  repeatedAt: number;
  /** When balances were last asked for again in vain, and until when they are not, in milliseconds on the clock. */
  retriedAt: number;
  ignoredUntil: number;
  /** The block that balances were last read at, and whether that was below the head: then all backends have it. */
  last: Block | undefined;
  isLower: boolean;
  /** By how many blocks backends were found to be apart: at least one. */
  distance: number;
}

/** Backends that are further apart are not read at one block. */
export const MAX_DISTANCE = 3;

/** Whether the time of a block was asked for, and what was reported. */
export interface TimeRequest {
  isAsked: boolean;
  block: Block | undefined;
}

/**
 * Where accounts are read: a chain that each batch must report, if it reports any, and a block; without one, the
 * latest.
 */
export interface ReadPoint extends PartialHead {
  /** Set where the time of the block is not known: it is asked for beside the accounts. */
  readonly unknownTime?: TimeRequest;
}

const HOUR = 3_600_000;

/** Of an endpoint that nothing is known of. */
export function createBackendLag(): BackendLag {
  return {
    failedAt: -Infinity,
    repeatedAt: -Infinity,
    retriedAt: -Infinity,
    ignoredUntil: -Infinity,
    last: undefined,
    isLower: false,
    distance: 1,
  };
}

/**
 * Whether the backends of an endpoint are a block apart, as far as is known: once may be by chance.
 *
 * @param lag what was learned
 * @param now milliseconds on the clock
 */
export function isLagging({ repeatedAt }: BackendLag, now: number): boolean {
  return now - repeatedAt < HOUR;
}

/**
 * Notes that the block just reported was not there.
 *
 * @param lag what was learned
 * @param now milliseconds on the clock
 * @returns whether a block before may be there
 */
export function noteUnknownBlock(lag: BackendLag, now: number): boolean {
  if (now < lag.ignoredUntil) return false;
  if (now - lag.failedAt < HOUR) lag.repeatedAt = now;
  else lag.distance = 1;
  lag.failedAt = now;
  return true;
}

/**
 * Notes that balances were asked for again in vain.
 *
 * @param lag what was learned
 * @param isLower whether the blocks before were not there either: then it is not the backends
 * @param now milliseconds on the clock
 */
export function noteRetry(lag: BackendLag, isLower: boolean, now: number): void {
  lag.retriedAt = now;
  if (isLower) Object.assign(lag, { failedAt: -Infinity, repeatedAt: -Infinity, ignoredUntil: now + HOUR });
}

/**
 * Finds the block that all backends have: below the head of one of them, or the one that they had before.
 *
 * @param head as one of them reports it
 * @param lag what was learned
 */
export function pointBelow({ chainId, block }: Head, { last, isLower, distance }: BackendLag): ReadPoint {
  const by = BigInt(distance);
  const below = block.number > by ? block.number - by : 0n;
  const known = last === undefined ? 0n : isLower ? last.number : last.number - by;
  const number = known > below && known <= block.number ? known : below;
  if (number === block.number) return { chainId, block };
  if (number === last?.number) return { chainId, block: last };
  return { chainId, block: { number, time: block.time }, unknownTime: { isAsked: false, block: undefined } };
}
