import { toAccounts } from "./accounts.ts";
import { accountsOf } from "./open_pool.ts";
import type { AmountOrReason } from "../../src/evm/strategies/account_values.ts";
import { endpointState } from "../../src/evm/pool/endpoint_status.ts";
import type { Outcome, PollResult } from "../../src/model/source.ts";
import type { Clock } from "../../src/util/clock.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { readV1 } from "../../src/config/v1/read_v1.ts";
import type { Identity } from "../../src/metrics/model/snapshot.ts";
import { createSelfMetrics, type SelfMetrics } from "../../src/metrics/families/self_metrics.ts";
import { createSnapshotter, type Snapshot } from "../../src/metrics/model/snapshot.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import type { Account, Plan } from "../../src/plan/plan.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { type AccountState, createStateStore, type NetworkState, type StateStore } from "../../src/poller/state.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";

/** A wallet as format 1 writes it. */
export interface Entry {
  readonly address: string;
  readonly label: unknown;
  readonly min_balance_eth?: unknown;
}

/** A configuration as format 1 writes it: wallets by URL. */
export type Entries = Readonly<Record<string, readonly Entry[]>>;

/** The labels that every series of the tests carries. */
export const IDENTITY: Identity = { release: "rel", namespace: "ns" };

/** One coin, in wei. */
export const COIN = 10n ** 18n;

/** A small address, checksummed as it is: digits only. */
export function addressOf(index: number): string {
  return `0x${String(index).padStart(40, "0")}`;
}

/** The plan of a configuration of format 1. */
export function planOf(entries: Entries): Plan {
  return makePlan(readV1(JSON.stringify(entries), "test"));
}

/** The plan of a configuration of version 2. */
export async function planOfV2(text: string): Promise<Plan> {
  return makePlan(await readConfig(text, "test", { env: () => undefined, file: undefined }));
}

/** All that a page is made of. */
export interface Watched {
  readonly store: StateStore;
  readonly self: SelfMetrics;
  readonly snapshot: () => Snapshot;
  /** Records a poll of a network; a second number is the block's. */
  record(network: number, outcomes: readonly AmountOrReason[], block?: bigint): void;
}

/** What {@linkcode watched} takes. */
export interface WatchedOptions {
  readonly clock: Clock;
  /** In milliseconds. @default {0} */
  readonly staleAfter?: number;
}

/**
 * Makes a store of a configuration, with everything around it that pages need.
 *
 * @param source the configuration, or what was planned of one
 * @param options see {@linkcode WatchedOptions}
 */
export function watched(source: Entries | Plan, { clock, staleAfter = 0 }: WatchedOptions): Watched {
  const store = createStateStore(isPlan(source) ? source : planOf(source), clock);
  const self = createSelfMetrics(
    { source: "/etc/wallets.yaml", interval: 300, rejectedEntries: 0, configLoadedAt: clock.epoch() },
    undefined,
    clock,
  );
  return {
    store,
    self,
    snapshot: createSnapshotter({
      store,
      clock,
      identity: IDENTITY,
      status: self.status,
      staleAfter: () => staleAfter,
    }),
    record(network, outcomes, block = 100n) {
      const state = networkAt(store, network);
      recordPoll(store, state, pollOf(outcomes, block, undefined, state.plan.accounts), clock, clock.now());
    },
  };
}

/** The keys of entries are URLs. */
function isPlan(source: Entries | Plan): source is Plan {
  return "networks" in source;
}

/** A network of a store, which must be there. */
export function networkAt(store: StateStore, index: number): NetworkState {
  const network = store.networks[index];
  if (network === undefined) throw new RangeError(`The store has no network ${index}`);
  return network;
}

/** The states of a network's accounts, in the order of the plan. */
export function statesOf({ accounts }: NetworkState): readonly AccountState[] {
  return [...accounts.values()];
}

/** Sets the state of the account at a place of the plan. */
export function setState(network: NetworkState, place: number, state: AccountState): void {
  const account = network.plan.accounts[place];
  if (account !== undefined) network.accounts.set(account, state);
}

/**
 * Makes the result of a poll.
 *
 * @param outcomes one an account
 * @param block its number; its time is a second a block
 * @param failure what went wrong before any balance was asked for; there is no head then
 */
export function pollOf(
  outcomes: readonly AmountOrReason[],
  block = 100n,
  failure?: RpcError,
  accounts: readonly Account[] = toAccounts(accountsOf(outcomes.length)),
): PollResult {
  const own = { number: block, time: 1_600_000_000 + Number(block) };
  const isRead = failure === undefined && outcomes.some((outcome) => typeof outcome === "bigint");
  const reason = outcomes.find((outcome) => typeof outcome === "string");
  const state = isRead || reason === undefined ? "ok" : endpointState(failure ?? new RpcError(reason, ""));
  return {
    chainId: isRead ? 1 : undefined,
    block: isRead ? own : undefined,
    outcomes: outcomesFor(
      accounts,
      outcomes.map((amount) => typeof amount === "string" ? amount : { amount, block: own }),
    ),
    decimals: new Map(),
    mismatched: new Set(),
    late: undefined,
    endpoint: isRead ? "node.example" : undefined,
    endpoints: [{ name: "node.example", state, strategy: "batch", size: 100 }],
    disagreements: 0,
    failure,
  };
}

/** Puts outcomes beside accounts, in their order. */
export function outcomesFor(accounts: readonly Account[], outcomes: readonly Outcome[]): ReadonlyMap<Account, Outcome> {
  return new Map(outcomes.flatMap((outcome, place) => {
    const account = accounts[place];
    return account === undefined ? [] : [[account, outcome]];
  }));
}
