import type { Account } from "../assets/asset.ts";
import { nativeAccount } from "../assets/native.ts";
import type { Defaults, Labels, Level, Levels, WalletConfig } from "../config/model/config.ts";
import {
  type Amounts,
  contradictedLevels,
  isStricter,
  NO_THRESHOLD,
  type Threshold,
} from "../config/model/threshold.ts";
import type { TokenPlan, WalletPlan } from "./plan.ts";
import { planValues, type WalletValue } from "./plan_values.ts";
import { planTokens } from "./plan_tokens.ts";

/**
 * Plans one wallet.
 *
 * @param same the entries of one address and label
 * @param accounts by key
 * @param noLabels all label names, with empty values
 */
export function planWallet(
  same: readonly WalletConfig[],
  tokens: readonly TokenPlan[],
  accounts: ReadonlyMap<string, Account>,
  noLabels: Labels,
  values: readonly WalletValue[],
): WalletPlan {
  const { address, label } = same[0] ?? { address: "", label: "" };
  return {
    account: accounts.get(address) ?? nativeAccount(address),
    address,
    label,
    ...thresholdsOf(same),
    labels: labelsOf(same, noLabels),
    tokens: planTokens(same, tokens, accounts),
    ...planValues(values, accounts),
    ...muteOf(same),
  };
}

function muteOf(same: readonly WalletConfig[]): Pick<WalletPlan, "mute"> {
  const [first, ...others] = same.flatMap(({ mute }) => mute ?? []);
  return first === undefined
    ? {}
    : { mute: others.reduce((last, each) => each.until > last.until ? each : last, first) };
}

type Thresholds = Pick<WalletPlan, "minimums" | "hasInvalidMinimum" | "thresholds">;

/** Most wallets have a minimum and nothing else, and share it with many: what follows from it is made once. */
const known = new WeakMap<object, WeakMap<Threshold, Thresholds>>();
const NO_DEFAULTS = { minimum: NO_THRESHOLD, levels: {}, labels: {} };

function thresholdsOf(same: readonly WalletConfig[]): Thresholds {
  const [only, second] = same;
  const { defaults = NO_DEFAULTS } = only ?? {};
  if (only === undefined || second !== undefined || hasAny(only.levels)) return makeThresholds(same, defaults);
  const alike = known.get(defaults) ?? new WeakMap<Threshold, Thresholds>();
  known.set(defaults, alike);
  const made = alike.get(only.minimum) ?? makeThresholds(same, defaults);
  alike.set(only.minimum, made);
  return made;
}

/** Those of all entries; of the defaults only what none of them says. */
function makeThresholds(same: readonly WalletConfig[], defaults: Defaults): Thresholds {
  const written = same.map(({ minimum }) => minimum);
  const own = written.filter((minimum) => minimum !== NO_THRESHOLD);
  // Without defaults, as in version 1, an entry without a minimum is one that nothing is below.
  const ofWallet = strictest([own, ...same.map(({ levels }) => levels)]);
  const inherited = withoutContradicted(strictest([[defaults.minimum], defaults.levels]), ofWallet);
  const all = defaults === NO_DEFAULTS ? written : own.length > 0 ? own : [inherited.minimum ?? NO_THRESHOLD];
  const minimums = new Map<string, Threshold>();
  for (const minimum of all) {
    // Of two with one label, 0 and none, the one that is a number.
    if (minimum.belowWei !== undefined && minimums.get(minimum.label)?.coins === undefined) {
      minimums.set(minimum.label, minimum);
    }
  }
  return {
    minimums: [...minimums.values()],
    hasInvalidMinimum: all.some((minimum) => minimum.belowWei === undefined),
    thresholds: { ...inherited, ...strictest([all, ...same.map(({ levels }) => levels)]) },
  };
}

function withoutContradicted(
  inherited: WalletPlan["thresholds"],
  own: WalletPlan["thresholds"],
): WalletPlan["thresholds"] {
  const dropped = contradictedLevels(amountsOf(inherited), amountsOf(own));
  if (dropped.length === 0) return inherited;
  return Object.fromEntries(Object.entries(inherited).filter(([level]) => !dropped.some((each) => each === level)));
}

function amountsOf(thresholds: WalletPlan["thresholds"]): Amounts {
  return Object.fromEntries(
    Object.entries(thresholds).flatMap(([level, { belowWei }]) => belowWei === undefined ? [] : [[level, belowWei]]),
  );
}

function labelsOf(same: readonly WalletConfig[], noLabels: Labels): Labels {
  const { defaults } = same[0] ?? {};
  if (!hasAny(defaults?.labels) && same.every(({ labels }) => !hasAny(labels))) return noLabels;
  return Object.assign({}, noLabels, defaults?.labels, ...same.map(({ labels }) => labels));
}

function hasAny(values: object | undefined): boolean {
  return values !== undefined && Object.keys(values).length > 0;
}

/** The strictest of each level, of minimums and of other levels; those that cannot be shown are left out. */
function strictest(
  [minimums, ...levels]: readonly [readonly Threshold[], ...(Levels | undefined)[]],
): WalletPlan["thresholds"] {
  const found: Partial<Record<Level, Threshold>> = {};
  const all = [
    ...minimums.map((minimum) => ["minimum", minimum] as const),
    ...levels.flatMap((each) => Object.entries(each ?? {})),
  ];
  for (const [name, threshold] of all) {
    const level = name as Level;
    const { coins, belowWei = 0n } = threshold;
    const known = found[level]?.belowWei;
    if (coins !== undefined && (known === undefined || isStricter(level, belowWei, known))) found[level] = threshold;
  }
  return found;
}
