import type { Clock } from "../../clock.ts";
import { log } from "../../log.ts";
import { MOST_MULTICALL, MULTICALL3_CODE_HASH } from "./multicall_call.ts";
import { MOST_PACKED } from "./packed_call.ts";
import { createSizeLimit, grow, type SizeLimit } from "./size_limit.ts";

/** The ways to read balances, from the cheapest to the dearest; `single` is `batch` where none are taken. */
export const RUNGS = ["packed", "multicall", "batch"] as const;

/** One of {@linkcode RUNGS}. */
export type Rung = (typeof RUNGS)[number];

/** The values of the `strategy` label. */
export const STRATEGIES = [...RUNGS, "single"] as const;

/** One of {@linkcode STRATEGIES}. */
export type Strategy = (typeof STRATEGIES)[number];

/** How balances are read from one endpoint: learned, and seldom tried anew. */
export interface Ladder {
  rung: Rung;
  /** Whether balances were ever read this way. */
  proven: boolean;
  /** Answers in a row that speak against a proven rung. */
  doubts: number;
  /** When a higher rung is tried again, and how long that took the last time, in milliseconds. */
  climbAt: number;
  wait: number;
  /** When lower rungs may be tried again after none of them worked, and how long that took the last time, in milliseconds. */
  descendAt: number;
  pause: number | undefined;
  /** Whether they were tried in vain although the endpoint had said that it cannot be asked this way. */
  refusedInVain: boolean;
  /** Where Multicall3 was found to be, and the hash that its code must have. */
  multicall: string | undefined;
  multicallHash: string;
  readonly sizes: Readonly<Record<Rung, SizeLimit>>;
}

/** Items of a batch that are tried first, and never more: below the limits of nearly all nodes and providers. */
export const MOST_BATCH = 100;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Makes the ladder of an endpoint that nothing is known of: it begins at the top. */
export function createLadder(): Ladder {
  return {
    rung: "packed",
    proven: false,
    doubts: 0,
    climbAt: Infinity,
    wait: HOUR,
    descendAt: -Infinity,
    pause: undefined,
    refusedInVain: false,
    multicall: undefined,
    multicallHash: MULTICALL3_CODE_HASH,
    sizes: {
      packed: createSizeLimit(MOST_PACKED),
      multicall: createSizeLimit(MOST_MULTICALL),
      batch: createSizeLimit(MOST_BATCH),
    },
  };
}

/**
 * Tries more again, once a cycle, where what was learned is old.
 *
 * @param ladder whose
 * @param now milliseconds on the clock
 */
export function reconsider(ladder: Ladder, now: number): void {
  for (const rung of RUNGS) grow(ladder.sizes[rung], now);
  if (now < ladder.climbAt) return;
  Object.assign(ladder, { rung: "packed", proven: false, doubts: 0, climbAt: Infinity, descendAt: -Infinity });
}

/**
 * Notes that balances were read.
 *
 * @param ladder whose
 * @param rung how they were read
 * @param name the endpoint's, for the log
 * @param clock the present
 */
export function settle(ladder: Ladder, rung: Rung, name: string, clock: Clock): void {
  const { proven } = ladder;
  Object.assign(ladder, { proven: true, doubts: 0, descendAt: -Infinity, pause: undefined, refusedInVain: false });
  if (rung === ladder.rung) {
    if (!proven) log.debug("Endpoint is read this way", { endpoint: name, strategy: strategyOf(ladder) });
    return;
  }
  ladder.rung = rung;
  ladder.climbAt = clock.now() + ladder.wait;
  ladder.wait = Math.min(2 * ladder.wait, DAY);
  log.info("Endpoint is read another way", { endpoint: name, strategy: strategyOf(ladder) });
}

/** How balances are read at present. */
export function strategyOf({ rung, sizes }: Ladder): Strategy {
  return rung === "batch" && sizes.batch.size < 2 ? "single" : rung;
}
