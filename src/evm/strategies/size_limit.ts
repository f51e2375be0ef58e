import type { Refusal } from "../../jsonrpc/errors.ts";

/** The maximum size of a request, learned from refusals. */
export interface SizeLimit {
  /** Maximum items per request. */
  size: number;
  /** The largest size that was answered. */
  confirmed: number;
  /** When the size was last reduced (milliseconds on the clock), and for how long that holds (milliseconds). */
  refusedAt: number;
  ttlMs: number;
  /** Ambiguous failures in a row of the smallest batch. */
  unclearFailures: number;
  /** Refusals in a row of far less than was answered before, and the last such size. */
  refusals: number;
  refused: number;
  /** Whether the smallest batch timed out: single calls are sent first then. */
  hung: boolean;
  /** Until when nothing is learned, since even single items failed, in milliseconds on the clock. */
  frozenUntil: number;
  /** The initial size, never exceeded. */
  readonly max: number;
}

/** Limits hold for a day, so that the cost of learning them is paid once a day. */
const DAY = 24 * 3_600_000;
/** Limits learned from a timeout expire sooner: the node may be less busy. */
const TEN_MINUTES = 600_000;
/** This many refusals in a row mean that the node's limit is lower than before. */
const MAX_REFUSALS = 2;

/**
 * Makes a limit that was not used yet.
 *
 * @param max the initial size, at least 1, never exceeded
 */
export function createSizeLimit(max: number): SizeLimit {
  return {
    size: max,
    confirmed: 0,
    refusedAt: -Infinity,
    ttlMs: DAY,
    frozenUntil: -Infinity,
    unclearFailures: 0,
    refusals: 0,
    refused: 0,
    hung: false,
    max,
  };
}

/**
 * Learns from a refusal: halves the size, or sets it to 1. The new size was never answered, so it is tried with one
 * request first. A refusal of far less than was answered before is not for the size; one of batches always counts.
 *
 * @param now milliseconds on the clock
 * @returns whether anything was learned: only the first of requests that were refused together counts
 */
export function shrink(limit: SizeLimit, tried: number, refusal: Refusal, now: number): boolean {
  const size = refusal === "no_batch" ? 1 : Math.max(1, Math.floor(tried / 2));
  const isBelieved = refusal === "no_batch" || 2 * tried >= limit.confirmed;
  if (size >= limit.size || !isBelieved || now < limit.frozenUntil) return false;
  Object.assign(limit, { size, confirmed: 0, refusedAt: now, ttlMs: refusal === "time" ? TEN_MINUTES : DAY });
  return true;
}

/** Records that a size was answered. */
export function noteAnswer(limit: SizeLimit, tried: number): void {
  Object.assign(limit, { confirmed: Math.max(limit.confirmed, tried), unclearFailures: 0 });
  if (tried >= limit.refused) limit.refusals = 0;
}

/**
 * Records a refusal that {@linkcode shrink} learned nothing from: after a few in a row the confirmed size is forgotten,
 * so that it learns from the next one.
 */
export function noteRefusal(limit: SizeLimit, tried: number): void {
  limit.refusals++;
  limit.refused = tried;
  if (limit.refusals >= MAX_REFUSALS) Object.assign(limit, { confirmed: 0, refusals: 0 });
}

/**
 * Restores the limit after even single items failed: the size was not the cause. Nothing is learned for ten minutes.
 *
 * @param now milliseconds on the clock
 */
export function rollback(limit: SizeLimit, before: SizeLimit, now: number): void {
  if (limit.size < before.size) Object.assign(limit, before, { frozenUntil: now + TEN_MINUTES });
}

/**
 * Doubles the size after the learned limit expired; called once per poll.
 *
 * @param now milliseconds on the clock
 */
export function grow(limit: SizeLimit, now: number): void {
  if (now - limit.refusedAt >= limit.ttlMs) limit.size = Math.min(limit.max, 2 * limit.size);
}
