import type { Account } from "../assets/asset.ts";
import type { AssetKeys, AssetKind } from "../assets/asset_kind.ts";
import type { NetworkConfig, WalletConfig } from "../config/model/config.ts";
import type { WalletPlan } from "./plan.ts";

/** A value that is read of a wallet besides native balances and tokens, with the keys that say so. */
export interface WalletValue {
  readonly account: Account;
  readonly keys: AssetKeys;
}

/** Lists the values of wallets, in the order of the kinds. */
export function valuesOf(
  wallets: readonly WalletConfig[],
  { parts: ofNetwork }: NetworkConfig,
  kinds: readonly AssetKind[],
): readonly WalletValue[] {
  if (kinds.length === 0) return NONE;
  const isAny = ofNetwork !== undefined || wallets.some(({ parts }) => parts !== undefined);
  if (!isAny) return NONE;
  const all = wallets.map(({ address, parts }) => ({
    address,
    keys: parts ? { ...ofNetwork, ...parts } : ofNetwork ?? {},
  }));
  return kinds.flatMap((kind) =>
    all.flatMap(({ address, keys }) => {
      const account = kind.account(address, keys);
      return account === undefined ? [] : [{ account, keys }];
    })
  );
}

const NONE: readonly WalletValue[] = [];

/** Values that take a call each share this time per call, in milliseconds. */
const PER_CALL_MS = 3000;

/**
 * Adds accounts and those that they are related to, each once, read as often as the most frequent of them. The fewer
 * share their pace, the more often they are read.
 *
 * @param accounts of the network, by key
 * @returns those that were added, in order
 */
export function addValues(accounts: Map<string, Account>, values: readonly WalletValue[]): readonly Account[] {
  const added: Account[] = [];
  const add = (account: Account): void => {
    const { key, pace, sharesPace = false, related = {} } = account;
    const known = accounts.get(key);
    if (known === undefined) {
      const made = { ...account, place: accounts.size };
      accounts.set(key, made);
      added.push(made);
    } else if (known.pace !== undefined) {
      Object.assign(known, {
        pace: Math.min(known.pace, pace ?? known.pace),
        sharesPace: known.sharesPace === true || sharesPace,
        related: { ...known.related, ...related },
      });
    }
    Object.values(related).forEach(add);
  };
  for (const { account } of values) add(account);
  const maxPace = PER_CALL_MS * added.filter(({ sharesPace }) => sharesPace).length;
  for (const account of added) {
    const { related, pace, sharesPace } = account;
    if (related !== undefined) Object.assign(account, { related: resolved(related, accounts) });
    if (pace !== undefined && sharesPace) Object.assign(account, { pace: Math.min(pace, maxPace) });
  }
  return added;
}

function resolved(
  related: NonNullable<Account["related"]>,
  accounts: ReadonlyMap<string, Account>,
): NonNullable<Account["related"]> {
  return Object.fromEntries(
    Object.entries(related).map(([name, account]) => [name, accounts.get(account.key) ?? account]),
  );
}

/** The values of the entries of one wallet; of two with the same value the first counts. */
export function planValues(
  values: readonly WalletValue[],
  accounts: ReadonlyMap<string, Account>,
): Pick<WalletPlan, "values" | "keys"> {
  if (values.length === 0) return {};
  const keys = Object.assign({}, ...values.map(({ keys }) => keys).reverse());
  return { values: [...new Set(values.map(({ account }) => accounts.get(account.key) ?? account))], keys };
}
