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
  /** Its last observed head. */
  observed: ObservedHead | undefined;
  /** How that head compared with the others and the clock. */
  headStatus: HeadStatus;
  /** The chain id that it last reported while the endpoints had not agreed on one. */
  reportedChainId: number | undefined;
  /** When it was last probed as a standby, in milliseconds on the clock. */
  probedAt: number;
  /** Whether a warning was logged that it does not report its chain id. */
  isChainUnknown: boolean;
  /** Whether its genesis block was compared. */
  genesisChecked: boolean;
  /** Whether it was logged that its chain has no native coin. */
  isKnownCoinless: boolean;
}

/** A head, and when it was reported. */
export interface ObservedHead {
  readonly head: Head;
  /** In milliseconds on the clock. */
  readonly at: number;
  /** When the block was first observed, in milliseconds on the clock. */
  readonly since: number;
}

/** How a head compares with the clock and with those of other endpoints. */
export type HeadStatus = "fresh" | "lagging" | "halted";

/** Records the head that an endpoint reports. */
export function recordHead(poolEndpoint: PoolEndpoint, head: Head, clock: Clock): void {
  const { observed } = poolEndpoint;
  poolEndpoint.selector.chainReported = true;
  if (!head.block.byEvm) poolEndpoint.selector.chainMethod = "answered";
  const now = clock.now();
  const moved = observed === undefined || head.block.time > observed.head.block.time ||
    isAhead(observed.head.block, clock.epoch());
  poolEndpoint.observed = { head, at: now, since: moved ? now : observed.since };
}
