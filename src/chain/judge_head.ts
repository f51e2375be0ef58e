import type { Clock } from "../clock.ts";
import type { Block } from "./strategy/calls.ts";
import { isAhead } from "./strategy/block_order.ts";
import { chainFacts } from "./strategy/chain_facts.ts";
import type { Member, Seen, Standing } from "./member.ts";
import type { Network } from "./open_network.ts";
import { SCOUTING } from "./scouting.ts";

/** Behind the best of the others by more than this, an endpoint lags: in seconds, or in blocks whatever their time. */
const MOST_SECONDS_BEHIND = 45;
const MOST_BLOCKS_BEHIND = 20n;
/** On chains with few blocks, one or two may be on their way. */
const BLOCK_TIMES_BEHIND = 3;

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
 * @param member the endpoint; what it saw last is judged
 * @param clock the present
 */
export function judgeHead(network: Network, member: Member, clock: Clock): Standing {
  const { seen } = member;
  const { block } = network.plan;
  // Where a block by its distance is read, it is the latest that was seen.
  if (seen === undefined || typeof block === "string" && block !== "latest") return "fresh";
  const others = network.members.filter((other) => other !== member && isWitness(network, other, clock));
  const isWrong = ({ seen }: Member): boolean => seen !== undefined && isAhead(seen.head.block, clock.epoch());
  if (isWrong(member) && others.some((other) => other.seen !== undefined && !isWrong(other))) return "lagging";
  if (others.some((other) => !isWrong(other) && isBehind(member, other, clock))) return "lagging";
  if (!isOverdue(network, seen, clock)) return "fresh";
  // Who stands still alone lags; when all do, the chain does.
  const witnesses = others.flatMap((other) => other.seen?.head.chainId === seen.head.chainId ? [other.seen] : []);
  return witnesses.length > 0 && witnesses.every((other) => isOverdue(network, other, clock)) ? "halted" : "lagging";
}

/** Whether what an endpoint saw speaks against others: not when it fails, nor when that was long ago. */
function isWitness({ interval }: Network, { health, seen }: Member, clock: Clock): boolean {
  const isWell = health.failure === undefined || health.failure.reason === "lagging";
  return isWell && seen !== undefined && clock.now() - seen.at <= MOST_SCOUTINGS * Math.max(SCOUTING, interval);
}

/** Whether another endpoint was ahead: certain, since what it saw may be older than what this one did. */
function isBehind({ seen: own }: Member, { seen: other }: Member, clock: Clock): boolean {
  if (own === undefined || other === undefined || own.head.chainId !== other.head.chainId) return false;
  const missing = other.head.block.time - own.head.block.time;
  if (missing < 0) return false;
  if (own.head.block.byEvm === other.head.block.byEvm) {
    if (other.head.block.number - own.head.block.number > MOST_BLOCKS_BEHIND) return true;
  }
  const limit = Math.max(MOST_SECONDS_BEHIND, BLOCK_TIMES_BEHIND * (chainFacts(own.head.chainId)?.blockSeconds ?? 0));
  if (missing === 0) return false;
  // Standing still at an old block for as long is as bad as being that far behind.
  const stuck = (clock.now() - own.since) / 1000;
  return Math.max(missing + Math.max(0, own.at - other.at) / 1000, stuck) > limit;
}

/** Whether a block should long have been followed by another when it was seen. */
function isOverdue(network: Network, { head, at, since }: Seen, clock: Clock): boolean {
  const { blockSeconds } = chainFacts(head.chainId) ?? {};
  if (blockSeconds === undefined) return false;
  const limit = Math.max(LEAST_SECONDS, MOST_BLOCK_TIMES * blockSeconds);
  const sinceSeen = (clock.now() - at) / 1000;
  const stillFor = (at - since) / 1000;
  return ageOf(head.block, network, clock) - sinceSeen > limit || stillFor > limit;
}

/** Seconds since a block was made, by whichever clock says less: one of them may have been set. */
function ageOf({ time }: Block, { opened }: Network, clock: Clock): number {
  const counted = opened.epoch + (clock.now() - opened.now) / 1000;
  return Math.min(clock.epoch(), counted) - time;
}
