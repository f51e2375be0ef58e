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
  /** Whether a block may have a time: no later block is older, and no earlier one is newer. */
  isInOrder(block: NumberedBlock): boolean;
}

/** The pace of an unknown chain, until two of its blocks are known. */
export const USUAL_BLOCK_SECONDS = 12;

/** No chain makes more blocks in a second. */
const MAX_PER_SECOND = 1000n;

/**
 * Starts with one block.
 *
 * @param blockSeconds the pace of the chain
 */
export function createBlockTimes(head: NumberedBlock, blockSeconds: number): BlockTimes {
  /** The newest first. */
  let known: readonly NumberedBlock[] = [head];

  function secondsPerBlock(oldest: NumberedBlock): number {
    const blocks = Number(head.number - oldest.number);
    const seconds = head.time - oldest.time;
    return blocks > 0 && seconds > 0 ? seconds / blocks : blockSeconds;
  }

  return {
    note(block): void {
      if (this.has(block.number)) return;
      known = [...known, block].toSorted((one, other) => Number(other.number - one.number));
    },
    has: (number) => known.some((block) => block.number === number),
    numberAt(time): bigint {
      const place = known.findIndex((block) => block.time <= time);
      const older = known[place];
      const newer = known.at(place === -1 ? -1 : Math.max(0, place - 1)) ?? head;
      if (older === undefined) {
        const blocks = Math.ceil((newer.time - time) / secondsPerBlock(newer));
        const number = newer.number - BigInt(Math.max(1, blocks));
        return number < 0n ? 0n : number;
      }
      const share = newer.time === older.time ? 0 : (time - older.time) / (newer.time - older.time);
      return older.number + BigInt(Math.floor(share * Number(newer.number - older.number)));
    },
    isInOrder: (block) =>
      known.every((other) => {
        const [first, second] = block.number < other.number ? [block, other] : [other, block];
        const isSameSecond = second.number - first.number <= MAX_PER_SECOND;
        return first.number === second.number || first.time < second.time ||
          first.time === second.time && isSameSecond;
      }),
  };
}
