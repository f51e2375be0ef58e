import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { type Network, openNetwork } from "../../src/evm/pool/open_network.ts";
import { scout } from "../../src/evm/pool/scout.ts";
import { type Sweep, sweep } from "../../src/evm/pool/sweep.ts";
import { EndpointUrl } from "../../src/config/secrets/endpoint_url.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import type { RequestRecord } from "../../src/jsonrpc/endpoint.ts";
import type { Reason } from "../../src/jsonrpc/errors.ts";
import { type AccountState, createBook, type NetworkState } from "../../src/poller/book.ts";
import { recordSweep } from "../../src/poller/record_sweep.ts";
import { createOffsetClock, type OffsetClock } from "../fakes/offset_clock.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { createOracle, type Oracle } from "./oracle.ts";

/** A real node with wallets whose true balances are known at every block. */
export interface World extends AsyncDisposable {
  readonly anvil: Anvil;
  readonly oracle: Oracle;
}

/** The exporter's watching, cycle by cycle, on a clock that can be made to jump. */
export interface Watching extends Disposable {
  readonly clock: OffsetClock;
  readonly state: NetworkState;
  readonly network: Network;
  readonly accounts: readonly AccountState[];
  /** Lets an interval pass, and runs a cycle. */
  cycle(): Promise<Sweep>;
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
   * For one request, in milliseconds: long, so that an honest answer is in time on a busy machine too. The clock
   * jumps over it where the answer never comes. @default {MAX_TIMEOUT, or less with a short interval}
   */
  readonly timeout?: number;
  readonly plan?: Partial<NetworkPlan>;
}

/** Of a request; with a short interval less, so that its share of the cycle is longer than that. */
const MAX_TIMEOUT = 5000;

/** How many wallets a world has, if not told otherwise. */
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
  const { accounts = accountsOf(WALLETS), interval = 30_000, plan: changes } = options;
  const { timeout = Math.min(MAX_TIMEOUT, 0.4 * interval) } = options;
  const clock = createOffsetClock(timeout);
  let counted: Reason[] = [];
  const plan: NetworkPlan = {
    id: "rig",
    networkLabel: "rig",
    endpoints: urls.map((url) => ({ name: new URL(url).host, url: new EndpointUrl(new URL(url)) })),
    accounts,
    wallets: accounts.map((address, account) => ({
      account,
      address,
      label: `w${account}`,
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
    tokens: [],
    ...changes,
  };
  const book = createBook({ networks: [plan], renamed: [] }, clock);
  const [state] = book.networks;
  assert.ok(state !== undefined);
  const network = openNetwork(plan, {
    clock,
    interval,
    userAgent: "rig",
    meterOf: () => ({
      recordRequest: ({ reasons }: RequestRecord) => counted.push(...reasons),
      recordError: (reason) => counted.push(reason),
    }),
  });
  return {
    clock,
    state,
    network,
    accounts: state.accounts,
    async cycle(): Promise<Sweep> {
      clock.skip(interval);
      const started = clock.now();
      using deadline = startDeadline(clock, 0.9 * interval);
      const limits = { clock, timeout, deadline };
      const result = await sweep(network, limits);
      recordSweep(book, state, result, clock, started);
      await scout(network, result.endpoint, limits);
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
