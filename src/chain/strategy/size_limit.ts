import type { Refusal } from "../../rpc/rpc_error.ts";

/** How much one request may ask for: learned from refusals. */
export interface SizeLimit {
  /** The most to ask for at once. */
  size: number;
  /** The most that was ever answered at once. */
  proven: number;
  /** When less was last asked for, in milliseconds on the clock. */
  refusedAt: number;
  /** What is tried first, and never more. */
  readonly most: number;
}

/** A refusal is believed for a day, so that what it costs to learn is paid once a day. */
const BELIEVED_MS = 24 * 3_600_000;

/**
 * Makes a limit that nothing is known of yet.
 *
 * @param most what is tried first, and never more
 */
export function createSizeLimit(most: number): SizeLimit {
  return { size: most, proven: 0, refusedAt: -Infinity, most };
}

/**
 * Learns from a refusal: half as much from now on, or one at a time.
 *
 * @param limit what is known
 * @param tried how much was refused
 * @param refusal what was said
 * @param now milliseconds on the clock
 * @returns whether anything was learned: requests refused together tell the same thing once
 */
export function shrink(limit: SizeLimit, tried: number, refusal: Refusal, now: number): boolean {
  const size = refusal === "no_batch" ? 1 : Math.max(1, Math.floor(tried / 2));
  if (size >= limit.size) return false;
  limit.size = size;
  limit.proven = Math.min(limit.proven, size);
  limit.refusedAt = now;
  return true;
}

/**
 * Tries twice as much when the last refusal is long ago; to be called once a cycle.
 *
 * @param limit what is known
 * @param now milliseconds on the clock
 */
export function grow(limit: SizeLimit, now: number): void {
  if (now - limit.refusedAt >= BELIEVED_MS) limit.size = Math.min(limit.most, 2 * limit.size);
}
