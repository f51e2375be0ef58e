import type { Block } from "./calls.ts";

/** No chain's time runs ahead of the clock by this many seconds; a wrong clock may well be an hour off. */
const MOST_SECONDS_AHEAD = 7200;

/**
 * Compares two blocks of one chain by time, which a chain that began anew does
 * not repeat, and by number where that is the same.
 *
 * @returns whether the first is the older one
 */
export function isOlder(block: Block, other: Block): boolean {
  return block.time < other.time || block.time === other.time && block.number < other.number;
}

/**
 * Tells whether a block claims a time that has yet to come. One that does may be a
 * lie, or our clock is wrong: either way nothing else is called old because of it.
 *
 * @param block which one
 * @param now seconds since the Unix epoch
 */
export function isAhead({ time }: Block, now: number): boolean {
  return time > now + MOST_SECONDS_AHEAD;
}
