import { isAhead, isBefore, isOlder } from "../evm/strategies/block_order.ts";
import type { Block } from "../evm/strategies/calls.ts";
import type { Balance, Outcome } from "../evm/strategies/outcome.ts";
import type { Sweep } from "../evm/pool/sweep.ts";
import type { Clock } from "../util/clock.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { tokenOf } from "../plan/plan.ts";
import { type AccountState, type Book, markChanged, type NetworkState, UNKNOWN } from "./book.ts";
import { coinsOf } from "./coins.ts";

/**
 * Writes down one cycle of a network.
 *
 * @param book where
 * @param network which network of the book
 * @param sweep what was read
 * @param clock the present; `started` was the cycle's beginning on its monotonic side
 */
export function recordSweep(book: Book, network: NetworkState, sweep: Sweep, clock: Clock, started: number): void {
  const now = { at: clock.epoch(), readAt: clock.now() };
  const { outcomes, block, chainId, skipped } = sweep;
  let isFirst = false;
  for (const [index, outcome] of outcomes.entries()) {
    const place = skipped + index;
    const before = network.accounts[place] ?? UNKNOWN;
    const account = typeof outcome === "string"
      ? { ...before, failure: outcome, attempted: true }
      : after(before, outcome, now);
    isFirst ||= before.reading === undefined && account.reading !== undefined;
    network.accounts[place] = account;
  }
  if (isFirst) book.firstReadings++;
  network.decimals = mergedDecimals(network.decimals, sweep);
  if (skipped > 0) network.chainId = chainId;
  if (outcomes.some((outcome) => typeof outcome === "object")) {
    network.wasRead = true;
    network.chainId = chainId;
    const isShown = block === undefined || network.block === undefined || !isBefore(block, network.block);
    if (isShown) network.block = block;
    const decimals = decimalsOf(network);
    network.history.push(
      now.at,
      (index) => freshCoins(network.accounts[index], outcomes[index - skipped], decimals(index)),
    );
  }
  if (outcomes.length > 0) network.endpoints = sweep.endpoints;
  network.disagreements += sweep.disagreements;
  network.lastFinished = now.at;
  network.seconds = (now.readAt - started) / 1000;
  markChanged(book);
}

/**
 * Tells the reason most balances of a sweep were not read for.
 *
 * @param sweep any sweep
 * @returns the most frequent reason; none when all were read
 */
export function sweepReason(sweep: Sweep): Reason | undefined {
  if (sweep.failure !== undefined) return sweep.failure.reason;
  const counts = new Map<Reason, number>();
  for (const outcome of sweep.outcomes) {
    if (typeof outcome === "string") counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

interface Moment {
  /** In seconds since the Unix epoch. */
  readonly at: number;
  /** In milliseconds on the monotonic clock. */
  readonly readAt: number;
}

/** What is late is as old as its block: it ages, and is withdrawn, by that. */
function byBlock({ time }: Block, now: Moment): Moment {
  const at = Math.min(now.at, time);
  return { at, readAt: now.readAt - 1000 * (now.at - at) };
}

function after(before: AccountState, { wei, block, late }: Balance, now: Moment): AccountState {
  const { reading } = before;
  // Published balances never go back to an older block.
  const known = reading?.block;
  if (
    reading !== undefined && known !== undefined && block !== undefined && isOlder(block, known) &&
    !isAhead(known, now.at)
  ) {
    // Backends may be a block apart: what is published is what the newest of them reported.
    return isBefore(block, known)
      ? { ...before, reading: { ...reading, ...now }, failure: undefined, attempted: true }
      : { ...before, failure: "lagging", attempted: true };
  }
  const change = reading === undefined ? 0n : wei - reading.wei;
  return {
    reading: { wei, block, ...(late === undefined || block === undefined ? now : byBlock(block, now)) },
    failure: late === "lagging" ? "lagging" : undefined,
    attempted: true,
    spent: change < 0n ? before.spent - change : before.spent,
    received: change > 0n ? before.received + change : before.received,
  };
}

function freshCoins(account: AccountState | undefined, outcome: Outcome | undefined, decimals: number): number {
  return account?.reading === undefined || typeof outcome !== "object" ? NaN : coinsOf(account.reading.wei, decimals);
}

/** What was known goes on to count where a cycle tells nothing, as the readings do; not where it tells otherwise. */
function mergedDecimals(known: NetworkState["decimals"], { decimals, refuted }: Sweep): NetworkState["decimals"] {
  const isSame = refuted.size === 0 && [...decimals].every(([token, told]) => known.get(token) === told);
  if (isSame) return known;
  return new Map([...known, ...decimals].filter(([token]) => !refuted.has(token)));
}

/** The decimals of each account: the coin's, or its token's. */
function decimalsOf({ plan, decimals }: NetworkState): (account: number) => number {
  if (plan.tokens.length === 0) return () => plan.decimals;
  return (account) => {
    const { token } = tokenOf(plan.accounts[account] ?? "") ?? {};
    return token === undefined ? plan.decimals : decimals.get(token) ?? NaN;
  };
}
