import type { RpcError } from "../../jsonrpc/errors.ts";
import type { EndpointState, EndpointStatus } from "../../model/source.ts";
import { strategyOf } from "../strategies/strategy_selector.ts";
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
  };
}

/** The state of an endpoint that failed; `undefined` when it did not. */
export function endpointState(failure: RpcError | undefined): EndpointState {
  if (failure?.refusal === "unsupported") return "unsupported";
  return failure === undefined ? "ok" : failure.traits.state ?? "unreachable";
}
