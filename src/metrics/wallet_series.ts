import type { NetworkPlan, WalletPlan } from "../plan.ts";
import type { Identity } from "./identity.ts";
import { writeLabels } from "./exposition.ts";

/**
 * The label texts of a network's wallets, escaped once. Labels are printed in
 * alphabetical order: address, label, then what only some families have
 * (`level`, `min_balance_eth`), then namespace, network, release.
 */
export interface NetworkSeries {
  /** After the wallet's own labels: `,namespace="…",network="…",release="…"} `. */
  readonly tail: string;
  /** One a wallet of the plan, in its order. */
  readonly wallets: readonly WalletSeries[];
  /** One an entry set aside: `{address="…",label="…"`. */
  readonly setAside: readonly string[];
}

/** The label texts of one wallet. */
export interface WalletSeries {
  /** `{address="…",label="…"`. */
  readonly head: string;
  /** One a minimum of the plan: `,min_balance_eth="…"`. */
  readonly minimums: readonly string[];
}

/**
 * Writes the label texts of a network.
 *
 * @param plan the network
 * @param identity the labels that every series carries
 */
export function networkSeries(plan: NetworkPlan, { release, namespace }: Identity): NetworkSeries {
  const common = writeLabels([["namespace", namespace], ["network", plan.shownAs], ["release", release]]);
  return {
    tail: `,${common}} `,
    wallets: plan.wallets.map(walletSeries),
    setAside: plan.setAside.map(headOf),
  };
}

function walletSeries(wallet: WalletPlan): WalletSeries {
  return {
    head: headOf(wallet),
    minimums: wallet.minimums.map(({ label }) => `,${writeLabels([["min_balance_eth", label]])}`),
  };
}

function headOf({ address, label }: { readonly address: string; readonly label: string }): string {
  return `{${writeLabels([["address", address], ["label", label]])}`;
}
