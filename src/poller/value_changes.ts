import type { Account } from "../assets/asset.ts";
import type { Changes, Costs, HourlyCosts } from "../assets/value_state.ts";
import type { AccountState, NetworkState, Reading } from "./state.ts";

const HOUR_MS = 3_600_000;
const HOURS = 24;

/**
 * Notes how values besides coins and tokens changed in a poll.
 *
 * @param before their states before it, in their order
 */
export function noteChanges(
  { plan: { values = [] }, accounts }: NetworkState,
  before: readonly (AccountState | undefined)[],
): void {
  for (const [index, account] of values.entries()) {
    const state = accounts.get(account);
    const old = before[index];
    if (state?.reading === undefined || state === old) continue;
    const changes = state.reading === old?.reading
      ? old.changes
      : changesAfter(old, state.reading, coinOf(account, accounts));
    accounts.set(account, { ...state, changes });
  }
}

function coinOf({ related }: Account, accounts: NetworkState["accounts"]): AccountState | undefined {
  const coin = related?.["coin"];
  return coin && accounts.get(coin);
}

function changesAfter(old: AccountState | undefined, reading: Reading, coin: AccountState | undefined): Changes {
  const { amount, at } = reading;
  const before = old?.reading?.amount;
  const known = old?.changes;
  const costs = coin && costsAfter(known?.costs, reading, coin);
  if (known === undefined || before === undefined) return { at, count: 0, same: 0, before, costs };
  return amount === before
    ? { at: known.at, count: known.count, same: known.same + 1, before, costs }
    : { at, count: known.count + 1, same: 0, before, costs };
}

function costsAfter(known: Costs | undefined, { amount, readAt }: Reading, coin: AccountState): Costs | undefined {
  // Only what was read in one poll belongs together.
  if (coin.reading?.readAt !== readAt) return known;
  const { spent, received } = coin;
  const from = { amount, spent, received };
  // A value that falls is that of a chain that was restarted.
  if (known === undefined || amount < known.from.amount) return { hours: [], from };
  const hour = Math.floor(readAt / HOUR_MS);
  const recent = known.hours.filter((each) => each.hour > hour - HOURS);
  // What was spent cannot be known if something was received as well.
  if (received > known.from.received) return { hours: recent, from };
  const part = { hour, increase: amount - known.from.amount, spent: spent - known.from.spent };
  return { hours: withPart(recent, part), from };
}

function withPart(recent: readonly HourlyCosts[], part: HourlyCosts): readonly HourlyCosts[] {
  const { hour, increase, spent } = part;
  if (increase === 0n && spent === 0n) return recent;
  const last = recent.at(-1);
  if (last?.hour !== hour) return [...recent, { hour, increase, spent }];
  return [...recent.slice(0, -1), { hour, increase: last.increase + increase, spent: last.spent + spent }];
}
