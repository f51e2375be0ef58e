import type { Level, TokenConfig, TokenLevels, WalletConfig } from "../config/model/config.ts";
import { thresholdOf } from "../config/model/threshold.ts";
import { tokenAccount, type WalletTokenPlan } from "./plan.ts";

/**
 * Tells whether a wallet is watched for a token.
 *
 * @param token which
 * @param wallet of the token's network
 */
export function isHeld({ symbol, wallets }: TokenConfig, { tokens = {} }: WalletConfig): boolean {
  return wallets === "all" || Object.hasOwn(tokens, symbol);
}

/**
 * Plans the tokens of one wallet.
 *
 * @param same its entries
 * @param tokens the network's
 * @param indexOf the places of the network's accounts
 */
export function planTokens(
  same: readonly WalletConfig[],
  tokens: readonly TokenConfig[],
  indexOf: ReadonlyMap<string, number>,
): readonly WalletTokenPlan[] {
  if (tokens.length === 0) return NONE;
  return tokens.flatMap((token, place) => {
    const holding = same.filter((entry) => isHeld(token, entry));
    const [first] = holding;
    if (first === undefined) return [];
    const account = indexOf.get(tokenAccount(token.address, first.address)) ?? 0;
    return [{ account, token: place, thresholds: strictest(holding.map(({ tokens = {} }) => tokens[token.symbol])) }];
  });
}

const NONE: readonly WalletTokenPlan[] = [];

function strictest(all: readonly (TokenLevels | undefined)[]): TokenLevels {
  const found: Partial<Record<Level, string>> = {};
  for (const levels of all) {
    for (const [name, amount] of Object.entries(levels ?? {})) {
      const level = name as Level;
      const known = found[level];
      if (known === undefined || exact(known) < exact(amount)) found[level] = amount;
    }
  }
  return found;
}

/** With as many places as an amount may have. */
function exact(amount: string): bigint {
  return thresholdOf(amount, "", 60).belowWei ?? 0n;
}
