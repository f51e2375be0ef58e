import type { Block } from "../chain/calls.ts";
import type { Strategy, Sweep } from "../chain/sweep.ts";
import type { Clock } from "../clock.ts";
import type { NetworkPlan, Plan } from "../plan.ts";
import type { Reason } from "../rpc/rpc_error.ts";
import { type EndpointState, endpointState } from "./endpoint_state.ts";
import { createHistory, type History } from "./history.ts";
import { coinsOf } from "./coins.ts";

/** A good reading of a balance. */
export interface Reading {
  readonly wei: bigint;
  /** The block it belongs to. */
  readonly block: Block;
  /** When it was read, in seconds since the Unix epoch. */
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
  /** The endpoint's state and strategy; none before the first attempt. */
  state: EndpointState | undefined;
  strategy: Strategy | undefined;
  /** The most items that go into one request. */
  batchSize: number;
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
    state: undefined,
    strategy: undefined,
    batchSize: 0,
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
  const at = clock.epoch();
  const readAt = clock.now();
  const { head, outcomes } = sweep;
  let good = 0;
  for (const [index, outcome] of outcomes.entries()) {
    const before = network.accounts[index] ?? UNKNOWN;
    if (typeof outcome === "bigint" && head !== undefined) {
      good++;
      network.accounts[index] = after(before, { wei: outcome, block: head.block, at, readAt });
    } else {
      const failure = typeof outcome === "bigint" ? "missing" : outcome;
      network.accounts[index] = { ...before, failure, attempted: true };
    }
  }
  if (head !== undefined && good > 0) {
    network.chainId = head.chainId;
    network.block = head.block;
    network.history.push(at, (index) => freshCoins(network.accounts[index], readAt));
  }
  if (outcomes.length > 0) {
    network.state = endpointState(good > 0 ? undefined : sweepReason(sweep));
    network.strategy = sweep.strategy;
  }
  network.lastFinished = at;
  network.seconds = (readAt - started) / 1000;
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

function after(before: AccountState, reading: Reading): AccountState {
  const change = before.reading === undefined ? 0n : reading.wei - before.reading.wei;
  return {
    reading,
    failure: undefined,
    attempted: true,
    spent: change < 0n ? before.spent - change : before.spent,
    received: change > 0n ? before.received + change : before.received,
  };
}

function freshCoins(account: AccountState | undefined, readAt: number): number {
  return account?.reading?.readAt === readAt ? coinsOf(account.reading.wei) : NaN;
}
