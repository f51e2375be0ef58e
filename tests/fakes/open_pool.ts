import { toAccounts, tokenPlan } from "./accounts.ts";
import { type Network, openNetwork } from "../../src/evm/pool/open_network.ts";
import type { Limits } from "../../src/model/source.ts";
import type { LearnedStrategy } from "../../src/evm/strategies/strategy_selector.ts";
import type { PoolEndpoint } from "../../src/evm/pool/pool_endpoint.ts";
import { type Clock, systemClock } from "../../src/util/clock.ts";
import { EndpointUrl } from "../../src/config/secrets/endpoint_url.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { type Deadline, startDeadline } from "../../src/http/deadline.ts";
import type { RequestRecord } from "../../src/jsonrpc/endpoint.ts";
import type { Reason } from "../../src/jsonrpc/errors.ts";

/** An open network with what was counted of its endpoints. */
export interface OpenPool extends Disposable {
  readonly network: Network;
  /** The only endpoint, or the first. */
  readonly poolEndpoint: PoolEndpoint;
  /** Those of a new poll, each time. */
  readonly limits: Limits;
  /** By the endpoint's name. */
  readonly records: (RequestRecord & { readonly endpoint: string })[];
  readonly faults: Reason[];
  /** How often a reason was counted, of requests and of faults. */
  count(reason: Reason): number;
}

/** What {@linkcode openPool} takes. */
export interface PoolOptions {
  /** See {@linkcode accountOf}. */
  readonly accounts: readonly string[];
  /** @default the machine's */
  readonly clock?: Clock;
  /** For one request, in milliseconds; a poll has ten times as long. @default {5000} */
  readonly timeout?: number;
  /** In milliseconds. @default {1000} */
  readonly interval?: number;
  /** The way every endpoint is read from the first; @default found out */
  readonly strategy?: LearnedStrategy;
  /** What else differs in the plan. */
  readonly plan?: TestPlan;
}

/** What differs in a plan; tokens need no more than what a configuration has. */
export interface TestPlan extends Partial<Omit<NetworkPlan, "tokens" | "accounts">> {
  /** See {@linkcode accountOf}. */
  readonly accounts?: readonly string[];
  readonly tokens?: readonly Parameters<typeof tokenPlan>[0][];
}

/** Addresses that end in 1, 2, 3 …: all of them different. */
export function accountsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `0x${(index + 1).toString(16).padStart(40, "0")}`);
}

/**
 * Opens a network of endpoints on this machine.
 *
 * @param urls one an endpoint, best first
 * @param options see {@linkcode PoolOptions}
 */
export function openPool(urls: readonly string[], options: PoolOptions): OpenPool {
  const { accounts: keys, clock = systemClock, timeout = 5000, interval = 1000, strategy, plan } = options;
  const records: (RequestRecord & { readonly endpoint: string })[] = [];
  const faults: Reason[] = [];
  const endpoints = urls.map((href) => {
    const url = new EndpointUrl(new URL(href));
    return { name: url.name, url };
  });
  const network = openNetwork({
    id: "n",
    networkLabel: "n",
    endpoints,
    wallets: [],
    rejected: [],
    quorum: 1,
    block: "latest",
    decimals: 18,
    ...plan,
    accounts: toAccounts(plan?.accounts ?? keys),
    tokens: plan?.tokens?.map(tokenPlan) ?? [],
  }, {
    clock,
    interval,
    meterOf: (endpoint) => ({
      recordRequest: (record) => records.push({ ...record, endpoint }),
      recordError: (reason) => faults.push(reason),
    }),
  });
  if (strategy !== undefined) {
    for (const { selector } of network.endpoints) Object.assign(selector, { strategy, proven: true });
  }
  const [poolEndpoint] = network.endpoints;
  if (poolEndpoint === undefined) throw new RangeError("A pool needs an endpoint");
  const deadlines: Deadline[] = [];
  return {
    network,
    poolEndpoint,
    get limits(): Limits {
      const deadline = startDeadline(clock, 10 * timeout);
      deadlines.push(deadline);
      return { clock, timeout, deadline };
    },
    records,
    faults,
    count: (reason) =>
      records.filter(({ reasons }) => reasons.has(reason)).length + faults.filter((fault) => fault === reason).length,
    [Symbol.dispose](): void {
      for (const deadline of deadlines) deadline[Symbol.dispose]();
      network[Symbol.dispose]();
    },
  };
}
