import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { installTokens, setTokens, TOKENS } from "./token_contracts.ts";

/** A chain that was used for a day. */
export interface Past extends AsyncDisposable {
  readonly anvil: Anvil;
  readonly wallets: readonly string[];
  /** What a wallet had so many hours ago. */
  balanceAt(wallet: number, hours: number): bigint;
  /** How many tokens it had: of {@linkcode TOKENS.good}. */
  tokensAt(wallet: number, hours: number): bigint;
}

export interface PastOptions {
  readonly wallets?: number;
  readonly hours?: number;
  readonly chainId?: number;
  readonly hasTokens?: boolean;
}

/** In wei and smallest units: what every tenth wallet spends in an hour. */
const SPENDING = 10n ** 16n;
const TOKENS_SPENT = 3n;

/** What the spenders had a day before. */
const BEGIN = 10n ** 18n;
const TOKENS_AT_FIRST = 1000n;
/** Hour of a top-up, by a wallet's whole balance at first. */
const TOP_UP = 12;

/** Makes such a chain, whose last block is made now. Each hour, at its beginning, the spenders have less. */
export async function startPast(options: PastOptions = {}): Promise<Past> {
  const { wallets: count = 30, hours = 25, chainId = 31337, hasTokens = false } = options;
  const began = Math.floor(Date.now() / 1000) - 3600 * hours;
  const anvil = await startAnvil({ chainId, args: ["--timestamp", String(began - 3600)] });
  const wallets = accountsOf(count);
  const isSpender = (wallet: number): boolean => wallet % 10 === 0;
  const balanceAt = (wallet: number, ago: number): bigint => {
    if (!isSpender(wallet)) return BEGIN;
    return BEGIN - BigInt(hours - ago) * SPENDING + (ago <= TOP_UP ? BEGIN : 0n);
  };
  const tokensAt = (wallet: number, ago: number): bigint =>
    isSpender(wallet) ? TOKENS_AT_FIRST - BigInt(hours - ago) * TOKENS_SPENT : TOKENS_AT_FIRST;
  try {
    if (hasTokens) await installTokens(anvil);
    for (let hour = 0; hour <= hours; hour++) {
      await anvil.rpc("evm_setNextBlockTimestamp", [began + 3600 * hour]);
      await anvil.rpc("evm_mine");
      // Anvil keeps the state of a block as it is when the next one is made.
      const changed = wallets.entries().filter(([wallet]) => hour === 0 || isSpender(wallet));
      for (const [wallet, address] of changed) {
        await anvil.setBalance(address, balanceAt(wallet, hours - hour));
        if (hasTokens) await setTokens(anvil, TOKENS.good, address, tokensAt(wallet, hours - hour));
      }
    }
  } catch (error) {
    await anvil.stop();
    throw error;
  }
  return { anvil, wallets, balanceAt, tokensAt, [Symbol.asyncDispose]: () => anvil.stop() };
}
