import type { Endpoint } from "../../jsonrpc/endpoint.ts";

/** What was learned of the gas that contracts need, per endpoint. */
export interface TokenGas {
  /** Contracts that fail with the gas limit of calls, and work without. */
  readonly unbounded: Set<string>;
  /** When contracts that fail either way are retried, in milliseconds on the clock. */
  readonly retryAt: Map<string, number>;
}

const learned = new WeakMap<Endpoint, TokenGas>();

/** Whether calls to a contract are sent without `gas`. */
export function isUnbounded(endpoint: Endpoint, contract: string | undefined): boolean {
  return contract !== undefined && (learned.get(endpoint)?.unbounded.has(contract) ?? false);
}

/** What was learned of an endpoint's contracts; mutable. */
export function gasOf(endpoint: Endpoint): TokenGas {
  const known = learned.get(endpoint) ?? { unbounded: new Set(), retryAt: new Map() };
  learned.set(endpoint, known);
  return known;
}
