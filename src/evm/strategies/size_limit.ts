import type { Refusal } from "../../jsonrpc/errors.ts";

/** How much one request may ask for: learned from refusals. */
export interface SizeLimit {
  /** The most to ask for at once. */
  size: number;
  /** The most that was ever answered at once. */
  confirmed: number;
  /** When less was last asked for, and for how long that is believed, in milliseconds on the clock. */
  refusedAt: number;
  ttlMs: number;
  /** How often in a row the smallest of batches failed where it is not clear that batches are to blame. */
  unclearFailures: number;
  /** How often in a row far less was refused for its size than was answered before, and how much that was. */
  refusals: number;
  refused: number;
  /** Whether the smallest of batches timed out, the first time or too often: single calls come first then. */
  hung: boolean;
  /** Until when nothing is learned, since not even one at a time was answered. */
  frozenUntil: number;
  /** What is tried first, and never more. */
  readonly most: number;
}

/** A limit is believed for a day, so that what it costs to learn is paid once a day. */
const DAY = 24 * 3_600_000;
/** What a node had no time for it may have time for when it is less busy. */
const TEN_MINUTES = 600_000;
/** So many refusals in a row mean that less is allowed than before. */
const MAX_REFUSALS = 2;

/**
 * Makes a limit that nothing is known of yet.
 *
 * @param most what is tried first, and never more
 */
export function createSizeLimit(most: number): SizeLimit {
  return {
    size: most,
    confirmed: 0,
    refusedAt: -Infinity,
    ttlMs: DAY,
    frozenUntil: -Infinity,
    unclearFailures: 0,
    refusals: 0,
    refused: 0,
    hung: false,
    most,
  };
}

/**
 * Learns from a refusal: half as much from now on, or one at a time. What is left
 * was never answered: it is tried once before all is asked for in such pieces. A
 * refusal of far less than was answered before is none of the size; that there are
 * no batches is believed whatever was answered before.
 *
 * @param limit what is known
 * @param tried how much was refused
 * @param refusal what was said
 * @param now milliseconds on the clock
 * @returns whether anything was learned: requests refused together tell the same thing once
 */
export function shrink(limit: SizeLimit, tried: number, refusal: Refusal, now: number): boolean {
  const size = refusal === "no_batch" ? 1 : Math.max(1, Math.floor(tried / 2));
  const isBelieved = refusal === "no_batch" || 2 * tried >= limit.confirmed;
  if (size >= limit.size || !isBelieved || now < limit.frozenUntil) return false;
  Object.assign(limit, { size, confirmed: 0, refusedAt: now, ttlMs: refusal === "time" ? TEN_MINUTES : DAY });
  return true;
}

/**
 * Notes that so much was answered.
 *
 * @param limit what is known
 * @param tried how much was asked for
 */
export function noteAnswer(limit: SizeLimit, tried: number): void {
  Object.assign(limit, { confirmed: Math.max(limit.confirmed, tried), unclearFailures: 0 });
  if (tried >= limit.refused) limit.refusals = 0;
}

/**
 * Notes a refusal for size that {@linkcode shrink} learned nothing from: after a few in a row what was
 * answered before is forgotten, so that it learns from the next one.
 *
 * @param limit what is known
 * @param tried how much was refused
 */
export function noteRefusal(limit: SizeLimit, tried: number): void {
  limit.refusals++;
  limit.refused = tried;
  if (limit.refusals >= MAX_REFUSALS) Object.assign(limit, { confirmed: 0, refusals: 0 });
}

/**
 * Takes back what was learned when not even one at a time was answered: it was
 * not the size, and is not tried again for ten minutes.
 *
 * @param limit what was learned
 * @param before what was known before
 * @param now milliseconds on the clock
 */
export function rollback(limit: SizeLimit, before: SizeLimit, now: number): void {
  if (limit.size < before.size) Object.assign(limit, before, { frozenUntil: now + TEN_MINUTES });
}

/**
 * Tries twice as much when the last refusal is long ago; to be called once a poll.
 *
 * @param limit what is known
 * @param now milliseconds on the clock
 */
export function grow(limit: SizeLimit, now: number): void {
  if (now - limit.refusedAt >= limit.ttlMs) limit.size = Math.min(limit.most, 2 * limit.size);
}
