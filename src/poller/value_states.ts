import type { Account } from "../assets/asset.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "./state.ts";

/** The state of a value, with those of its related accounts. */
export interface StateWithRelated extends AccountState {
  readonly related?: Readonly<Record<string, AccountState>>;
}

/**
 * Returns what is known of a value and its related accounts, without readings that are too old.
 *
 * @param oldest in milliseconds on the monotonic clock; one that is read less often may be older. @default {-Infinity}
 */
export function valueState(
  accounts: NetworkState["accounts"],
  account: Account,
  oldest: number = -Infinity,
): StateWithRelated {
  const own = shownState(accounts, account, oldest);
  const { related } = account;
  if (related === undefined) return own;
  return {
    ...own,
    related: Object.fromEntries(
      Object.entries(related).map(([name, other]) => [name, shownState(accounts, other, oldest)]),
    ),
  };
}

function shownState(accounts: NetworkState["accounts"], account: Account, oldest: number): AccountState {
  const state = accounts.get(account) ?? UNKNOWN;
  const { reading } = state;
  return reading === undefined || reading.readAt >= oldest - (account.pace ?? 0)
    ? state
    : { ...state, reading: undefined };
}
