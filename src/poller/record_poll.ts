import { type Block, isAhead, isBefore, isOlder } from "../model/block.ts";
import type { Balance, PollResult } from "../model/source.ts";
import type { Clock } from "../util/clock.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { noteChanges } from "./value_changes.ts";
import { type AccountState, type NetworkState, noteOutflows, notifyChanged, type StateStore } from "./state.ts";

/**
 * Applies one poll to the state of its network.
 *
 * @param started start of the poll, in milliseconds on the monotonic clock
 */
export function recordPoll(
  store: StateStore,
  network: NetworkState,
  result: PollResult,
  clock: Clock,
  started: number,
): void {
  const now = { at: clock.epoch(), readAt: clock.now() };
  const { outcomes, block, chainId } = result;
  let isFirst = false;
  let isRead = false;
  const { accounts, history, plan: { values = [] } } = network;
  const valuesBefore = values.map((account) => accounts.get(account));
  accounts.forEach((before, account) => {
    const outcome = outcomes.get(account);
    const state = outcome === undefined
      ? before
      : typeof outcome === "string"
      ? { ...before, failure: outcome, attempted: true }
      : after(before, outcome, now);
    isFirst ||= before.reading === undefined && state.reading !== undefined;
    isRead ||= typeof outcome === "object";
    accounts.set(account, state);
    const { reading } = state;
    if (reading !== undefined && reading !== before.reading) {
      history.add(account, now.readAt, before.reading === undefined ? 0n : reading.amount - before.reading.amount);
    }
  });
  noteChanges(network, valuesBefore);
  noteOutflows(network);
  if (isFirst) store.firstReadings++;
  network.decimals = mergeDecimals(network.decimals, result);
  if (isRead || chainId !== undefined) network.chainId = chainId;
  if (isRead) {
    network.wasRead = true;
    const isShown = block === undefined || network.block === undefined || !isBefore(block, network.block);
    if (isShown) network.block = block;
  }
  if (outcomes.size > 0) network.endpoints = result.endpoints;
  network.disagreements += result.disagreements;
  network.lastFinished = now.at;
  network.seconds = (now.readAt - started) / 1000;
  notifyChanged(store);
}

/** The most frequent reason of missing balances; undefined if there are none. */
export function mainReason({ failure, outcomes }: PollResult): Reason | undefined {
  if (failure !== undefined) return failure.reason;
  const counts = new Map<Reason, number>();
  for (const outcome of outcomes.values()) {
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

/** A late balance is as old as its block, and expires by that. */
function byBlock({ time }: Block, now: Moment): Moment {
  const at = Math.min(now.at, time);
  return { at, readAt: now.readAt - 1000 * (now.at - at) };
}

function after(before: AccountState, { amount, block, late }: Balance, now: Moment): AccountState {
  const { reading } = before;
  // Published balances never go back to an older block.
  const known = reading?.block;
  if (
    reading !== undefined && known !== undefined && block !== undefined && isOlder(block, known) &&
    !isAhead(known, now.at)
  ) {
    // Backends may be a block apart: keep the balance of the newer one.
    return isBefore(block, known)
      ? { ...before, reading: { ...reading, ...now }, failure: undefined, attempted: true }
      : { ...before, failure: "lagging", attempted: true };
  }
  const change = reading === undefined ? 0n : amount - reading.amount;
  return {
    reading: { amount, block, ...(late === undefined || block === undefined ? now : byBlock(block, now)) },
    failure: late === "lagging" ? "lagging" : undefined,
    attempted: true,
    spent: change < 0n ? before.spent - change : before.spent,
    received: change > 0n ? before.received + change : before.received,
  };
}

/** Keeps known decimals if a poll reports none, as readings are kept; drops those that do not match. */
function mergeDecimals(
  known: NetworkState["decimals"],
  { decimals, mismatched }: PollResult,
): NetworkState["decimals"] {
  const isSame = mismatched.size === 0 && [...decimals].every(([token, reported]) => known.get(token) === reported);
  if (isSame) return known;
  return new Map([...known, ...decimals].filter(([token]) => !mismatched.has(token)));
}
