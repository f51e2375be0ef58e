import type { RpcError } from "../../jsonrpc/errors.ts";
import type { EndpointState, EndpointStatus } from "../../model/source.ts";
import { strategyOf } from "../strategies/strategy_selector.ts";
import { stateOf } from "./circuit_breaker.ts";
import type { Network } from "./open_network.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";

/** The status of an endpoint after a poll. */
export function statusOf({ endpoint, breaker, selector, headStatus }: PoolEndpoint): EndpointStatus {
  const { asked, failure } = breaker;
  const known = failure === undefined && headStatus !== "fresh" ? headStatus : endpointState(failure);
  return {
    name: endpoint.name,
    state: asked ? known : undefined,
    strategy: asked ? strategyOf(selector) : undefined,
    size: selector.sizes[selector.strategy].size,
    failure,
  };
}

/** The state of an endpoint that failed; `undefined` when it did not. */
export function endpointState(failure: RpcError | undefined): EndpointState {
  if (failure?.refusal === "unsupported") return "unsupported";
  return failure === undefined ? "ok" : failure.traits.state ?? "unreachable";
}

/**
 * The minimum duration of a poll at the pace, configured or learned, of the slowest endpoint that it may read from.
 *
 * @returns seconds; 0 without a limit
 */
export function minPollSeconds({ endpoints, plan }: Network): number {
  const able = endpoints.filter(({ breaker, endpoint }) => stateOf(breaker, endpoint.clock.now()) === "closed");
  return Math.max(0, ...able.map((poolEndpoint) => secondsFor(poolEndpoint, plan.accounts.length)));
}

function secondsFor({ selector, endpoint: { pacer } }: PoolEndpoint, accounts: number): number {
  const { strategy, sizes } = selector;
  // In a batch, each account is a call.
  const calls = strategy === "packed" || strategy === "multicall" ? accounts / sizes[strategy].size : accounts;
  return calls / pacer.perSecond;
}
