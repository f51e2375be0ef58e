import { type Account, contractOf } from "../../assets/asset.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";

/** What was learned of the gas that contracts need, per endpoint. */
export interface TokenGas {
  /** Contracts that fail with the gas limit of calls, and work without. */
  readonly unbounded: Set<string | undefined>;
  /** When contracts that fail either way are retried, in milliseconds on the clock. */
  readonly retryAt: Map<string, number>;
}

const learned = new WeakMap<Endpoint, TokenGas>();

/** Whether an account's contract is called without `gas`. */
export function isUnbounded(endpoint: Endpoint, account: Account): boolean {
  return learned.get(endpoint)?.unbounded.has(contractOf(account)) ?? false;
}

/** What was learned of an endpoint's contracts; mutable. */
export function gasOf(endpoint: Endpoint): TokenGas {
  const known = learned.get(endpoint) ?? { unbounded: new Set(), retryAt: new Map() };
  learned.set(endpoint, known);
  return known;
}
