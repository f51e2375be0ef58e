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
export const LEARNED_STRATEGIES = ["packed", "multicall", "batch", "latest"] as const;

/** One of {@linkcode LEARNED_STRATEGIES}. */
export type LearnedStrategy = (typeof LEARNED_STRATEGIES)[number];

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
export interface StrategySelector {
  strategy: LearnedStrategy;
  /** Whether balances were ever read this way. */
  proven: boolean;
  /** Answers in a row that speak against a proven strategy. */
  failures: number;
  /** When a higher strategy is tried again, and how long after the next fall, in milliseconds. */
  upgradeAt: number;
  wait: number;
  /** The strategy that worked before a higher one was tried again: where that does not, it is gone back to. */
  previous: LearnedStrategy | undefined;
  /** Since when the top strategy is in use. */
  onTopSince: number;
  /**
   * When lower strategies may be tried again after none of them worked, and how long that took the last time, in
   * milliseconds.
   */
  fallBackAt: number;
  pause: number | undefined;
  /** Whether they were tried in vain although the endpoint had said that it cannot be asked this way. */
  backedOffOnRefusal: boolean;
  /** How the last of them failed then: what is said where the one in use is not supported. */
  fallBackFailure: RpcError | undefined;
  /** Where Multicall3 was found to be, and the hash that its code must have. */
  multicall: string | undefined;
  multicallHash: string;
  /** How each strategy last compared with plain balances. */
  readonly comparisons: Map<LearnedStrategy, Comparison>;
  /** What it does with the block that plain balances are asked for at. */
  readonly blockChecks: BlockChecks;
  readonly sizes: Readonly<Record<LearnedStrategy, SizeLimit>>;
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

/** No lower strategy was tried in vain. */
const UNTRIED = {
  fallBackAt: -Infinity,
  pause: undefined,
  backedOffOnRefusal: false,
  fallBackFailure: undefined,
} as const;
/** Makes the selector of an endpoint that nothing is known of: it begins at the top. */
export function createStrategySelector(): StrategySelector {
  const batch = createSizeLimit(MAX_BATCH);
  return {
    strategy: "packed",
    proven: false,
    failures: 0,
    upgradeAt: Infinity,
    wait: HOUR,
    previous: undefined,
    onTopSince: Infinity,
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
 * Tries more again, once a poll, where what was learned is old.
 *
 * @param selector whose
 * @param now milliseconds on the clock
 */
export function refreshStrategy(selector: StrategySelector, now: number): void {
  for (const limit of new Set(Object.values(selector.sizes))) grow(limit, now);
  grow(selector.views, now);
  if (now < selector.upgradeAt) return;
  const above = LEARNED_STRATEGIES.slice(0, LEARNED_STRATEGIES.indexOf(selector.strategy));
  const strategy = above.find((strategy) => isUsable(selector, strategy, now));
  if (strategy === undefined) {
    selector.upgradeAt = Math.min(
      ...above.map((strategy) => disabledUntil(selector.comparisons, strategy)).filter((until) => until > now),
    );
    return;
  }
  Object.assign(selector, { previous: selector.strategy, strategy, proven: false, failures: 0, upgradeAt: Infinity });
  selector.oversized.clear();
  // What was refused may be allowed by now.
  if (selector.chainMethod === "waived") selector.chainMethod = "failed";
  if (selector.latest.head === "refused") selector.latest.head = "unasked";
}

/**
 * Moves on from a strategy that is not used for now, since it gave other balances than plain ones.
 *
 * @param selector whose
 * @param now milliseconds on the clock
 */
export function skipDisabled(selector: StrategySelector, now: number): void {
  if (disabledUntil(selector.comparisons, selector.strategy) <= now) return;
  const strategy =
    LEARNED_STRATEGIES.slice(LEARNED_STRATEGIES.indexOf(selector.strategy)).find((strategy) =>
      isUsable(selector, strategy, now)
    ) ?? "batch";
  Object.assign(selector, { strategy, proven: false, failures: 0 });
}

/**
 * Whether a strategy can be used right away.
 *
 * @param selector whose
 * @param strategy which; Multicall3 has to be found first
 * @param now milliseconds on the clock
 */
export function isUsable(selector: StrategySelector, strategy: LearnedStrategy, now: number): boolean {
  return disabledUntil(selector.comparisons, strategy) <= now &&
    (strategy !== "multicall" || selector.multicall !== undefined);
}

/**
 * Notes that balances were read.
 *
 * @param selector whose
 * @param strategy how they were read
 * @param name the endpoint's, for the log
 * @param clock the present
 */
export function confirmStrategy(
  selector: StrategySelector,
  strategy: LearnedStrategy,
  name: string,
  clock: Clock,
): void {
  const isNews = !selector.proven || strategy !== selector.strategy;
  const before = selector.previous ?? selector.strategy;
  Object.assign(selector, { strategy, proven: true, failures: 0, previous: undefined, ...UNTRIED });
  if (strategy === "packed") {
    selector.onTopSince = Math.min(selector.onTopSince, clock.now());
  } else if (isNews) upgradeLater(selector, clock.now());
  if (!isNews) return;
  const facts = { endpoint: name, strategy: strategyOf(selector) };
  if (strategy === before) log.debug("Read strategy confirmed", facts);
  else log.info("Read strategy changed", facts);
}

/**
 * Goes back to the strategy that worked before a higher one was tried again.
 *
 * @param selector whose
 * @param now milliseconds on the clock
 */
export function revertStrategy(selector: StrategySelector, now: number): void {
  Object.assign(selector, {
    strategy: selector.previous ?? selector.strategy,
    proven: true,
    failures: 0,
    previous: undefined,
  });
  upgradeLater(selector, now);
}

function upgradeLater(selector: StrategySelector, now: number): void {
  // What held for a day falls like one that never fell.
  const wait = now - selector.onTopSince >= DAY ? HOUR : selector.wait;
  Object.assign(selector, { upgradeAt: now + wait, wait: Math.min(2 * wait, DAY), onTopSince: Infinity });
}

/** How balances are read at present. */
export function strategyOf({ strategy, sizes }: StrategySelector): Strategy {
  return strategy === "batch" && sizes.batch.size < 2 ? "single" : strategy;
}
