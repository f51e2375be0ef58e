import type { Account, NetworkPlan, RejectedEntry, WalletPlan, WalletTokenPlan } from "../../plan/plan.ts";

/** A label and its value, unescaped. */
export type Label = readonly [name: string, value: string];

/** The series of a network by the kind of their assets, in the order of the plan. */
export type NetworkSeries = Readonly<Record<string, readonly Series[]>>;

/** What a wallet holds of one asset. */
export interface Series {
  readonly wallet: WalletPlan;
  /** None of other assets. */
  readonly token: WalletTokenPlan | undefined;
  readonly account: Account;
}

/** The labels of a wallet, and those of a token besides; the configuration may add more. */
export const WALLET_LABELS: readonly string[] = ["address", "label", "network"];
export const TOKEN_LABELS: readonly string[] = [...WALLET_LABELS, "symbol", "token"];

/** Lists the series of a network. */
export function seriesOf({ wallets, contracts = [] }: NetworkPlan): NetworkSeries {
  const values = wallets.flatMap((wallet) =>
    (wallet.values ?? []).map((account) => ({ wallet, token: undefined, account }))
  );
  return {
    ...Object.groupBy(values, ({ account }) => account.asset.kind),
    native: wallets.map((wallet) => ({ wallet, token: undefined, account: wallet.account })),
    erc20: [...wallets, ...contracts].flatMap((wallet) =>
      wallet.tokens.map((token) => ({ wallet, token, account: token.account }))
    ),
  };
}

/** Lists the labels of a series. */
export function labelsOf({ networkLabel }: NetworkPlan, { wallet, token }: Omit<Series, "account">): readonly Label[] {
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
