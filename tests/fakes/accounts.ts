import type { Account } from "../../src/assets/asset.ts";
import { Erc20 } from "../../src/assets/erc20.ts";
import { nativeAccount } from "../../src/assets/native.ts";
import type { TokenPlan } from "../../src/plan/plan.ts";

const tokens = new Map<string, Erc20>();
const known = new Map<string, Account>();

/** The token of a contract: always the same object. */
export function tokenOf(contract: string): Erc20 {
  const token = tokens.get(contract) ?? new Erc20(contract);
  tokens.set(contract, token);
  return token;
}

/** The account of an address, of `token/holder`, or of `token/decimals`: always the same object. */
export function accountOf(key: string): Account {
  const found = known.get(key) ?? makeAccount(key);
  known.set(key, found);
  return found;
}

/** The accounts of keys, in their order. */
export function toAccounts(keys: readonly string[]): readonly Account[] {
  return keys.map(accountOf);
}

function makeAccount(key: string): Account {
  const [first = "", holder] = key.split("/");
  if (holder === undefined) return nativeAccount(first);
  const token = tokenOf(first);
  const account = holder === "decimals" ? token.decimals : token.account(holder);
  if (account === undefined) throw new TypeError(`No account is ${key}`);
  return account;
}

/** A token as a plan has it, with what follows from its address. */
export function tokenPlan(
  token: { readonly symbol: string; readonly address: string; readonly decimals?: number | undefined },
): TokenPlan {
  return { ...token, wallets: "named", asset: tokenOf(token.address) };
}

/** The key of an address with a token. */
export function tokenKey(contract: string, holder: string): string {
  return `${contract}/${holder}`;
}

/** The key of the decimals of a token. */
export function decimalsKey(contract: string): string {
  return `${contract}/decimals`;
}
