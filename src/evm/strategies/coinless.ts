import { coinsIn } from "./view_call.ts";

/**
 * Chains without a coin, where fees are paid in tokens: `eth_getBalance` returns one placeholder for every address, and
 * the BALANCE opcode 0. Tempo's mainnet, testnet and devnet: https://github.com/tempoxyz/tempo/issues/1499
 */
const COINLESS: ReadonlySet<number | undefined> = new Set([4217, 42431, 31318]);

/**
 * Tells whether a chain has a coin.
 *
 * @param chainId one that is not known has
 */
export function hasCoin(chainId: number | undefined): boolean {
  return !COINLESS.has(chainId);
}

/**
 * Counts the accounts that are not read, since the chain has no coin: they stand before those of tokens.
 *
 * @param accounts of a network
 * @param chainId its chain, as far as known
 */
export function skippedCoins(accounts: readonly string[], chainId: number | undefined): number {
  return hasCoin(chainId) ? 0 : coinsIn(accounts);
}
