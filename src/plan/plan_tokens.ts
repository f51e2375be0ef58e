import type { Account } from "../assets/asset.ts";
import type { Level, TokenConfig, TokenLevels, WalletConfig } from "../config/model/config.ts";
import { isStricter, thresholdOf } from "../config/model/threshold.ts";
import type { TokenPlan, WalletTokenPlan } from "./plan.ts";

/** Whether the token is read for the wallet. */
export function isHeld({ symbol, wallets }: TokenConfig, { tokens = {} }: WalletConfig): boolean {
  return wallets === "all" || Object.hasOwn(tokens, symbol);
}

/**
 * Plans the tokens of one wallet.
 *
 * @param same the entries of the wallet
 * @param accounts by key
 */
export function planTokens(
  same: readonly WalletConfig[],
  tokens: readonly TokenPlan[],
  accounts: ReadonlyMap<string, Account>,
): readonly WalletTokenPlan[] {
  if (tokens.length === 0) return NONE;
  return tokens.flatMap((token) => {
    const holding = same.filter((entry) => isHeld(token, entry));
    const [first] = holding;
    if (first === undefined) return [];
    const account = token.asset.account(first.address);
    return [{
      account: accounts.get(account.key) ?? account,
      token,
      thresholds: strictest(holding.map(({ tokens = {} }) => tokens[token.symbol])),
    }];
  });
}

const NONE: readonly WalletTokenPlan[] = [];

function strictest(all: readonly (TokenLevels | undefined)[]): TokenLevels {
  const found: Partial<Record<Level, string>> = {};
  for (const levels of all) {
    for (const [name, amount] of Object.entries(levels ?? {})) {
      const level = name as Level;
      const known = found[level];
      if (known === undefined || isStricter(level, exact(amount), exact(known))) found[level] = amount;
    }
  }
  return found;
}

/** With as many places as an amount may have. */
function exact(amount: string): bigint {
  return thresholdOf(amount, "", 60).belowWei ?? 0n;
}
