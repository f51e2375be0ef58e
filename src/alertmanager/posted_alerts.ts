/** The alerts that the exporter posts by itself, as the rules have them; and whether they wait for the rule's `for`. */
export const POSTED = {
  WalletBalanceBelowWarning: { waits: false },
  WalletBalanceBelowMinimum: { waits: false },
  WalletBalanceCriticallyLow: { waits: false },
  WalletBalanceAboveMaximum: { waits: false },
  WalletBalanceEmptied: { waits: false },
  WalletBalanceDepletingFast: { waits: true },
  WalletBalanceDepletingSoon: { waits: true },
  WalletBalanceCheckFailing: { waits: true },
  WalletBalanceNetworkUnreachable: { waits: true },
  WalletBalanceStale: { waits: true },
  WalletTokenBalanceBelowWarning: { waits: false },
  WalletTokenBalanceBelowMinimum: { waits: false },
  WalletTokenBalanceCriticallyLow: { waits: false },
  WalletTokenBalanceAboveMaximum: { waits: false },
  WalletTokenBalanceEmptied: { waits: false },
  WalletTokenBalanceDepletingFast: { waits: true },
  WalletTokenBalanceDepletingSoon: { waits: true },
  WalletTokenBalanceCheckFailing: { waits: true },
  WalletSilent: { waits: true },
  WalletTransactionsStuck: { waits: true },
  WalletTransactionsFewLeft: { waits: true },
  WalletCheckFailing: { waits: true },
  WalletDelegated: { waits: true },
  WalletBalanceExporterStalled: { waits: true },
  WalletBalanceExporterNoWallets: { waits: true },
  WalletBalanceExporterConfigReloadFailed: { waits: true },
  WalletBalanceExporterConfigEntriesRejected: { waits: true },
  WalletBalanceExporterWalletListFailed: { waits: true },
  WalletBalanceExporterEndpointDown: { waits: true },
  WalletBalanceExporterCheckSlow: { waits: true },
} as const;
/** One of {@linkcode POSTED}. */
export type PostedAlert = keyof typeof POSTED;

/** An alert that always fires, so that its absence is noticed. No rule has it. */
export const HEARTBEAT = "WalletBalanceExporterHeartbeat";

/** Placeholders of a level of the wallet, of which a text has one at most. */
export const LEVEL_PLACEHOLDERS = [
  "of_warning",
  "of_critical",
  "of_maximum",
  "of_token_warning",
  "of_token_minimum",
  "of_token_critical",
  "of_token_maximum",
] as const;

/** Placeholders of their texts that depend on the network and the wallet. */
export const TEXT_PLACEHOLDERS: ReadonlySet<string> = new Set(["coin", "holds", "holds_token", ...LEVEL_PLACEHOLDERS]);
