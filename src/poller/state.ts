import type { Block } from "../model/block.ts";
import type { EndpointStatus } from "../model/source.ts";
import type { Account } from "../assets/asset.ts";
import type { Clock } from "../util/clock.ts";
import type { NetworkPlan, Plan } from "../plan/plan.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { createHistory, type History } from "./history.ts";

/** A good reading of a balance. */
export interface Reading {
  readonly amount: bigint;
  /** The block it belongs to; none where that is not known. */
  readonly block: Block | undefined;
  /** When it was read, in seconds since the Unix epoch; of an endpoint or a chain that is late, its block's time. */
  readonly at: number;
  /** The same moment in milliseconds on the monotonic clock, which no clock step moves. */
  readonly readAt: number;
}

/** All that is known of one account. Replaced whole, never changed. */
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
  /** One an account of the plan, in its order: the same keys until the plan changes. */
  readonly accounts: Map<Account, AccountState>;
  readonly history: History;
  /** Of the plan's tokens, by their contracts, as far as known. Replaced whole. */
  decimals: ReadonlyMap<string, number>;
  /** Whether any balance was ever read. */
  wasRead: boolean;
  /** None before that, or where no endpoint reports it. */
  chainId: number | undefined;
  /** The block that the newest readings belong to; none where that is not known. */
  block: Block | undefined;
  /** One an endpoint of the plan, in its order; empty before the first attempt. */
  endpoints: readonly EndpointStatus[];
  /** Accounts that endpoints gave different balances for, summed up over the polls. */
  disagreements: number;
  /** When the last poll began (monotonic, ms) and ended (epoch, s), and how long it took (s). */
  lastTick: number;
  /** When that poll has ended at the latest (monotonic, ms): a slow pace gives it longer than an interval. */
  endsBy: number;
  lastFinished: number | undefined;
  seconds: number | undefined;
  /** Ticks lost to polls that ran over. */
  skipped: number;
}

/** Everything that was read, with when and how. */
export interface StateStore {
  /** Replaced when another plan is applied. */
  networks: readonly NetworkState[];
  /** Counts changes: a page made of another generation is old. */
  generation: number;
  /** Counts changes that brought the first reading of an account: pages show them at once. */
  firstReadings: number;
  /** Called after every change. */
  onChange: () => void;
  /** Last tick while no network is configured, in seconds since the Unix epoch. */
  idleAt: number | undefined;
}

/** An account that nothing was ever asked of. */
export const UNKNOWN: AccountState = {
  reading: undefined,
  failure: undefined,
  attempted: false,
  spent: 0n,
  received: 0n,
};

/** Makes a store that nothing was read into. */
export function createStateStore(plan: Plan, clock: Clock): StateStore {
  const networks = plan.networks.map((network) => createState(network, clock));
  return { networks, generation: 0, firstReadings: 0, onChange: () => {}, idleAt: undefined };
}

/** Makes the state of a network that nothing is known of. */
export function createState(plan: NetworkPlan, clock: Clock): NetworkState {
  return {
    plan,
    accounts: new Map(plan.accounts.map((account) => [account, UNKNOWN])),
    history: createHistory(plan.accounts),
    decimals: new Map(),
    wasRead: false,
    chainId: undefined,
    block: undefined,
    endpoints: [],
    disagreements: 0,
    lastTick: clock.now(),
    endsBy: clock.now(),
    lastFinished: undefined,
    seconds: undefined,
    skipped: 0,
  };
}

/** To be called after every change. */
export function notifyChanged(store: StateStore): void {
  store.generation++;
  store.onChange();
}

/** Whether the last attempt gave a balance. */
export function wasSuccessful({ attempted, failure }: AccountState): boolean {
  return attempted && failure === undefined;
}
