import type { Block } from "./calls.ts";

/** No chain's time runs ahead of a clock that is set right by this many seconds. */
const MOST_SECONDS_AHEAD = 120;

/**
 * Compares two blocks of one chain by time, which a chain that began anew does
 * not repeat, and by number where that is the same and told in the same way.
 *
 * @returns whether the first is the older one
 */
export function isOlder(block: Block, other: Block): boolean {
  if (block.time !== other.time) return block.time < other.time;
  return block.byEvm === other.byEvm && block.number < other.number;
}

/**
 * Tells whether a block is the one right before another.
 */
export function isBefore(block: Block, other: Block): boolean {
  return block.byEvm === other.byEvm && other.number - block.number === 1n;
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
