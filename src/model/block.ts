/** A block, as far as readings need it. */
export interface Block {
  readonly number: bigint;
  /** Set when the EVM reported the number, which on Arbitrum is that of the parent chain. */
  readonly byEvm?: true;
  /** Seconds since the Unix epoch, as the block says. */
  readonly time: number;
  /** In lower case; none where the EVM reported the block, or the node returned no hash. */
  readonly hash?: string;
}

/** No chain's time runs ahead of a clock that is set right by this many seconds. */
const MAX_SECONDS_AHEAD = 120;

/**
 * Whether a block is older than another of the same chain: by time, which a chain that was restarted does not repeat, then
 * by number if both are numbered alike.
 */
export function isOlder(block: Block, other: Block): boolean {
  return block.time < other.time ||
    block.time === other.time && block.byEvm === other.byEvm && block.number < other.number;
}

/** Backends of one endpoint may be a block apart, of a chain with blocks of usual length in seconds. */
const MAX_SECONDS_APART = 45;

/** Whether a block is the one right before another: backends of one endpoint may report them in turn. */
export function isBefore(block: Block, other: Block): boolean {
  const seconds = other.time - block.time;
  return block.byEvm === other.byEvm && other.number - block.number === 1n && seconds <= MAX_SECONDS_APART;
}

/** Whether a block is behind another, however they were read: the EVM may report another time than the header. */
export function isBehind(block: Block, other: Block): boolean {
  const seconds = other.time - block.time;
  return isOlder(block, other) && !isBefore(block, other) &&
    (block.byEvm === other.byEvm || seconds > MAX_SECONDS_APART);
}

/** Whether two blocks are one that was read in two ways: by the EVM, and by its header. */
export function isReadOtherwise(block: Block, other: Block): boolean {
  return block.byEvm !== other.byEvm && block.number === other.number;
}

/**
 * Whether the time of a block is in the future: the node's clock or ours is wrong, so it makes no other block old.
 *
 * @param now seconds since the Unix epoch
 */
export function isAhead({ time }: Block, now: number): boolean {
  return time > now + MAX_SECONDS_AHEAD;
}
