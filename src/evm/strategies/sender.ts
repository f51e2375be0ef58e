import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";

/**
 * Errors of nodes that refuse a sender without an account: Lotus before 2026-07 ("actor not found"), Hedera's mirror
 * node ("PAYER_ACCOUNT_NOT_FOUND") and relay ("Non Existing Account Address").
 */
const UNKNOWN_SENDER =
  /actor not found|(payer|sender)[ _]?account[ _]?not[ _]?found|non[ -]existing account|sender.{0,20}(does not|doesn't) exist/i;

/** Endpoints that refused such a sender. */
const refusing = new WeakSet<Endpoint>();

/**
 * Draws the `from` of an `eth_call`. Without one, some nodes use the first account of their keystore, and set the
 * balance of the sender to 2^256 − 1: geth 1.9.2 to 1.9.11 and its forks, XDC. An address of 160 random bits has no
 * code and no balance on any chain, and is not a configured wallet.
 */
export function randomSender(): string {
  return `0x${crypto.getRandomValues(new Uint8Array(20)).toHex()}`;
}

/**
 * Draws the `from` of calls to tokens, whose balances do not depend on it.
 *
 * @returns undefined if the endpoint accepts only senders with an account, which may be configured wallets
 */
export function senderFor(endpoint: Endpoint): string | undefined {
  return refusing.has(endpoint) ? undefined : randomSender();
}

/** Remembers an endpoint that refuses senders without an account. */
export function noteSender(endpoint: Endpoint, results: readonly unknown[]): void {
  if (results.some((result) => result instanceof RpcError && UNKNOWN_SENDER.test(result.message))) {
    refusing.add(endpoint);
  }
}
