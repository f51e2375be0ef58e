import { type Account, PACE_SHARE } from "../assets/asset.ts";
import type { Source } from "../model/source.ts";
import type { NetworkState } from "./state.ts";
import { valueState } from "./value_states.ts";

/** A value that was not read is tried again after this time, in milliseconds, if its pace is slower. */
const RETRY_MS = 60_000;

/**
 * Lists what to read in the next poll: coins and tokens always, other values at their pace, and notes when these were
 * asked for.
 *
 * @param now milliseconds on the monotonic clock
 */
export function takeDueAccounts(
  { plan, accounts, asked }: NetworkState,
  source: Pick<Source, "isFree">,
  now: number,
): readonly Account[] {
  const { values = NONE } = plan;
  if (values.length === 0) return plan.accounts;
  const due = values.filter((account) => isDue(account));
  for (const { key } of due) asked.set(key, now);
  return due.length === values.length
    ? plan.accounts
    : [...plan.accounts.slice(0, plan.accounts.length - values.length), ...due];

  function isDue(account: Account): boolean {
    const { asset, pace = 0, key } = account;
    const isInTime = now - (asked.get(key) ?? -Infinity) >= PACE_SHARE * paceNow(account, pace);
    const mayAsk = isInTime || source.isFree?.(account) === true;
    return mayAsk && (asset.isDue === undefined || asset.isDue(valueState(accounts, account)));
  }

  function paceNow(account: Account, pace: number): number {
    return accounts.get(account)?.failure === undefined ? pace : Math.min(pace, RETRY_MS);
  }
}

const NONE: readonly Account[] = [];
