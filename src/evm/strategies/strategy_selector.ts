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
 * The read strategies, from the cheapest to the most expensive. `single` is `batch` with a size limit of 1; `latest`
 * reads without a block number.
 */
export const LEARNED_STRATEGIES = ["packed", "multicall", "batch", "latest"] as const;

/** One of {@linkcode LEARNED_STRATEGIES}. */
export type LearnedStrategy = (typeof LEARNED_STRATEGIES)[number];

/**
 * What is known of `eth_chainId`: not requested yet, answered at least once, failed so far, or waived, since it fails
 * although balances work.
 */
export type ChainMethod = "unasked" | "answered" | "failed" | "waived";

/** What was learned of an endpoint that is read without a block number. */
export interface LatestState {
  /** Whether it reports its latest block. */
  head: "unasked" | "reported" | "refused";
  /** Until when balances are not repeated if the head moved meanwhile, in milliseconds on the clock. */
  retryAfter: number;
}

/** Selects how balances are read from one endpoint, with what was learned of it. */
export interface StrategySelector {
  strategy: LearnedStrategy;
  /** Whether balances were ever read by this strategy. */
  proven: boolean;
  /** Failures in a row that count against the strategy. */
  failures: number;
  /** When a higher strategy is tried again, in milliseconds on the clock. */
  upgradeAt: number;
  /** Time to the upgrade attempt after the next fallback, in milliseconds. */
  wait: number;
  /** During an upgrade attempt, the strategy to revert to. */
  previous: LearnedStrategy | undefined;
  /** Since when the top strategy is in use, in milliseconds on the clock. */
  onTopSince: number;
  /** When lower strategies may be tried again after none of them worked, in milliseconds on the clock. */
  fallBackAt: number;
  /** The last back-off, in milliseconds; undefined if there was none. */
  backOffMs: number | undefined;
  /** Whether the back-off followed an explicit "unsupported": then further ones do not end it. */
  backedOffOnRefusal: boolean;
  /** How the last of them failed: reported if the strategy in use is unsupported. */
  fallBackFailure: RpcError | undefined;
  /** The address of Multicall3 once it was found, and the hash that its code must have. */
  multicall: string | undefined;
  multicallHash: string;
  /** How each strategy last compared with plain balances. */
  readonly comparisons: Map<LearnedStrategy, Comparison>;
  /** Whether the endpoint respects the block of plain requests. */
  readonly blockChecks: BlockChecks;
  readonly sizes: Readonly<Record<LearnedStrategy, SizeLimit>>;
  /** The limit of views by state override. */
  readonly views: SizeLimit;
  /** Until when views are read by batch, whatever the strategy, in milliseconds on the clock. */
  viewsPausedUntil: number;
  /** Failures in a row after which views are paused: one until the strategy reads views, more then. */
  viewAttempts: number;
  /** Keys of accounts whose response is too large for a batch, and until when they are read alone. */
  readonly oversized: Map<string, number>;
  chainMethod: ChainMethod;
  /** Whether any response, also one of the EVM, ever reported a chain id. */
  chainReported: boolean;
  readonly latest: LatestState;
  /** How far the backends of the endpoint are apart. */
  readonly lag: BackendLag;
}

/** Maximum items per batch: below the limits of nearly all nodes and providers. */
export const MAX_BATCH = 100;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No back-off. */
const UNTRIED = {
  fallBackAt: -Infinity,
  backOffMs: undefined,
  backedOffOnRefusal: false,
  fallBackFailure: undefined,
} as const;

/** Makes the selector of an endpoint that was not used yet: it begins with the top strategy. */
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
    viewAttempts: 1,
    oversized: new Map(),
    chainMethod: "unasked",
    chainReported: false,
    latest: { head: "unasked", retryAfter: -Infinity },
    lag: createBackendLag(),
  };
}

/**
 * Renews expired limits, and tries a higher strategy when it is due; called once per poll.
 *
 * @param now milliseconds on the clock
 */
export function refreshStrategy(selector: StrategySelector, now: number): void {
  for (const limit of new Set(Object.values(selector.sizes))) grow(limit, now);
  grow(selector.views, now);
  for (const [key, until] of selector.oversized) if (now >= until) selector.oversized.delete(key);
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
  // Refused methods may be allowed by now.
  if (selector.chainMethod === "waived") selector.chainMethod = "failed";
  if (selector.latest.head === "refused") selector.latest.head = "unasked";
}

/**
 * Leaves a strategy that is disabled for now, since it returned other balances than plain ones.
 *
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
 * @param strategy which; Multicall3 has to be found first
 * @param now milliseconds on the clock
 */
export function isUsable(selector: StrategySelector, strategy: LearnedStrategy, now: number): boolean {
  return disabledUntil(selector.comparisons, strategy) <= now &&
    (strategy !== "multicall" || selector.multicall !== undefined);
}

/** Records that balances were read. */
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
 * Returns to the previous strategy after an upgrade attempt failed.
 *
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
  // After a day on the top strategy the back-off restarts at one hour.
  const wait = now - selector.onTopSince >= DAY ? HOUR : selector.wait;
  Object.assign(selector, { upgradeAt: now + wait, wait: Math.min(2 * wait, DAY), onTopSince: Infinity });
}

/** The current value of the `strategy` label. */
export function strategyOf({ strategy, sizes }: StrategySelector): Strategy {
  return strategy === "batch" && sizes.batch.size < 2 ? "single" : strategy;
}
