import type { Account } from "../../assets/asset.ts";
import type { SourceOptions } from "../../model/source.ts";
import { type EndpointPlan, isSameEndpoint, type NetworkPlan } from "../../plan/plan.ts";
import { openEndpoint } from "../../jsonrpc/endpoint.ts";
import type { Block } from "../../model/block.ts";
import { createCircuitBreaker } from "./circuit_breaker.ts";
import { createStrategySelector } from "../strategies/strategy_selector.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import { createRetryBudget, type RetryBudget } from "./retry_budget.ts";

/** A network: its plan, its open endpoints, and what was learned of the chain. */
export interface Network extends Disposable {
  readonly plan: NetworkPlan;
  /** One per endpoint of the plan, in its order; empty if no URL is valid. */
  readonly endpoints: readonly PoolEndpoint[];
  /** The chain id that endpoints must report: as configured, or the first that was agreed on. */
  chainId: number | undefined;
  /** The newest block of published balances: balances of older blocks are not published. */
  newest: Block | undefined;
  /** Decimals of tokens by the ids of their assets. Replaced as a whole when more are known. */
  decimals: ReadonlyMap<string, number>;
  /** The accounts whose last published balance is positive. */
  readonly funded: Set<Account>;
  /** The last published value of accounts whose asset needs it to judge the next. */
  readonly previous: Map<Account, bigint>;
  /** The highest block that was read, and how many polls in a row read a lower one that is younger. */
  readonly height: { block: Block | undefined; lowerPolls: number };
  /** Whether price feeds have rounds alone, by the keys of their accounts, once that is known. */
  readonly roundFeeds: Map<string, boolean>;
  /** In how many polls in a row values were behind the last published ones, at newer blocks. */
  readonly fallen: Map<Account, number>;
  /** In how many polls in a row zeros were withheld, and when the last of these began. */
  readonly zeros: { polls: number; startedAt: number };
  readonly budget: RetryBudget;
  /** Time between polls, in milliseconds. */
  readonly interval: number;
  /** When the last poll began, in milliseconds on the clock. */
  startedAt: number;
  /** Keeps an endpoint open when this network is disposed: another network uses it. */
  release(poolEndpoint: PoolEndpoint): void;
  /** When it was opened, by both clocks: the wall clock may be set later, the monotonic one is not. */
  readonly opened: { readonly now: number; readonly epoch: number };
}

/** What {@linkcode openNetwork} needs besides the plan. */
export interface NetworkOptions extends Omit<SourceOptions, "before"> {
  /** The network under its old plan: endpoints in both plans stay open and keep what was learned. */
  readonly before?: Network | undefined;
}

/** Opens the endpoints of a network; disposing it closes their connections. */
export function openNetwork(plan: NetworkPlan, options: NetworkOptions): Network {
  const { clock, interval, before } = options;
  const endpoints = plan.endpoints.map((endpoint) =>
    keepEndpoint(before, endpoint) ?? openPoolEndpoint(endpoint, options)
  );
  const hasStayed = before?.endpoints.some((poolEndpoint) => endpoints.includes(poolEndpoint));
  const isOneChain = hasStayed && before?.plan.chainId === plan.chainId && before?.plan.genesis === plan.genesis;
  const kept = isOneChain ? before : undefined;
  return {
    plan,
    endpoints,
    chainId: plan.chainId ?? (hasStayed ? before?.chainId : undefined),
    // With another block tag, older blocks are right.
    newest: kept?.plan.block === plan.block ? kept?.newest : undefined,
    decimals: decimalsOf(kept?.decimals, plan),
    funded: new Set(keptAccounts(plan, kept?.funded.entries()).keys()),
    previous: keptAccounts(plan, kept?.previous),
    height: kept?.height ?? { block: undefined, lowerPolls: 0 },
    roundFeeds: new Map(),
    fallen: new Map(),
    zeros: { polls: 0, startedAt: NaN },
    budget: before?.budget ?? createRetryBudget(),
    interval,
    startedAt: clock.now(),
    opened: { now: clock.now(), epoch: clock.epoch() },
    ...closing(endpoints),
  };
}

/**
 * A separate function since closures share one scope: one in {@linkcode openNetwork} would keep `before` alive, and
 * with it every earlier network.
 */
function closing(endpoints: readonly PoolEndpoint[]): Pick<Network, "release" | typeof Symbol.dispose> {
  const released = new Set<PoolEndpoint>();
  return {
    release: (poolEndpoint) => void released.add(poolEndpoint),
    [Symbol.dispose](): void {
      for (const poolEndpoint of endpoints) if (!released.has(poolEndpoint)) poolEndpoint.endpoint.close();
    },
  };
}

function openPoolEndpoint(endpoint: EndpointPlan, { clock, meterOf }: NetworkOptions): PoolEndpoint {
  const { name, url, callsPerSecond } = endpoint;
  return {
    endpoint: openEndpoint(url, { name, clock, callsPerSecond, meter: meterOf(name) }),
    selector: createStrategySelector(),
    breaker: createCircuitBreaker(),
    observed: undefined,
    headStatus: "fresh",
    reportedChainId: undefined,
    probedAt: -Infinity,
    isChainUnknown: false,
    genesisChecked: false,
    isKnownCoinless: false,
  };
}

/** What was known of accounts that are still in the plan. */
function keptAccounts<V>({ accounts }: NetworkPlan, known: Iterable<readonly [Account, V]> = []): Map<Account, V> {
  const byKey = new Map([...known].map(([{ key }, value]) => [key, value]));
  const kept = new Map<Account, V>();
  for (const account of byKey.size === 0 ? [] : accounts) {
    const value = byKey.get(account.key);
    if (value !== undefined) kept.set(account, value);
  }
  return kept;
}

/** The known decimals of tokens, except those configured differently now; and those that contracts do not have. */
function decimalsOf(known: ReadonlyMap<string, number> | undefined, { tokens }: NetworkPlan): Network["decimals"] {
  return new Map(tokens.flatMap(({ asset, decimals }) => {
    const reported = asset.decimals === undefined ? decimals ?? 0 : known?.get(asset.id);
    return reported === undefined || (decimals ?? reported) !== reported ? [] : [[asset.id, reported] as const];
  }));
}

/** An endpoint that is in both plans: the old network leaves it open. */
function keepEndpoint(before: Network | undefined, endpoint: EndpointPlan): PoolEndpoint | undefined {
  const poolEndpoint = before?.endpoints[before.plan.endpoints.findIndex((other) => isSameEndpoint(endpoint, other))];
  if (poolEndpoint !== undefined) before?.release(poolEndpoint);
  return poolEndpoint;
}
