import type { RpcError } from "../../jsonrpc/errors.ts";
import { isUsable, LEARNED_STRATEGIES, type StrategySelector } from "./strategy_selector.ts";

const HOUR = 3_600_000;
/** After lower strategies were tried in vain, the first time and from then on, in milliseconds. */
const FIRST_PAUSE = 2 * HOUR;
const NEXT_PAUSE = 4 * HOUR;

/** Failures in a row that speak against a strategy that worked: those that may be refusals, and transient ones. */
const MOST_AGAINST = 3;
const MOST_PASSING = 10;

/**
 * Whether lower strategies are to be tried after a failure, and notes the doubt.
 *
 * @param selector whose
 * @param failure how the strategy in use failed
 * @param now milliseconds on the clock
 */
export function shouldFallBack(
  selector: StrategySelector,
  { traits: { strategy: fault }, refusal }: RpcError,
  now: number,
): boolean {
  if (fault === undefined) return false;
  const isAgainst = fault !== "transient";
  const isSaid = refusal === "unsupported";
  // What it says for the first time is news, which need not wait.
  if (now < selector.fallBackAt && (!isSaid || selector.backedOffOnRefusal)) return false;
  // A strategy that is tried again after a lower one worked gets no second chance.
  if (isSaid || selector.previous !== undefined) return true;
  selector.failures++;
  if (!selector.proven) return isAgainst || selector.failures >= MOST_AGAINST;
  return selector.failures >= (isAgainst ? MOST_AGAINST : MOST_PASSING);
}

/** Whether a failure may have nothing to do with the way of asking. */
export function isUnclear({ traits: { strategy: fault }, refusal }: RpcError): boolean {
  return fault !== undefined && fault !== "refused" && refusal !== "unsupported";
}

/**
 * Notes that no lower strategy worked either: the endpoint is at fault, not the way of asking.
 *
 * @param selector whose
 * @param failure how the strategy in use failed
 * @param now milliseconds on the clock
 */
export function backOff(selector: StrategySelector, { refusal }: RpcError, now: number): void {
  selector.backedOffOnRefusal = refusal === "unsupported";
  selector.pause = selector.pause === undefined ? FIRST_PAUSE : NEXT_PAUSE;
  selector.fallBackAt = now + selector.pause;
}

/**
 * Takes the next strategy for the next poll, where none is known to work and all
 * were tried in vain: each in turn, at the cost of one, until the endpoint is well.
 *
 * @param selector whose
 * @param canReadLatest whether `latest` is among them
 * @param now milliseconds on the clock
 */
export function rotateStrategies(selector: StrategySelector, canReadLatest: boolean, now: number): void {
  if (selector.proven || selector.pause === undefined) return;
  const strategies = LEARNED_STRATEGIES.filter((strategy) =>
    isUsable(selector, strategy, now) && (strategy !== "latest" || canReadLatest)
  );
  selector.strategy = strategies[(strategies.indexOf(selector.strategy) + 1) % strategies.length] ?? "batch";
}
