/** What is wrong with a balance, or with its wallet, the most urgent first. */
export const CONDITIONS = [
  "delegated",
  "critical",
  "depleting_fast",
  "minimum",
  "stuck",
  "silent",
  "few_transactions",
  "warning",
  "depleting_soon",
  "above_maximum",
  "unreadable",
  "values_unreadable",
  "stale",
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Those of the wallet with alerts of its own; most others are of a balance. */
const OF_WALLET = ["delegated", "stuck", "silent", "few_transactions"] as const;
export type WalletCondition = (typeof OF_WALLET)[number];

/** Whether a condition is one of the wallet. */
export function isOfWallet(condition: Condition): condition is WalletCondition {
  return OF_WALLET.some((each) => each === condition);
}

/** Those of which a muted wallet has alerts as well: a top-up would be stolen, however long ago the mute was planned. */
export const NEVER_MUTED: ReadonlySet<Condition> = new Set(["delegated"]);

/** How people call them. */
export const CONDITION_NAMES: Readonly<Record<Condition, string>> = {
  delegated: "delegated",
  critical: "critically low",
  minimum: "below minimum",
  warning: "below warning",
  stuck: "transaction stuck",
  silent: "sends nothing",
  few_transactions: "few transactions left",
  depleting_fast: "empty within hours",
  depleting_soon: "empty within days",
  above_maximum: "above maximum",
  unreadable: "cannot be read",
  values_unreadable: "transactions or code cannot be read",
  stale: "outdated",
};
/** How they call a balance without one. */
export const FINE = "fine";
