import { stateOf } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { strategyOf } from "../strategies/strategy_selector.ts";

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
  const shown = strategyOf(selector);
  const each = shown === "batch" || shown === "single" ? 1 : 1 / selector.sizes[selector.strategy].size;
  return accounts * each / pacer.perSecond;
}
