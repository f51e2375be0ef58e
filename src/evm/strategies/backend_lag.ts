import type { Block } from "../../model/block.ts";
import type { Head, PartialHead } from "./target.ts";

/** Backends behind a load balancer may be some blocks apart: one reports a block that another does not have yet. */
export interface BackendLag {
  /**
   * When a block just reported was last missing, and when that last happened again within an hour, in milliseconds on
   * the clock.
   */
  failedAt: number;
  repeatedAt: number;
  /** When reading at lower blocks last failed, and until when it is not tried, in milliseconds on the clock. */
  retriedAt: number;
  ignoredUntil: number;
  /** The block of the last balances, and whether it was below the head, so that all backends have it. */
  last: Block | undefined;
  isLower: boolean;
  /** By how many blocks backends are apart, as far as known; at least one. */
  distance: number;
}

/** Backends that are further apart are not read at one block. */
export const MAX_DISTANCE = 3;

/** Whether the time of a block was requested, and the block reported. */
export interface TimeRequest {
  isAsked: boolean;
  block: Block | undefined;
}

/**
 * Where accounts are read: the chain id that each batch must report, if known, and a block; the latest if undefined.
 */
export interface ReadPoint extends PartialHead {
  /** Set if the time of the block is unknown: it is requested together with the accounts. */
  readonly unknownTime?: TimeRequest;
}

const HOUR = 3_600_000;

/** Makes the state of an endpoint that was not used yet. */
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
 * Whether the backends of an endpoint are known to be apart: once may be chance.
 *
 * @param now milliseconds on the clock
 */
export function isLagging({ repeatedAt }: BackendLag, now: number): boolean {
  return now - repeatedAt < HOUR;
}

/**
 * Records that a block just reported was missing.
 *
 * @param now milliseconds on the clock
 * @returns whether a lower block is to be tried
 */
export function noteUnknownBlock(lag: BackendLag, now: number): boolean {
  if (now < lag.ignoredUntil) return false;
  if (now - lag.failedAt < HOUR) lag.repeatedAt = now;
  else lag.distance = 1;
  lag.failedAt = now;
  return true;
}

/**
 * Records that reading at lower blocks failed.
 *
 * @param isLower whether lower blocks exist but were missing as well: then backends are not the cause
 * @param now milliseconds on the clock
 */
export function noteRetry(lag: BackendLag, isLower: boolean, now: number): void {
  lag.retriedAt = now;
  if (isLower) Object.assign(lag, { failedAt: -Infinity, repeatedAt: -Infinity, ignoredUntil: now + HOUR });
}

/** Finds a block that all backends have: below the reported head, or the last one that they had. */
export function pointBelow({ chainId, block }: Head, { last, isLower, distance }: BackendLag): ReadPoint {
  const by = BigInt(distance);
  const below = block.number > by ? block.number - by : 0n;
  const known = last === undefined ? 0n : isLower ? last.number : last.number - by;
  const number = known > below && known <= block.number ? known : below;
  if (number === block.number) return { chainId, block };
  if (number === last?.number) return { chainId, block: last };
  return { chainId, block: { number, time: block.time }, unknownTime: { isAsked: false, block: undefined } };
}
