import { type Account, contractOf } from "../../assets/asset.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";

/** What was learned of the gas that contracts need, per endpoint. */
export interface TokenGas {
  /** Until when contracts are called without the gas limit that they failed with, in milliseconds on the clock. */
  readonly unbounded: Map<string | undefined, number>;
  /** When contracts that fail either way are retried, in milliseconds on the clock. */
  readonly retryAt: Map<string, number>;
}

const learned = new WeakMap<Endpoint, TokenGas>();

/** Whether an account's contract is called without `gas`. */
export function isUnbounded(endpoint: Endpoint, account: Account): boolean {
  const until = learned.get(endpoint)?.unbounded.get(contractOf(account));
  return until !== undefined && endpoint.clock.now() < until;
}

/** What was learned of an endpoint's contracts; mutable. */
export function gasOf(endpoint: Endpoint): TokenGas {
  const known = learned.get(endpoint) ?? { unbounded: new Map(), retryAt: new Map() };
  learned.set(endpoint, known);
  return known;
}
