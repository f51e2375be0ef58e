import type { Account } from "../../assets/asset.ts";
import type { SourceOptions } from "../../model/source.ts";
import { type EndpointPlan, isSameEndpoint, type NetworkPlan } from "../../plan/plan.ts";
import { openEndpoint } from "../../jsonrpc/endpoint.ts";
import type { Block } from "../../model/block.ts";
import { createCircuitBreaker } from "./circuit_breaker.ts";
import { createStrategySelector } from "../strategies/strategy_selector.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import { createRetryBudget, type RetryBudget } from "./retry_budget.ts";

/** A network as it is read: the plan, its open endpoints, and what was learned of the chain. */
export interface Network extends Disposable {
  readonly plan: NetworkPlan;
  /** One an endpoint of the plan, in its order; none when no URL can ever answer. */
  readonly endpoints: readonly PoolEndpoint[];
  /** The chain it must be: as planned, or the first that was agreed on; another one later is a fault. */
  chainId: number | undefined;
  /** The newest block that balances were published of: older ones are not. */
  newest: Block | undefined;
  /** Of the plan's tokens, by their contracts; replaced whole when more is known. */
  decimals: ReadonlyMap<string, number>;
  /** The accounts that had something when they were last published. */
  readonly funded: Set<Account>;
  /** The last published value of accounts whose asset compares with it. */
  readonly previous: Map<Account, bigint>;
  /** In how many polls in a row zeros were withheld, and when the last of them began. */
  readonly zeros: { polls: number; startedAt: number };
  readonly budget: RetryBudget;
  /** From one poll to the next, in milliseconds. */
  readonly interval: number;
  /** When the last poll began, in milliseconds on the clock. */
  startedAt: number;
  /** Leaves an endpoint open when this is disposed of: another network goes on with it. */
  release(poolEndpoint: PoolEndpoint): void;
  /** When it was opened: the wall clock may be set since, the other one is not. */
  readonly opened: { readonly now: number; readonly epoch: number };
}

/** What {@linkcode openNetwork} needs besides the plan. */
export interface NetworkOptions extends Omit<SourceOptions, "before"> {
  /** The network under its old plan: what was learned of endpoints that stay is kept, and they stay open. */
  readonly before?: Network | undefined;
}

/**
 * Opens the endpoints of a network. Dispose it to give their connections back.
 *
 * @param plan which network
 * @param options see {@linkcode NetworkOptions}
 */
export function openNetwork(plan: NetworkPlan, options: NetworkOptions): Network {
  const { clock, interval, before } = options;
  const endpoints = plan.endpoints.map((endpoint) =>
    keepEndpoint(before, endpoint) ?? openPoolEndpoint(endpoint, options)
  );
  const hasStayed = before?.endpoints.some((poolEndpoint) => endpoints.includes(poolEndpoint)) ?? false;
  const isOneChain = hasStayed && before?.plan.chainId === plan.chainId && before?.plan.genesis === plan.genesis;
  return {
    plan,
    endpoints,
    chainId: plan.chainId ?? (hasStayed ? before?.chainId : undefined),
    // Of another kind of block, older ones are right.
    newest: isOneChain && before?.plan.block === plan.block ? before?.newest : undefined,
    decimals: isOneChain ? stillRight(before?.decimals, plan) : new Map(),
    funded: fundedAmong(plan, isOneChain ? before : undefined),
    previous: previousOf(plan, isOneChain ? before : undefined),
    zeros: { polls: 0, startedAt: NaN },
    budget: before?.budget ?? createRetryBudget(),
    interval,
    startedAt: clock.now(),
    opened: { now: clock.now(), epoch: clock.epoch() },
    ...closing(endpoints),
  };
}

/**
 * A function of its own: closures share one scope, and one in {@linkcode openNetwork} would keep `before` alive, and
 * with it every network before that.
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

function openPoolEndpoint(
  endpoint: EndpointPlan,
  { clock, userAgent, meterOf, isProxied }: NetworkOptions,
): PoolEndpoint {
  const { name, url, callsPerSecond } = endpoint;
  const viaProxy = isProxied?.(url.reveal().href) ?? false;
  return {
    endpoint: openEndpoint(url, { name, clock, userAgent, callsPerSecond, viaProxy, meter: meterOf(name) }),
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

/** The accounts that stay, and had something. */
function fundedAmong({ accounts }: NetworkPlan, before: Network | undefined): Set<Account> {
  if (before === undefined) return new Set();
  const had = new Set([...before.funded].map(({ key }) => key));
  return new Set(accounts.filter(({ key }) => had.has(key)));
}

function previousOf({ accounts }: NetworkPlan, before: Network | undefined): Map<Account, bigint> {
  if (before === undefined || before.previous.size === 0) return new Map();
  const known = new Map([...before.previous].map(([{ key }, amount]) => [key, amount]));
  return new Map(accounts.flatMap((account) => {
    const amount = known.get(account.key);
    return amount === undefined ? [] : [[account, amount]];
  }));
}

/** The decimals of tokens, but for those that are configured otherwise now. */
function stillRight(known: ReadonlyMap<string, number> | undefined, { tokens }: NetworkPlan): Network["decimals"] {
  return new Map(tokens.flatMap(({ address, decimals }) => {
    const told = known?.get(address);
    return told === undefined || (decimals ?? told) !== told ? [] : [[address, told] as const];
  }));
}

/** An endpoint that stays: the network before leaves it open. */
function keepEndpoint(before: Network | undefined, endpoint: EndpointPlan): PoolEndpoint | undefined {
  const place = before?.plan.endpoints.findIndex((other) => isSameEndpoint(endpoint, other)) ?? -1;
  const poolEndpoint = before?.endpoints[place];
  if (poolEndpoint !== undefined) before?.release(poolEndpoint);
  return poolEndpoint;
}
