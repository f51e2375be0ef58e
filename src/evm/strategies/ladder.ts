import type { Strategy } from "../../model/source.ts";
import type { Clock } from "../../util/clock.ts";
import { log } from "../../util/log.ts";
import type { RpcError } from "../../jsonrpc/errors.ts";
import { type BackendLag, createBackendLag } from "./backend_lag.ts";
import { type BlockChecks, createBlockChecks } from "./block_checks.ts";
import { MAX_MULTICALL, MULTICALL3_CODE_HASH } from "./multicall_call.ts";
import { MAX_OVERRIDE_BALANCES } from "./override_balances.ts";
import { MAX_OVERRIDE_VIEWS } from "./override_views.ts";
import { type Comparison, disabledUntil } from "./trust.ts";
import { createSizeLimit, grow, type SizeLimit } from "./size_limit.ts";

/**
 * The ways to read balances, from the cheapest to the dearest; `single` is `batch` where none are taken, and
 * `latest` asks without a block number.
 */
export const RUNGS = ["packed", "multicall", "batch", "latest"] as const;

/** One of {@linkcode RUNGS}. */
export type Rung = (typeof RUNGS)[number];

/**
 * What is known of `eth_chainId`: not asked yet, answered at least once, failed
 * so far, or waived, since it fails where a balance is answered.
 */
export type ChainMethod = "unasked" | "answered" | "failed" | "waived";

/** What was learned of an endpoint that is asked without a block number. */
export interface LatestState {
  /** Whether it reports its latest block. */
  head: "unasked" | "reported" | "refused";
  /** Until when balances are not read again because the head moved meanwhile, in milliseconds on the clock. */
  retryAfter: number;
}

/** How balances are read from one endpoint: learned, and seldom tried anew. */
export interface Ladder {
  rung: Rung;
  /** Whether balances were ever read this way. */
  proven: boolean;
  /** Answers in a row that speak against a proven rung. */
  doubts: number;
  /** When a higher rung is tried again, and how long after the next fall, in milliseconds. */
  climbAt: number;
  wait: number;
  /** The rung that worked before a higher one was tried again: where that does not, it is gone back to. */
  left: Rung | undefined;
  /** Since when the top rung is in use. */
  heldSince: number;
  /** When lower rungs may be tried again after none of them worked, and how long that took the last time, in milliseconds. */
  descendAt: number;
  pause: number | undefined;
  /** Whether they were tried in vain although the endpoint had said that it cannot be asked this way. */
  refusedInVain: boolean;
  /** How the last of them failed then: what is said where the one in use is not supported. */
  vainFailure: RpcError | undefined;
  /** Where Multicall3 was found to be, and the hash that its code must have. */
  multicall: string | undefined;
  multicallHash: string;
  /** How each strategy last compared with plain balances. */
  readonly comparisons: Map<Rung, Comparison>;
  /** What it does with the block that plain balances are asked for at. */
  readonly blockChecks: BlockChecks;
  readonly sizes: Readonly<Record<Rung, SizeLimit>>;
  /** Of views by state override. */
  readonly views: SizeLimit;
  /** Until when views are read in batches although native balances are not, in milliseconds. */
  viewsPausedUntil: number;
  /** Whether views were ever read by the strategy since then, and how often in a row they were not. */
  viewsWorked: boolean;
  viewFailures: number;
  /** Keys of accounts whose answer is too large for a batch: they are asked alone. */
  readonly oversized: Set<string>;
  /** What is known of `eth_chainId`, and whether any answer ever reported a chain id, be it the EVM's. */
  chainMethod: ChainMethod;
  chainReported: boolean;
  readonly latest: LatestState;
  /** Whether its backends are a block apart. */
  readonly lag: BackendLag;
}

