import type { Level } from "../plan/plan.ts";
import { formatCount } from "../util/text.ts";
import type { Condition } from "./conditions.ts";
import { duration, shortAmount } from "./format.ts";
import type { HoldingStatus } from "./holding_status.ts";
import { unreadValues } from "./value_status.ts";

/** As the rules have them, the most severe first. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
/** One of {@linkcode SEVERITIES}. */
export type AlertSeverity = (typeof SEVERITIES)[number];

/** What the texts are made of. */
export type AlertedHolding = Pick<
  HoldingStatus,
  "account" | "decimals" | "symbol" | "thresholds" | "depletion" | "failure" | "transactions" | "code"
>;

/** How a condition of a balance is alerted on. */
export interface ConditionAlert {
  readonly severity: AlertSeverity;
  readonly alerts: readonly [coin: string, token: string];
  text(holding: AlertedHolding, now: number): string;
}

/** The alert of each condition. */
export const CONDITION_ALERTS: Readonly<Record<Condition, ConditionAlert>> = {
  delegated: {
    severity: "critical",
    alerts: ["WalletDelegated", "WalletDelegated"],
    text: () => "Delegated to a contract (EIP-7702), which may take what it receives: do not top it up",
  },
  critical: {
    severity: "critical",
    alerts: ["WalletBalanceCriticallyLow", "WalletTokenBalanceCriticallyLow"],
    text: (holding) =>
      holding.thresholds.critical === undefined
        ? `${balanceOf(holding)}, less than a quarter of the minimum of ${limitOf(holding, "minimum")}`
        : `${balanceOf(holding)}, below the critical level of ${limitOf(holding, "critical")}`,
  },
  minimum: {
    severity: "warning",
    alerts: ["WalletBalanceBelowMinimum", "WalletTokenBalanceBelowMinimum"],
    text: (holding) => `${balanceOf(holding)}, below the minimum of ${limitOf(holding, "minimum")}`,
  },
  stuck: {
    severity: "warning",
    alerts: ["WalletTransactionsStuck", "WalletTransactionsStuck"],
    text: ({ transactions }) =>
      `${formatCount(Number(transactions?.known?.pending), "pending transaction")}, and none gets through`,
  },
  silent: {
    severity: "warning",
    alerts: ["WalletSilent", "WalletSilent"],
    text({ transactions }) {
      const { silence = NaN, expected = NaN } = transactions?.known ?? {};
      return `Sent nothing for ${duration(silence)}, longer than ${duration(expected)}`;
    },
  },
  few_transactions: {
    severity: "warning",
    alerts: ["WalletTransactionsFewLeft", "WalletTransactionsFewLeft"],
    text(holding) {
      const left = Number(holding.transactions?.known?.left);
      return `${balanceOf(holding)}, enough for ${formatCount(left, "transaction")} at their present cost`;
    },
  },
  warning: {
    severity: "warning",
    alerts: ["WalletBalanceBelowWarning", "WalletTokenBalanceBelowWarning"],
    text: (holding) => `${balanceOf(holding)}, below the warning level of ${limitOf(holding, "warning")}`,
  },
  depleting_fast: {
    severity: "critical",
    alerts: ["WalletBalanceDepletingFast", "WalletTokenBalanceDepletingFast"],
    text: (holding) => emptyIn(holding, holding.depletion.fast),
  },
  depleting_soon: {
    severity: "warning",
    alerts: ["WalletBalanceDepletingSoon", "WalletTokenBalanceDepletingSoon"],
    text: (holding) => emptyIn(holding, holding.depletion.soon),
  },
  above_maximum: {
    severity: "info",
    alerts: ["WalletBalanceAboveMaximum", "WalletTokenBalanceAboveMaximum"],
    text: (holding) => `${balanceOf(holding)}, above the maximum of ${limitOf(holding, "maximum")}`,
  },
  unreadable: {
    severity: "warning",
    alerts: ["WalletBalanceCheckFailing", "WalletTokenBalanceCheckFailing"],
    text: ({ failure }) => `Cannot be read: ${failure}`,
  },
  values_unreadable: {
    severity: "warning",
    alerts: ["WalletCheckFailing", "WalletCheckFailing"],
    text(holding) {
      const unread = unreadValues(holding);
      const reasons = new Set(unread.map(({ failure = "missing" }) => failure));
      return `Its ${unread.map(({ kind }) => kind).join(" and ")} cannot be read: ${[...reasons].join(", ")}`;
    },
  },
  stale: {
    severity: "critical",
    alerts: ["WalletBalanceStale", "WalletBalanceStale"],
    text: ({ account: { reading } }, now) => `Last read ${duration(now - (reading?.at ?? NaN))} ago`,
  },
};

function emptyIn(holding: AlertedHolding, seconds = NaN): string {
  return `${balanceOf(holding)}, empty in ${duration(seconds)} at its present rate`;
}

function balanceOf(holding: AlertedHolding): string {
  return amountOf(holding, holding.account.reading?.amount);
}

function limitOf(holding: AlertedHolding, level: Level): string {
  return amountOf(holding, holding.thresholds[level]);
}

function amountOf({ decimals, symbol }: AlertedHolding, amount: bigint | undefined): string {
  if (amount === undefined || decimals === undefined) return "an unknown amount";
  return symbol === undefined ? shortAmount(amount, decimals) : `${shortAmount(amount, decimals)} ${symbol}`;
}
