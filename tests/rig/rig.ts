import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { type Network, openNetwork } from "../../src/evm/pool/open_network.ts";
import { probeStandbys } from "../../src/evm/pool/probe_standbys.ts";
import type { PollResult } from "../../src/model/source.ts";
import { pollOnce } from "../../src/evm/pool/poll_once.ts";
import { EndpointUrl } from "../../src/config/secrets/endpoint_url.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import type { RequestRecord } from "../../src/jsonrpc/endpoint.ts";
import type { Reason } from "../../src/jsonrpc/errors.ts";
import { type AccountState, createStateStore, type NetworkState } from "../../src/poller/state.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";
import { createRunningClock, type FakeClock } from "../fakes/fake_clock.ts";
import { accountsOf, type TestPlan } from "../fakes/open_pool.ts";
import { statesOf } from "../fakes/watched.ts";
import { toAccounts, tokenPlan } from "../fakes/accounts.ts";
import { isNative } from "../../src/assets/asset.ts";
import { createOracle, type Oracle } from "./oracle.ts";

/** A real node with wallets whose true balances are known at every block. */
export interface World extends AsyncDisposable {
  readonly anvil: Anvil;
  readonly oracle: Oracle;
}

/** The exporter's watching, cycle by cycle, on a clock that can be made to jump. */
export interface Watching extends Disposable {
  readonly clock: FakeClock;
  readonly state: NetworkState;
  readonly network: Network;
  readonly accounts: readonly AccountState[];
  /** Lets an interval pass, and runs a cycle. */
  cycle(): Promise<PollResult>;
  /** How often a reason was counted since the last call, for all endpoints or one. */
  counted(reason: Reason): number;
  /** Every reason that was counted since the last call. */
  reasons(): ReadonlySet<Reason>;
}

/** What {@linkcode startWatching} takes. */
export interface WatchingOptions {
  readonly accounts?: readonly string[];
  /** In milliseconds. @default {30_000} */
  readonly interval?: number;
  /**
   * For one request, in milliseconds: long, so that a good answer is in time on a busy machine too. The clock
   * jumps over it where the answer never comes. @default {MAX_TIMEOUT, or less with a short interval}
   */
  readonly timeout?: number;
  readonly plan?: TestPlan;
}

/** Of a request; with a short interval less, so that its share of the cycle is longer than that. */
const MAX_TIMEOUT = 5000;

/** How many wallets a world has, by default. */
export const WALLETS = 12;

/**
 * Starts a node and gives its wallets their first balances.
 *
 * @param options its chain id, how many wallets it has, and when and with which number its chain began
 */
export async function startWorld(
  { chainId = 31337, wallets = WALLETS, began = 0, firstBlock = 0 } = {},
): Promise<World> {
  const timestamp = began === 0 ? [] : ["--timestamp", String(began)];
  const anvil = await startAnvil({ chainId, args: ["--number", String(firstBlock), ...timestamp] });
  try {
    const oracle = createOracle(anvil, accountsOf(wallets));
    await oracle.spend();
    return { anvil, oracle, [Symbol.asyncDispose]: () => anvil.stop() };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/**
 * Starts to watch a network.
 *
 * @param urls its endpoints, best first
 * @param options see {@linkcode WatchingOptions}
 */
export function startWatching(urls: readonly string[], options: WatchingOptions = {}): Watching {
  const { interval = 30_000, plan: changes, accounts: keys = changes?.accounts ?? accountsOf(WALLETS) } = options;
  const { timeout = Math.min(MAX_TIMEOUT, 0.4 * interval) } = options;
  const clock = createRunningClock(timeout);
  const accounts = toAccounts(keys);
  let counted: Reason[] = [];
  const plan: NetworkPlan = {
    id: "rig",
    networkLabel: "rig",
    endpoints: urls.map((url) => ({ name: new URL(url).host, url: new EndpointUrl(new URL(url)) })),
    wallets: accounts.filter(isNative).map((account, index) => ({
      account,
      address: account.holder,
      label: `w${index}`,
      minimums: [],
      hasInvalidMinimum: false,
      thresholds: {},
      labels: {},
      tokens: [],
    })),
    rejected: [],
    quorum: 1,
    block: "latest",
    decimals: 18,
    ...changes,
    accounts,
    tokens: changes?.tokens?.map(tokenPlan) ?? [],
  };
  const store = createStateStore({ networks: [plan], renamed: [] }, clock);
  const [state] = store.networks;
  assert.ok(state !== undefined);
  const network = openNetwork(plan, {
    clock,
    interval,
    meterOf: () => ({
      recordRequest: ({ reasons }: RequestRecord) => counted.push(...reasons),
      recordError: (reason) => counted.push(reason),
    }),
  });
  return {
    clock,
    state,
    network,
    get accounts(): readonly AccountState[] {
      return statesOf(state);
    },
    async cycle(): Promise<PollResult> {
      clock.skip(interval);
      const started = clock.now();
      using deadline = startDeadline(clock, 0.9 * interval);
      const limits = { clock, timeout, deadline };
      const result = await pollOnce(network, limits);
      recordPoll(store, state, result, clock, started);
      await probeStandbys(network, result.endpoint, limits);
      return result;
    },
    counted(reason): number {
      const found = counted.filter((each) => each === reason).length;
      counted = [];
      return found;
    },
    reasons(): ReadonlySet<Reason> {
      const found = new Set(counted);
      counted = [];
      return found;
    },
    [Symbol.dispose](): void {
      network[Symbol.dispose]();
      clock[Symbol.dispose]();
    },
  };
}
