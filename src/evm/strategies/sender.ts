import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";

/**
 * Refusals of a sender that has no account: Lotus before 2026-07 ("actor not found"), Hedera's mirror node
 * ("PAYER_ACCOUNT_NOT_FOUND") and relay ("Non Existing Account Address").
 */
const UNKNOWN_SENDER =
  /actor not found|(payer|sender)[ _]?account[ _]?not[ _]?found|non[ -]existing account|sender.{0,20}(does not|doesn't) exist/i;

/** Endpoints that refused such a sender. */
const refusing = new WeakSet<Endpoint>();

/**
 * Draws the `from` of an `eth_call`. Without one, some nodes make the call as the first account of their keystore, and
 * give the sender 2^256 − 1 for it: geth 1.9.2 to 1.9.11 and its forks, XDC. An address of 160 random bits has no code
 * and no balance on any chain, and nobody watches it.
 */
export function randomSender(): string {
  return `0x${crypto.getRandomValues(new Uint8Array(20)).toHex()}`;
}

/**
 * Draws the `from` of calls to tokens, whose balances do not depend on it.
 *
 * @param endpoint whom to ask
 * @returns none where only senders with an account are taken: those may be watched
 */
export function senderFor(endpoint: Endpoint): string | undefined {
  return refusing.has(endpoint) ? undefined : randomSender();
}

/**
 * Remembers an endpoint that takes no sender without an account.
 *
 * @param endpoint whom was asked
 * @param results of calls
 */
export function noteSender(endpoint: Endpoint, results: readonly unknown[]): void {
  if (results.some((result) => result instanceof RpcError && UNKNOWN_SENDER.test(result.message))) {
    refusing.add(endpoint);
  }
}
