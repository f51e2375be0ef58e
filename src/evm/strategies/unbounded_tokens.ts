import { tokenOf } from "../../plan/plan.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";

/** What was learned of an endpoint's tokens, by their contracts. */
export interface TokenGas {
  /** Those that fail with the gas that calls are given, and work without a bound. */
  readonly unbounded: Set<string>;
  /** When those that fail either way are tried again, in milliseconds on the clock. */
  readonly retryAt: Map<string, number>;
}

const learned = new WeakMap<Endpoint, TokenGas>();

/**
 * Tells whether calls to the contract of an account are sent without `gas`.
 *
 * @param endpoint whom to ask
 * @param account a coin's or a token's
 */
export function isUnbounded(endpoint: Endpoint, account: string): boolean {
  return learned.get(endpoint)?.unbounded.has(contractOf(account)) ?? false;
}

/**
 * Returns what was learned of an endpoint's tokens, to be changed by what is learned next.
 *
 * @param endpoint whose
 */
export function gasOf(endpoint: Endpoint): TokenGas {
  const known = learned.get(endpoint) ?? { unbounded: new Set(), retryAt: new Map() };
  learned.set(endpoint, known);
  return known;
}

/**
 * Returns the contract of a token's account; nothing of a coin's.
 *
 * @param account a coin's or a token's
 */
export function contractOf(account: string): string {
  return tokenOf(account)?.token ?? "";
}
