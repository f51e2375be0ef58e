import type { Clock } from "../../util/clock.ts";
import { type Block, isAhead } from "../../model/block.ts";
import { chainFacts } from "../chains/chain_facts.ts";
import type { HeadStatus, ObservedHead, PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";

/** How often a standby endpoint is probed at most, in milliseconds, if polls are that frequent. */
export const STANDBY_PROBE_INTERVAL_MS = 60_000;

/** Behind the best of the others by more than this, an endpoint lags: in seconds, or in blocks whatever their time. */
const MOST_SECONDS_BEHIND = 45;
const MOST_BLOCKS_BEHIND = 20n;

/** What an endpoint saw counts for so many times as long as it takes until it is looked at again. */
const MOST_SCOUTINGS = 3;

/** A chain that makes blocks all the time has none for this many of its block times, and for this long, in seconds. */
const MOST_BLOCK_TIMES = 20;
const LEAST_SECONDS = 90;

/**
 * Judges where an endpoint stands: against the others of its pool, and on chains
 * that make blocks all the time against the clock. One that is ahead of the clock
 * counts as lagging where another is not: it is wrong either way. A chain that only makes a
 * block when there is something to put in it is never judged by the clock.
 *
 * @param network whose
 * @param poolEndpoint the endpoint; what it saw last is judged
 * @param clock the present
 */
export function headStatusOf(network: Network, poolEndpoint: PoolEndpoint, clock: Clock): HeadStatus {
  const { observed } = poolEndpoint;
  const { block } = network.plan;
  // Where a block by its distance is read, it is the latest that was seen.
  if (observed === undefined || typeof block === "string" && block !== "latest") return "fresh";
  const others = network.endpoints.filter((other) => other !== poolEndpoint)
    .flatMap((other) => witnessOf(network, other, clock) ?? []);
  const isWrong = ({ head }: ObservedHead): boolean => isAhead(head.block, clock.epoch());
  if (isWrong(observed) && others.some((other) => !isWrong(other))) return "lagging";
  const same = others.filter((other) => other.head.chainId === observed.head.chainId);
  if (same.some((other) => !isWrong(other) && isBehind(observed, other, clock))) return "lagging";
  if (!isOverdue(network, observed, clock)) return "fresh";
  // Who stands still alone lags; when all do, the chain does.
  return same.length > 0 && same.every((other) => isOverdue(network, other, clock)) ? "halted" : "lagging";
}

/** What an endpoint saw, where that speaks against others: not when it fails, nor when that was long ago. */
function witnessOf({ interval }: Network, { breaker, observed }: PoolEndpoint, clock: Clock): ObservedHead | undefined {
  const isWell = breaker.failure === undefined || breaker.failure.reason === "lagging";
  if (!isWell || observed === undefined) return undefined;
  return clock.now() - observed.at <= MOST_SCOUTINGS * Math.max(STANDBY_PROBE_INTERVAL_MS, interval)
    ? observed
    : undefined;
}

/** Whether another endpoint was ahead: certain, since what it saw may be older than what this one did. */
function isBehind(own: ObservedHead, other: ObservedHead, clock: Clock): boolean {
  const missing = other.head.block.time - own.head.block.time;
  const isComparable = own.head.block.byEvm === other.head.block.byEvm;
  const isFar = isComparable && other.head.block.number - own.head.block.number > MOST_BLOCKS_BEHIND;
  // HeadStatus still at an old block for as long is as bad as being that far behind.
  const stuck = (clock.now() - own.since) / 1000;
  const behind = Math.max(missing + Math.max(0, own.at - other.at) / 1000, stuck);
  return missing >= 0 && isFar || missing > 0 && behind > MOST_SECONDS_BEHIND;
}

/** Whether a block should long have been followed by another when it was seen. */
function isOverdue(network: Network, { head, at, since }: ObservedHead, clock: Clock): boolean {
  const limit = Math.max(LEAST_SECONDS, MOST_BLOCK_TIMES * (chainFacts(head.chainId)?.blockSeconds ?? Infinity));
  const sinceSeen = (clock.now() - at) / 1000;
  const stillFor = (at - since) / 1000;
  return ageOf(head.block, network, clock) - sinceSeen > limit || stillFor > limit;
}

/** Seconds since a block was made, by whichever clock says less: one of them may have been set. */
function ageOf({ time }: Block, { opened }: Network, clock: Clock): number {
  const counted = opened.epoch + (clock.now() - opened.now) / 1000;
  return Math.min(clock.epoch(), counted) - time;
}
