import type { Labels, Level, TokenConfig, WalletConfig } from "../config/config.ts";
import type { Threshold } from "../config/threshold.ts";
import type { WalletPlan } from "../plan.ts";
import { planTokens } from "./plan_tokens.ts";

/**
 * Plans one wallet.
 *
 * @param same its entries: one, or several of one address and label
 * @param tokens the network's
 * @param indexOf the places of the network's accounts
 * @param noLabels every name of a label that any wallet has, without a value
 */
export function planWallet(
  same: readonly WalletConfig[],
  tokens: readonly TokenConfig[],
  indexOf: ReadonlyMap<string, number>,
  noLabels: Labels,
): WalletPlan {
  const { address, label } = same[0] ?? { address: "", label: "" };
  return {
    account: indexOf.get(address) ?? 0,
    address,
    label,
    ...thresholdsOf(same),
    labels: labelsOf(same, noLabels),
    tokens: planTokens(same, tokens, indexOf),
  };
}

type Thresholds = Pick<WalletPlan, "minimums" | "spoilt" | "thresholds">;

/** Most wallets have a minimum and nothing else, and share it with many: what follows from it is made once. */
const known = new WeakMap<Threshold, Thresholds>();

function thresholdsOf(same: readonly WalletConfig[]): Thresholds {
  const [only, second] = same;
  if (only === undefined || second !== undefined || hasAny(only.levels)) return makeThresholds(same);
  const made = known.get(only.minimum) ?? makeThresholds(same);
  known.set(only.minimum, made);
  return made;
}

function makeThresholds(same: readonly WalletConfig[]): Thresholds {
  const minimums = new Map<string, Threshold>();
  for (const { minimum } of same) {
    // Of two with one label, 0 and none, the one that is a number.
    if (minimum.belowWei !== undefined && minimums.get(minimum.label)?.coins === undefined) {
      minimums.set(minimum.label, minimum);
    }
  }
  return {
    minimums: [...minimums.values()],
    spoilt: same.some(({ minimum }) => minimum.belowWei === undefined),
    thresholds: strictest(same),
  };
}

function labelsOf(same: readonly WalletConfig[], noLabels: Labels): Labels {
  if (same.every(({ labels }) => !hasAny(labels))) return noLabels;
  return Object.assign({}, noLabels, ...same.map(({ labels }) => labels));
}

function hasAny(values: object | undefined): boolean {
  return values !== undefined && Object.keys(values).length > 0;
}

function strictest(same: readonly WalletConfig[]): WalletPlan["thresholds"] {
  const found: Partial<Record<Level, Threshold>> = {};
  for (const { minimum, levels } of same) {
    for (const [name, threshold] of [["minimum", minimum] as const, ...Object.entries(levels ?? {})]) {
      const level = name as Level;
      const { coins, belowWei = 0n } = threshold;
      const known = found[level]?.belowWei;
      if (coins !== undefined && (known === undefined || known < belowWei)) found[level] = threshold;
    }
  }
  return found;
}