/** Items of a batch that are tried first, and never more: below the limits of nearly all nodes and providers. */
export const MAX_BATCH = 100;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No lower rung was tried in vain. */
const UNTRIED = { descendAt: -Infinity, pause: undefined, refusedInVain: false, vainFailure: undefined } as const;
/** Makes the ladder of an endpoint that nothing is known of: it begins at the top. */
export function createLadder(): Ladder {
  const batch = createSizeLimit(MAX_BATCH);
  return {
    rung: "packed",
    proven: false,
    doubts: 0,
    climbAt: Infinity,
    wait: HOUR,
    left: undefined,
    heldSince: Infinity,
    ...UNTRIED,
    multicall: undefined,
    multicallHash: MULTICALL3_CODE_HASH,
    comparisons: new Map(),
    blockChecks: createBlockChecks(),
    sizes: {
      packed: createSizeLimit(MAX_OVERRIDE_BALANCES),
      multicall: createSizeLimit(MAX_MULTICALL),
      batch,
      latest: batch,
    },
    views: createSizeLimit(MAX_OVERRIDE_VIEWS),
    viewsPausedUntil: -Infinity,
    viewsWorked: false,
    viewFailures: 0,
    oversized: new Set(),
    chainMethod: "unasked",
    chainReported: false,
    latest: { head: "unasked", retryAfter: -Infinity },
    lag: createBackendLag(),
  };
}

/**
 * Tries more again, once a cycle, where what was learned is old.
 *
 * @param ladder whose
 * @param now milliseconds on the clock
 */
export function reconsider(ladder: Ladder, now: number): void {
  for (const limit of new Set(Object.values(ladder.sizes))) grow(limit, now);
  grow(ladder.views, now);
  if (now < ladder.climbAt) return;
  const above = RUNGS.slice(0, RUNGS.indexOf(ladder.rung));
  const rung = above.find((rung) => isUsable(ladder, rung, now));
  if (rung === undefined) {
    ladder.climbAt = Math.min(
      ...above.map((rung) => disabledUntil(ladder.comparisons, rung)).filter((until) => until > now),
    );
    return;
  }
  Object.assign(ladder, { left: ladder.rung, rung, proven: false, doubts: 0, climbAt: Infinity });
  ladder.oversized.clear();
  // What was refused may be allowed by now.
  if (ladder.chainMethod === "waived") ladder.chainMethod = "failed";
  if (ladder.latest.head === "refused") ladder.latest.head = "unasked";
}

/**
 * Moves on from a strategy that is not used for now, since it gave other balances than plain ones.
 *
 * @param ladder whose
 * @param now milliseconds on the clock
 */
export function skipDisabled(ladder: Ladder, now: number): void {
  if (disabledUntil(ladder.comparisons, ladder.rung) <= now) return;
  const rung = RUNGS.slice(RUNGS.indexOf(ladder.rung)).find((rung) => isUsable(ladder, rung, now)) ?? "batch";
  Object.assign(ladder, { rung, proven: false, doubts: 0 });
}

/**
 * Tells whether a strategy can be used right away.
 *
 * @param ladder whose
 * @param rung which; Multicall3 has to be found first
 * @param now milliseconds on the clock
 */
export function isUsable(ladder: Ladder, rung: Rung, now: number): boolean {
  return disabledUntil(ladder.comparisons, rung) <= now && (rung !== "multicall" || ladder.multicall !== undefined);
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
  const isNews = !ladder.proven || rung !== ladder.rung;
  const before = ladder.left ?? ladder.rung;
  Object.assign(ladder, { rung, proven: true, doubts: 0, left: undefined, ...UNTRIED });
  if (rung === "packed") {
    ladder.heldSince = Math.min(ladder.heldSince, clock.now());
  } else if (isNews) climbLater(ladder, clock.now());
  if (!isNews) return;
  const facts = { endpoint: name, strategy: strategyOf(ladder) };
  if (rung === before) log.debug("Endpoint is read this way", facts);
  else log.info("Endpoint is read another way", facts);
}

/**
 * Goes back to the rung that worked before a higher one was tried again.
 *
 * @param ladder whose
 * @param now milliseconds on the clock
 */
export function goBack(ladder: Ladder, now: number): void {
  Object.assign(ladder, { rung: ladder.left ?? ladder.rung, proven: true, doubts: 0, left: undefined });
  climbLater(ladder, now);
}

function climbLater(ladder: Ladder, now: number): void {
  // What held for a day falls like one that never fell.
  const wait = now - ladder.heldSince >= DAY ? HOUR : ladder.wait;
  Object.assign(ladder, { climbAt: now + wait, wait: Math.min(2 * wait, DAY), heldSince: Infinity });
}

/** How balances are read at present. */
export function strategyOf({ rung, sizes }: Ladder): Strategy {
  return rung === "batch" && sizes.batch.size < 2 ? "single" : rung;
}
