import type { Block } from "../chain/calls.ts";
import type { EndpointReport } from "../chain/endpoint_report.ts";
import type { Sweep } from "../chain/sweep.ts";
import { isOlder } from "../chain/judge_head.ts";
import type { Balance, Outcome } from "../chain/outcome.ts";
import type { Clock } from "../clock.ts";
import type { NetworkPlan, Plan } from "../plan.ts";
import type { Reason } from "../rpc/rpc_error.ts";
import { createHistory, type History } from "./history.ts";
import { coinsOf } from "./coins.ts";

/** A good reading of a balance. */
export interface Reading {
  readonly wei: bigint;
  /** The block it belongs to. */
  readonly block: Block;
  /** When it was read, in seconds since the Unix epoch; of an endpoint or a chain that is late, its block's time. */
  readonly at: number;
  /** The same moment in milliseconds on the monotonic clock, which no clock step moves. */
  readonly readAt: number;
}

/** All that is known of one account. Replaced whole, never changed, so that a copy of the list is a snapshot. */
export interface AccountState {
  /** The last good reading; none before the first. */
  readonly reading: Reading | undefined;
  /** Why the last attempt failed; none when it did not, or before the first. */
  readonly failure: Reason | undefined;
  readonly attempted: boolean;
  /** The sum of falls and of rises seen between readings, in wei. */
  readonly spent: bigint;
  readonly received: bigint;
}

/** What is known of one network. */
export interface NetworkState {
  readonly plan: NetworkPlan;
  /** One an account of the plan, in its order. */
  readonly accounts: AccountState[];
  readonly history: History;
  chainId: number | undefined;
  /** The block that the newest readings belong to. */
  block: Block | undefined;
  /** One an endpoint of the plan, in its order; empty before the first attempt. */
  endpoints: readonly EndpointReport[];
  /** Accounts that endpoints gave different balances for, summed up over the cycles. */
  disagreements: number;
  /** When the last cycle began (monotonic, ms) and ended (epoch, s), and how long it took (s). */
  lastTick: number;
  lastFinished: number | undefined;
  seconds: number | undefined;
  /** Ticks lost to cycles that ran over. */
  skipped: number;
}

/** The only store: everything read, with when and how. */
export interface Book {
  readonly networks: readonly NetworkState[];
  /** Counts changes: a page made of another generation is old. */
  generation: number;
  /** Called after every change. */
  onChange: () => void;
  /** With no network at all: when nothing was last done, in seconds since the Unix epoch. */
  idleAt: number | undefined;
}

const UNKNOWN: AccountState = { reading: undefined, failure: undefined, attempted: false, spent: 0n, received: 0n };

/**
 * Makes an empty book.
 *
 * @param plan what it will hold
 * @param clock where the first tick is counted from
 */
export function createBook(plan: Plan, clock: Clock): Book {
  const networks = plan.networks.map((network): NetworkState => ({
    plan: network,
    accounts: network.accounts.map(() => UNKNOWN),
    history: createHistory(network.accounts.length),
    chainId: undefined,
    block: undefined,
    endpoints: [],
    disagreements: 0,
    lastTick: clock.now(),
    lastFinished: undefined,
    seconds: undefined,
    skipped: 0,
  }));
  return { networks, generation: 0, onChange: () => {}, idleAt: undefined };
}

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
  const { outcomes, block, chainId, late } = sweep;
  for (const [index, outcome] of outcomes.entries()) {
    const before = network.accounts[index] ?? UNKNOWN;
    network.accounts[index] = typeof outcome === "string"
      ? { ...before, failure: outcome, attempted: true }
      : after(before, outcome, late === undefined ? now : byBlock(outcome.block, now), late);
  }
  if (block !== undefined) {
    network.chainId = chainId;
    network.block = block;
    network.history.push(now.at, (index) => freshCoins(network.accounts[index], outcomes[index]));
  }
  if (outcomes.length > 0) network.endpoints = sweep.endpoints;
  network.disagreements += sweep.disagreements;
  network.lastFinished = now.at;
  network.seconds = (now.readAt - started) / 1000;
  markChanged(book);
}

/** Says that the book changed. */
export function markChanged(book: Book): void {
  book.generation++;
  book.onChange();
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

/** Tells whether an account's last attempt gave a balance. */
export function wasSuccessful({ attempted, failure }: AccountState): boolean {
  return attempted && failure === undefined;
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

function after(
  before: AccountState,
  { wei, block }: Balance,
  { at, readAt }: Moment,
  late: Sweep["late"],
): AccountState {
  // Published balances never go back to an older block.
  if (before.reading !== undefined && isOlder(block, before.reading.block)) {
    return { ...before, failure: "lagging", attempted: true };
  }
  const change = before.reading === undefined ? 0n : wei - before.reading.wei;
  return {
    reading: { wei, block, at, readAt },
    failure: late === "lagging" ? "lagging" : undefined,
    attempted: true,
    spent: change < 0n ? before.spent - change : before.spent,
    received: change > 0n ? before.received + change : before.received,
  };
}

function freshCoins(account: AccountState | undefined, outcome: Outcome | undefined): number {
  return account?.reading === undefined || typeof outcome !== "object" ? NaN : coinsOf(account.reading.wei);
}
