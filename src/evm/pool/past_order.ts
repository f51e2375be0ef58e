import type { Block } from "../../model/block.ts";
import type { PastRequest } from "../../model/source.ts";
import type { BlockTimes } from "../strategies/block_times.ts";
import type { PastBlock } from "../strategies/read_past.ts";

/** In seconds: readings that are nearer to each other are one. */
const MIN_STEP = 300;

/** Blocks that were read; each is passed on once all newer ones are. */
export interface PastOrder {
  add(block: PastBlock): void;
  /** The numbers that the ages need besides, the newest first. */
  missing(): readonly bigint[];
  /** @param isLast whether nothing more is read: then gaps stay */
  pass(isLast: boolean): void;
}

/** What {@linkcode createPastOrder} takes. */
export interface PastOrderOptions extends Pick<PastRequest, "ages" | "onPast"> {
  readonly head: Block;
  /** Knows the blocks that are added. */
  readonly times: Pick<BlockTimes, "numberAt">;
  /** In seconds since the Unix epoch. */
  readonly now: number;
}

/** Finds which blocks to read, and passes them on in order. */
export function createPastOrder({ head, times, now, ages, onPast }: PastOrderOptions): PastOrder {
  const blocks = new Map<bigint, PastBlock>();
  /** Those that were read once; the head was read by the poll. */
  const known = new Set([head.number]);
  let passed = now - head.time;

  function blockFor(age: number): PastBlock | undefined {
    const isNear = ({ time }: PastBlock): boolean => Math.abs(now - time - age) <= MIN_STEP;
    return blocks.values().find(isNear) ?? blocks.get(times.numberAt(now - age));
  }

  function pass(block: PastBlock): void {
    blocks.delete(block.number);
    const age = now - block.time;
    if (age <= passed + MIN_STEP) return;
    passed = age;
    onPast({ age, amounts: block.amounts });
  }

  const open = (): readonly number[] => ages.filter((age) => age > passed + MIN_STEP);
  return {
    add(block): void {
      blocks.set(block.number, block);
      known.add(block.number);
    },
    missing(): readonly bigint[] {
      const numbers = open().flatMap((age) => blockFor(age) === undefined ? [times.numberAt(now - age)] : []);
      return [...new Set(numbers)].filter((number) => !known.has(number));
    },
    pass(isLast): void {
      for (const age of open()) {
        const block = blockFor(age);
        if (block !== undefined) pass(block);
        else if (!isLast && !known.has(times.numberAt(now - age))) return;
      }
      if (isLast) {
        for (const block of [...blocks.values()].toSorted((one, other) => other.time - one.time)) pass(block);
      }
    },
  };
}
