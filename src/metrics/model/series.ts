import type { NetworkPlan, RejectedEntry, WalletPlan, WalletTokenPlan } from "../../plan/plan.ts";

/** A label and its value, unescaped. */
export type Label = readonly [name: string, value: string];

/** The kinds of series. */
export type SeriesKind = "coin" | "token";

/** The series of a network by kind, in the order of the plan. */
export type NetworkSeries = Readonly<Record<SeriesKind, readonly Series[]>>;

/** A wallet's coin, or one of its tokens. */
export interface Series {
  readonly wallet: WalletPlan;
  /** None for the coin. */
  readonly token: WalletTokenPlan | undefined;
}

/** The labels of a wallet, and those of a token besides; the configuration may add more. */
export const WALLET_LABELS: readonly string[] = ["address", "label", "network"];
export const TOKEN_LABELS: readonly string[] = [...WALLET_LABELS, "symbol", "token"];

/** Lists the series of a network. */
export function seriesOf({ wallets }: NetworkPlan): NetworkSeries {
  return {
    coin: wallets.map((wallet) => ({ wallet, token: undefined })),
    token: wallets.flatMap((wallet) => wallet.tokens.map((token) => ({ wallet, token }))),
  };
}

/** Lists the labels of a series. */
export function labelsOf({ networkLabel }: NetworkPlan, { wallet, token }: Series): readonly Label[] {
  const ofToken: readonly Label[] = token === undefined
    ? []
    : [["symbol", token.token.symbol], ["token", token.token.address]];
  return [...walletLabels(wallet, networkLabel), ...ofToken];
}

/** Lists the labels of a rejected entry. */
export function rejectedLabels({ networkLabel }: NetworkPlan, entry: RejectedEntry): readonly Label[] {
  return walletLabels(entry, networkLabel);
}

function walletLabels({ address, label, labels = {} }: WalletPlan | RejectedEntry, network: string): readonly Label[] {
  return [["address", address], ["label", label], ["network", network], ...Object.entries(labels)];
}
