import type { Account } from "../assets/asset.ts";
import { Erc20 } from "../assets/erc20.ts";
import { PriceFeed } from "../assets/price_feed.ts";
import { View } from "../assets/view.ts";
import type {
  ContractConfig,
  Labels,
  Level,
  PriceConfig,
  TokenConfig,
  TokenLevels,
  WalletConfig,
} from "../config/model/config.ts";
import { isStricter, thresholdOf } from "../config/model/threshold.ts";
import type { PricePlan, TokenPlan, WalletPlan, WalletTokenPlan } from "./plan.ts";

/** Plans what is read of a token. */
export function planToken(token: TokenConfig): TokenPlan {
  const { address, hasDecimals, view } = token;
  return { ...token, asset: view === undefined ? new Erc20(address, hasDecimals) : new View(address, view) };
}

/** Plans a price; its contract is in the network's tokens, since its decimals are read like theirs. */
export function planPrice({ symbols, feed, maxAge }: PriceConfig): PricePlan {
  const asset = new PriceFeed(feed);
  const token: TokenPlan = { symbol: `${symbols[0]}/USD`, address: feed, wallets: "named", asset };
  return { symbols, token, account: asset.account(feed), updated: asset.updated, round: asset.round, maxAge };
}

/** A price with the accounts of its network, by key. */
export function withAccounts(price: PricePlan, accounts: ReadonlyMap<string, Account>): PricePlan {
  const { account, updated } = price;
  return {
    ...price,
    account: accounts.get(account.key) ?? account,
    updated: accounts.get(updated.key) ?? updated,
  };
}

/** A contract with its view. */
export interface OwnView extends Omit<ContractConfig, "token"> {
  readonly token: TokenPlan;
}

/** The account of a contract's view. */
export function ownAccount({ token: { asset, address } }: OwnView): Account {
  return asset.account(address);
}

/**
 * Plans a contract as a wallet that has its view and no coin.
 *
 * @param accounts by key
 */
export function planContract(
  own: OwnView,
  accounts: ReadonlyMap<string, Account>,
  noLabels: Labels,
): WalletPlan {
  const { token, thresholds, labels } = own;
  const { address, symbol } = token;
  const account = accounts.get(ownAccount(own).key) ?? ownAccount(own);
  return {
    account,
    address,
    label: symbol,
    minimums: [],
    hasInvalidMinimum: false,
    thresholds: {},
    labels: { ...noLabels, ...labels },
    tokens: [{ account, token, thresholds }],
  };
}

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
