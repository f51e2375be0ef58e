import process from "node:process";
import { getHeapStatistics } from "node:v8";

/** The memory for a text, in bytes of the heap. */
export interface MemoryCost {
  /** For as long as its wallets are watched. */
  readonly kept: number;
  /** In addition, while it is read. */
  readonly passing: number;
}

/** Limits the memory of a configuration: what does not fit is refused before it is parsed, since running out is fatal. */
export interface MemoryBudget {
  /** Whether it replaces a configuration that is in use. */
  readonly isReload: boolean;
  /**
   * Claims memory for a text that is to be read.
   *
   * @returns what does not fit, for people; none if it fits
   */
  claim(cost: MemoryCost): string | undefined;
  /** Maximum bytes of a text: a character may take two. */
  maxText(): number;
  /** Reads texts one at a time, so that the memory for reading does not add up. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** How much memory there is. */
export interface MemoryLimits {
  /** The most that the heap grows to, in bytes. */
  readonly heap: number;
  /** The limit of the container or service in bytes; infinite without one. */
  readonly process: number;
}

const MIB = 2 ** 20;

/** The program itself on the heap. */
const OWN_HEAP = 24 * MIB;

/** The program itself, outside the heap too. */
const OWN_PROCESS = 75 * MIB;

/** Bytes of the process per byte kept on the heap: pages, history, buffers, and garbage. */
const PROCESS_PER_HEAP = 3;

/** What to do about a configuration that does not fit. */
export const MEMORY_ADVICE = "Raise the memory limit (docs/install.md has sizes), or split the wallets with --shard";

/**
 * Makes a budget.
 *
 * @param inUse what the configuration in use keeps, in bytes of the heap; none at a start
 */
export function createMemoryBudget(inUse?: number, limits: MemoryLimits = memoryLimits()): MemoryBudget {
  const most = Math.min(limits.heap - OWN_HEAP, (limits.process - OWN_PROCESS) / PROCESS_PER_HEAP);
  let claimed = inUse ?? 0;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    isReload: inUse !== undefined,
    claim({ kept, passing }): string | undefined {
      const needed = claimed + kept + passing;
      if (needed > most) {
        const used = claimed === 0 ? "" : `, with ${mebibytes(claimed)} MiB in use`;
        const free = mebibytes(Math.max(most, 0));
        return `about ${mebibytes(kept + passing)} MiB are needed${used}, and there are ${free}`;
      }
      claimed += kept;
      return undefined;
    },
    maxText: () => Math.max(0, Math.floor((most - claimed) / 2)),
    inTurn(work) {
      const result = turn.then(work);
      turn = result.catch(() => {});
      return result;
    },
  };
}

function mebibytes(bytes: number): string {
  return Math.ceil(bytes / MIB).toString();
}

/** @returns the limits of this process */
export function memoryLimits(): MemoryLimits {
  return { heap: getHeapStatistics().heap_size_limit, process: processLimit() };
}

/** The limit of the control group; not every runtime needs a permission for it. */
function processLimit(): number {
  try {
    const limit = process.constrainedMemory();
    return limit > 0 && limit < Number.MAX_SAFE_INTEGER ? limit : Infinity;
  } catch {
    return Infinity;
  }
}
