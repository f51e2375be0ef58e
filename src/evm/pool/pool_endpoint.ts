import type { Clock } from "../../util/clock.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { isAhead } from "../../model/block.ts";
import type { CircuitBreaker } from "./circuit_breaker.ts";
import type { StrategySelector } from "../strategies/strategy_selector.ts";
import type { Head } from "../strategies/target.ts";

/** An endpoint of a network's pool, with what was learned of it. */
export interface PoolEndpoint {
  readonly endpoint: Endpoint;
  readonly selector: StrategySelector;
  readonly breaker: CircuitBreaker;
  /** Where it last stood. */
  observed: ObservedHead | undefined;
  /** What that was thought of. */
  headStatus: HeadStatus;
  /** The chain that it reported last, while it was not known which one counts. */
  reportedChainId: number | undefined;
  /** When its head was last asked for only to compare it, in milliseconds on the clock. */
  probedAt: number;
  /** Whether it was logged that it does not report its chain. */
  isChainUnknown: boolean;
  /** Whether its chain was compared by its first block. */
  genesisChecked: boolean;
  /** Whether the log says that its chain has no coin. */
  isKnownCoinless: boolean;
}

/** A head, and when it was told. */
export interface ObservedHead {
  readonly head: Head;
  /** In milliseconds on the clock. */
  readonly at: number;
  /** Since when the block is this one. */
  readonly since: number;
}

/** How a head compares with the clock and with the others'. */
export type HeadStatus = "fresh" | "lagging" | "halted";

/**
 * Notes where an endpoint stands.
 *
 * @param poolEndpoint which
 * @param head what it told
 * @param clock the present
 */
export function recordHead(poolEndpoint: PoolEndpoint, head: Head, clock: Clock): void {
  const { observed } = poolEndpoint;
  poolEndpoint.selector.chainReported = true;
  if (!head.block.byEvm) poolEndpoint.selector.chainMethod = "answered";
  const now = clock.now();
  const moved = observed === undefined || head.block.time > observed.head.block.time ||
    isAhead(observed.head.block, clock.epoch());
  poolEndpoint.observed = { head, at: now, since: moved ? now : observed.since };
}
