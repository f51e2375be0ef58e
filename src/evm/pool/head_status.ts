import type { Clock } from "../../util/clock.ts";
import { type Block, isAhead } from "../../model/block.ts";
import { chainFacts } from "../chains/chain_facts.ts";
import type { HeadStatus, ObservedHead, PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";

/** Minimum time between probes of a standby endpoint, in milliseconds. */
export const STANDBY_PROBE_INTERVAL_MS = 60_000;

/** An endpoint further behind the best of the others is lagging: in seconds, or in blocks whatever their time. */
const MAX_SECONDS_BEHIND = 45;
const MAX_BLOCKS_BEHIND = 20n;

/** An observed head is compared with for this many probe intervals. */
const MAX_PROBE_INTERVALS = 3;

/**
 * A chain with regular blocks is halted after this many block times without a new one, and at least this many seconds.
 */
const MAX_BLOCK_TIMES = 20;
const MIN_HALTED_SECONDS = 90;

/**
 * Compares the observed head of an endpoint with the others of its pool and, on chains with regular blocks, with the
 * clock. A head in the future counts as `lagging` if another endpoint has a sane one. A chain that makes blocks only on
 * demand is never compared with the clock.
 */
export function headStatusOf(network: Network, poolEndpoint: PoolEndpoint, clock: Clock): HeadStatus {
  const { observed } = poolEndpoint;
  const { block } = network.plan;
  // With a block by its distance, the latest block is the one observed.
  if (observed === undefined || typeof block === "string" && block !== "latest") return "fresh";
  const others = network.endpoints.filter((other) => other !== poolEndpoint)
    .flatMap((other) => comparableHead(network, other, clock) ?? []);
  const isWrong = ({ head }: ObservedHead): boolean => isAhead(head.block, clock.epoch());
  if (isWrong(observed) && others.some((other) => !isWrong(other))) return "lagging";
  const same = others.filter((other) => other.head.chainId === observed.head.chainId);
  if (same.some((other) => !isWrong(other) && isBehind(observed, other, clock))) return "lagging";
  if (!isOverdue(network, observed, clock)) return "fresh";
  // If one endpoint is stuck it is lagging; if all are, the chain is halted.
  return same.length > 0 && same.every((other) => isOverdue(network, other, clock)) ? "halted" : "lagging";
}

/** The observed head of an endpoint if others may be compared with it: not of one that fails, nor an old one. */
function comparableHead(
  { interval }: Network,
  { breaker, observed }: PoolEndpoint,
  clock: Clock,
): ObservedHead | undefined {
  const isHealthy = breaker.failure === undefined || breaker.failure.reason === "lagging";
  if (!isHealthy || observed === undefined) return undefined;
  return clock.now() - observed.at <= MAX_PROBE_INTERVALS * Math.max(STANDBY_PROBE_INTERVAL_MS, interval)
    ? observed
    : undefined;
}

/** Whether another endpoint is certainly ahead: its head may even have been observed earlier. */
function isBehind(own: ObservedHead, other: ObservedHead, clock: Clock): boolean {
  const missing = other.head.block.time - own.head.block.time;
  const isComparable = own.head.block.byEvm === other.head.block.byEvm;
  const isFar = isComparable && other.head.block.number - own.head.block.number > MAX_BLOCKS_BEHIND;
  // An endpoint stuck at an old block is as far behind as the time it has been stuck.
  const stuck = (clock.now() - own.since) / 1000;
  const behind = Math.max(missing + Math.max(0, own.at - other.at) / 1000, stuck);
  return missing >= 0 && isFar || missing > 0 && behind > MAX_SECONDS_BEHIND;
}

/** Whether the next block was overdue when the head was observed. */
function isOverdue(network: Network, { head, at, since }: ObservedHead, clock: Clock): boolean {
  const limit = Math.max(MIN_HALTED_SECONDS, MAX_BLOCK_TIMES * (chainFacts(head.chainId)?.blockSeconds ?? Infinity));
  const sinceObserved = (clock.now() - at) / 1000;
  const stuckFor = (at - since) / 1000;
  return ageOf(head.block, network, clock) - sinceObserved > limit || stuckFor > limit;
}

/** Seconds since a block was made, by the clock that shows less: the wall clock may have been set. */
function ageOf({ time }: Block, { opened }: Network, clock: Clock): number {
  const counted = opened.epoch + (clock.now() - opened.now) / 1000;
  return Math.min(clock.epoch(), counted) - time;
}
