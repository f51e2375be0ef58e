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
  seen: ObservedHead | undefined;
  /** What that was thought of. */
  standing: HeadStatus;
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
 * @param member which
 * @param head what it told
 * @param clock the present
 */
export function recordHead(member: PoolEndpoint, head: Head, clock: Clock): void {
  const { seen } = member;
  member.selector.chainReported = true;
  if (!head.block.byEvm) member.selector.chainMethod = "answered";
  const now = clock.now();
  const moved = seen === undefined || head.block.time > seen.head.block.time || isAhead(seen.head.block, clock.epoch());
  member.seen = { head, at: now, since: moved ? now : seen.since };
}
