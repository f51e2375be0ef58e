import type { NetworkPlan, WalletPlan } from "../plan/plan.ts";
import { type Label, sortLabels, writeLabels } from "./exposition.ts";
import type { Identity } from "./identity.ts";

/**
 * The label texts of a network's wallets, escaped once. Labels are printed in
 * alphabetical order: those that only some families have (`level`,
 * `min_balance_eth`) have their places between the parts.
 */
export interface NetworkSeries {
  /** One a wallet of the plan, in its order. */
  readonly wallets: readonly WalletSeries[];
  /** One an entry set aside: all of its labels, and the space before the value. */
  readonly rejected: readonly string[];
}

/** The label texts of one wallet, in three parts. */
export interface WalletSeries {
  /** Up to where `level` stands: `{address="…",label="…"`. */
  readonly head: string;
  /** From there to where `min_balance_eth` stands; seldom anything. */
  readonly middle: string;
  /** The rest, and the space before the value: the network's, unless the configuration has labels of its own. */
  readonly tail: string;
  /** One a minimum of the plan: `,min_balance_eth="…"`. */
  readonly minimums: readonly string[];
  /** One a token of the plan: the rest of a line about it, in place of the tail. */
  readonly tokens: readonly string[];
}

/**
 * Writes the label texts of a network.
 *
 * @param plan the network
 * @param identity the labels that every series carries
 */
export function networkSeries(plan: NetworkPlan, { release, namespace }: Identity): NetworkSeries {
  const common: readonly Label[] = [["namespace", namespace], ["network", plan.networkLabel], ["release", release]];
  const tail = `,${writeLabels(common)}} `;
  return {
    wallets: plan.wallets.map((wallet) => walletSeries(wallet, plan, common, tail)),
    rejected: plan.rejected.map(({ address, label, labels = {} }) =>
      `${headOf(sortLabels([["address", address], ["label", label], ...Object.entries(labels), ...common]))}} `
    ),
  };
}

function walletSeries(
  wallet: WalletPlan,
  plan: NetworkPlan,
  common: readonly Label[],
  tail: string,
): WalletSeries {
  const { address, label, labels } = wallet;
  const own = sortLabels([["address", address], ["label", label], ...Object.entries(labels)]);
  const after = own.filter(([name]) => name > "min_balance_eth");
  return {
    head: headOf(own.filter(([name]) => name < "level")),
    middle: own.filter(([name]) => name > "level" && name < "min_balance_eth").map(continued).join(""),
    tail: after.length === 0 ? tail : tailOf([...after, ...common]),
    minimums: wallet.minimums.map(({ label }) => continued(["min_balance_eth", label])),
    tokens: wallet.tokens.map(({ token }) => {
      const { symbol = "", address = "" } = plan.tokens[token] ?? {};
      return tailOf([...after, ...common, ["symbol", symbol], ["token", address]]);
    }),
  };
}

function tailOf(labels: readonly Label[]): string {
  return `${sortLabels(labels).map(continued).join("")}} `;
}

function headOf(labels: readonly Label[]): string {
  return `{${writeLabels(labels)}`;
}

function continued(label: Label): string {
  return `,${writeLabels([label])}`;
}
