import type { Block } from "../../model/block.ts";

type NumberedBlock = Pick<Block, "number" | "time">;

/** Finds blocks by their time. */
export interface BlockTimes {
  /** Corrects what is found by a block that was read. */
  note(block: NumberedBlock): void;
  has(number: bigint): boolean;
  /**
   * Estimates the last block at a time: between blocks that are known, or beyond the oldest at the pace of those that
   * are known.
   *
   * @param time before the head, in seconds since the Unix epoch
   */
  numberAt(time: number): bigint;
  /** Whether a block may have a time: no later block is older, no earlier one is newer, and each has one time. */
  isInOrder(block: NumberedBlock): boolean;
}

/** The pace of an unknown chain, until two of its blocks are known. */
export const USUAL_BLOCK_SECONDS = 12;

/** No chain makes more blocks in a second. */
const MAX_PER_SECOND = 1000n;

/** How much faster than others blocks may come for their numbers to say much about their times. */
const MAX_PACE_RATIO = 4;

/** Whether blocks come at another pace between two known ones than around them. */
function isUneven(known: readonly NumberedBlock[], older: NumberedBlock, newer: NumberedBlock): boolean {
  const place = known.indexOf(newer);
  const around = [known[place - 1], newer, older, known[place + 2]].filter((block) => block !== undefined);
  const paces = around.slice(1).map((block, index) => {
    const next = around[index] ?? newer;
    return (next.time - block.time) / Number(next.number - block.number);
  });
  return Math.max(...paces) > MAX_PACE_RATIO * Math.min(...paces);
}

/**
 * Starts with one block.
 *
 * @param blockSeconds the pace of the chain
 */
export function createBlockTimes(head: NumberedBlock, blockSeconds: number): BlockTimes {
  /** The newest first. */
  let known: readonly NumberedBlock[] = [head];

  function secondsPerBlock(oldest: NumberedBlock): number {
    const seconds = head.time - oldest.time;
    return seconds > 0 ? seconds / Number(head.number - oldest.number) : blockSeconds;
  }

  return {
    note(block): void {
      if (this.has(block.number)) return;
      known = [...known, block].toSorted((one, other) => Number(other.number - one.number));
    },
    has: (number) => known.some((block) => block.number === number),
    numberAt(time): bigint {
      const older = known.find((block) => block.time <= time);
      const newer = known.findLast((block) => block.time > time);
      if (newer === undefined) return head.number;
      if (older === undefined) {
        const blocks = Math.ceil((newer.time - time) / secondsPerBlock(newer));
        return BigInt(Math.max(0, Number(newer.number) - blocks));
      }
      if (isUneven(known, older, newer)) return (older.number + newer.number) / 2n;
      const share = (time - older.time) / (newer.time - older.time);
      return older.number + BigInt(Math.floor(share * Number(newer.number - older.number)));
    },
    isInOrder: (block) =>
      known.every((other) => {
        const [first, second] = block.number < other.number ? [block, other] : [other, block];
        const blocks = second.number - first.number;
        return first.time < second.time ? blocks > 0n : first.time === second.time && blocks <= MAX_PER_SECOND;
      }),
  };
}
