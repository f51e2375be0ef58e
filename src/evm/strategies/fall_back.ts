import type { RpcError } from "../../jsonrpc/errors.ts";
import { isUsable, LEARNED_STRATEGIES, type StrategySelector } from "./strategy_selector.ts";

const HOUR = 3_600_000;
/** Back-off after no lower strategy worked, the first time and later, in milliseconds. */
const FIRST_BACK_OFF_MS = 2 * HOUR;
const NEXT_BACK_OFF_MS = 4 * HOUR;

/** Failures in a row before a strategy that worked is left: those that may be refusals, and transient ones. */
const MAX_FAILURES = 3;
const MAX_TRANSIENT = 10;

/**
 * Counts a failure of the strategy in use, and decides whether to try lower ones.
 *
 * @param now milliseconds on the clock
 */
export function shouldFallBack(
  selector: StrategySelector,
  { traits: { strategy: fault }, refusal }: RpcError,
  now: number,
): boolean {
  if (fault === undefined) return false;
  const mayBeRefusal = fault !== "transient";
  const isExplicit = refusal === "unsupported";
  // The first explicit "unsupported" ignores the back-off.
  if (now < selector.fallBackAt && (!isExplicit || selector.backedOffOnRefusal)) return false;
  // A re-tried higher strategy is reverted on its first failure.
  if (isExplicit || selector.previous !== undefined) return true;
  selector.failures++;
  if (!selector.proven) return mayBeRefusal || selector.failures >= MAX_FAILURES;
  return selector.failures >= (mayBeRefusal ? MAX_FAILURES : MAX_TRANSIENT);
}

/** Whether a failure may not depend on the strategy; confirmed with `eth_chainId` before falling back. */
export function isUnclear({ traits: { strategy: fault }, refusal }: RpcError): boolean {
  return fault !== undefined && fault !== "refused" && refusal !== "unsupported";
}

/**
 * Records that no lower strategy worked either: the endpoint failed, not the strategy.
 *
 * @param now milliseconds on the clock
 */
export function backOff(selector: StrategySelector, { refusal }: RpcError, now: number): void {
  selector.backedOffOnRefusal = refusal === "unsupported";
  selector.backOffMs = selector.backOffMs === undefined ? FIRST_BACK_OFF_MS : NEXT_BACK_OFF_MS;
  selector.fallBackAt = now + selector.backOffMs;
}

/**
 * Selects the next strategy for the next poll if none ever worked: one per poll, at the cost of one, until the endpoint
 * recovers.
 *
 * @param now milliseconds on the clock
 */
export function rotateStrategies(selector: StrategySelector, canReadLatest: boolean, now: number): void {
  if (selector.proven || selector.backOffMs === undefined) return;
  const strategies = LEARNED_STRATEGIES.filter((strategy) =>
    isUsable(selector, strategy, now) && (strategy !== "latest" || canReadLatest)
  );
  selector.strategy = strategies[(strategies.indexOf(selector.strategy) + 1) % strategies.length] ?? "batch";
}
