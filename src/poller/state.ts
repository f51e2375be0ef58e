import type { Block } from "../model/block.ts";
import type { EndpointStatus } from "../model/source.ts";
import { AccountMap } from "../assets/account_map.ts";
import type { Changes } from "../assets/value_state.ts";
import type { Clock } from "../util/clock.ts";
import type { NetworkPlan, Plan } from "../plan/plan.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { createHistory, type History } from "./history.ts";
import { type Outflow, outflowsOf } from "./trend.ts";

/** A good reading of a balance. */
export interface Reading {
  readonly amount: bigint;
  /** Its block; undefined if unknown. */
  readonly block: Block | undefined;
  /**
   * When it was read, in seconds since the Unix epoch; the block's time if the endpoint lags or the chain is halted.
   */
  readonly at: number;
  /** The same time in milliseconds on the monotonic clock, which is never set. */
  readonly readAt: number;
}

/** What is known of one account. Immutable. */
export interface AccountState {
  /** The last good reading, if any. */
  readonly reading: Reading | undefined;
  /** Why the last attempt failed, if it did. */
  readonly failure: Reason | undefined;
  readonly attempted: boolean;
  /** Sums of the decreases and increases between readings, in the smallest unit. */
  readonly spent: bigint;
  readonly received: bigint;
  /** Only of networks that publish it, after a poll. */
  readonly outflow?: Outflow;
  /** Of values besides coins and tokens. */
  readonly changes?: Changes | undefined;
}

/** What is known of one network. */
export interface NetworkState {
  readonly plan: NetworkPlan;
  /** By account of the plan, in its order; the keys never change. */
  readonly accounts: AccountMap<AccountState>;
  readonly history: History;
  /** When values that are not read in every poll were asked for (monotonic, ms), by the keys of their accounts. */
  readonly asked: Map<string, number>;
  /** Of tokens by the ids of their assets, once known. Replaced, not changed. */
  decimals: ReadonlyMap<string, number>;
  /** Whether any balance was ever read. */
  wasRead: boolean;
  /** Undefined until an endpoint reports it. */
  chainId: number | undefined;
  /** The block of the newest readings, if known. */
  block: Block | undefined;
  /** By endpoint of the plan, in its order; empty before the first poll. */
  endpoints: readonly EndpointStatus[];
  /** How often endpoints reported different balances of an account. */
  disagreements: number;
  /** Start of the last poll (monotonic, ms). */
  lastTick: number;
  /** Deadline of that poll (monotonic, ms): with a configured rate it may be later than the next interval. */
  endsBy: number;
  /** End of the last finished poll (epoch, s), and its duration. */
  lastFinished: number | undefined;
  seconds: number | undefined;
  /** Polls that were skipped because the previous one took too long. */
  skipped: number;
}

/** Everything that was read, with when and how. */
export interface StateStore {
  /** Replaced when another plan is applied. */
  networks: readonly NetworkState[];
  /** Counts changes: a page of another generation is outdated. */
  generation: number;
  /** Counts changes with the first reading of an account, which pages show at once. */
  firstReadings: number;
  /** Called after every change. */
  onChange: () => void;
}

/** An account that was never read. */
export const UNKNOWN: AccountState = {
  reading: undefined,
  failure: undefined,
  attempted: false,
  spent: 0n,
  received: 0n,
};

/** Creates a store without readings. */
export function createStateStore(plan: Plan, clock: Clock): StateStore {
  const networks = plan.networks.map((network) => createState(network, clock));
  return { networks, generation: 0, firstReadings: 0, onChange: () => {} };
}

/** Creates the state of a network that was never polled. */
export function createState(plan: NetworkPlan, clock: Clock): NetworkState {
  return {
    plan,
    accounts: new AccountMap(plan.accounts, UNKNOWN),
    history: createHistory(plan.accounts),
    asked: new Map(),
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

/** Notes the outflow of every account, if the network publishes it; after its history changed. */
export function noteOutflows({ plan, accounts, history }: NetworkState): void {
  if (plan.outflow !== true) return;
  accounts.forEach((state, account) => {
    const outflow = outflowsOf(history, account);
    const { hour, day } = state.outflow ?? {};
    if (hour !== outflow.hour || day !== outflow.day) accounts.set(account, { ...state, outflow });
  });
}

/** Must be called after every change. */
export function notifyChanged(store: StateStore): void {
  store.generation++;
  store.onChange();
}

/** Whether the chain makes no blocks: nothing that is sent gets through. */
export function isHalted({ endpoints }: Pick<NetworkState, "endpoints">): boolean {
  return endpoints.some(({ state }) => state === "halted");
}

/** Whether the last attempt returned a balance. */
export function wasSuccessful({ attempted, failure }: AccountState): boolean {
  return attempted && failure === undefined;
}
