import type { ExporterStatus } from "../metrics/model/snapshot.ts";
import type { Level } from "../plan/plan.ts";
import type { NetworkState } from "../poller/state.ts";
import type { Clock } from "../util/clock.ts";
import { formatCount } from "../util/text.ts";
import { duration, shortAmount } from "./format.ts";
import { NEVER_MUTED } from "./conditions.ts";
import { type Condition, CONDITIONS, type HoldingStatus } from "./holding_status.ts";
import { unreadValues } from "./value_status.ts";
import type { WalletStatus } from "./wallet_status.ts";

/** Something that needs a person, as the alerting rules have it. */
export interface ActiveAlert {
  /** Also the name of its runbook. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /** What it is about; neither if it is the exporter. */
  readonly network?: NetworkState;
  readonly holding?: HoldingStatus;
  /** A phrase such as `0.3 ETH, below the minimum of 1 ETH`. */
  readonly text: string;
  /** In seconds since the Unix epoch: for at least as long. Undefined if unknown. */
  readonly since: number | undefined;
}

/** As the rules have them, the most severe first. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type AlertSeverity = (typeof SEVERITIES)[number];

/** How a condition of a balance is alerted on. */
interface Rule {
  readonly severity: AlertSeverity;
  readonly alerts: readonly [coin: string, token: string];
  text(holding: HoldingStatus, now: number): string;
}

const RULES: Readonly<Record<Condition, Rule>> = {
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
      `${formatCount(Number(transactions?.known?.pending ?? 1n), "pending transaction")}, and none gets through`,
  },
  silent: {
    severity: "warning",
    alerts: ["WalletSilent", "WalletSilent"],
    text({ transactions }) {
      const { silence = 0, expected = 0 } = transactions?.known ?? {};
      return `Sent nothing for ${duration(silence)}, longer than ${duration(expected)}`;
    },
  },
  few_transactions: {
    severity: "warning",
    alerts: ["WalletTransactionsFewLeft", "WalletTransactionsFewLeft"],
    text(holding) {
      const { left = 0 } = holding.transactions?.known ?? {};
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
    text: (holding) => `${balanceOf(holding)}, empty in ${duration(holding.depletion.fast ?? 0)} at its present rate`,
  },
  depleting_soon: {
    severity: "warning",
    alerts: ["WalletBalanceDepletingSoon", "WalletTokenBalanceDepletingSoon"],
    text: (holding) => `${balanceOf(holding)}, empty in ${duration(holding.depletion.soon ?? 0)} at its present rate`,
  },
  above_maximum: {
    severity: "info",
    alerts: ["WalletBalanceAboveMaximum", "WalletTokenBalanceAboveMaximum"],
    text: (holding) => `${balanceOf(holding)}, above the maximum of ${limitOf(holding, "maximum")}`,
  },
  unreadable: {
    severity: "warning",
    alerts: ["WalletBalanceCheckFailing", "WalletTokenBalanceCheckFailing"],
    text: ({ failure = "missing" }) => `Cannot be read: ${failure}`,
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
    text: ({ account: { reading } }, now) => `Last read ${duration(now - (reading?.at ?? now))} ago`,
  },
};

/** Lists what is wrong: balances by urgency, then networks and the exporter. */
export function* activeAlerts(
  networks: readonly NetworkState[],
  wallets: readonly WalletStatus[],
  exporter: ExporterStatus,
  clock: Clock,
): Iterable<ActiveAlert> {
  const unreadable = unreadableNetworks(wallets);
  const urgent = wallets.filter(({ condition }) => condition !== undefined);
  for (const condition of CONDITIONS) {
    for (const { network, holdings, mute } of urgent) {
      if (mute !== undefined && !NEVER_MUTED.has(condition)) continue;
      // One alert of the network stands for those of its wallets.
      if (condition === "unreadable" && unreadable.has(network)) continue;
      for (const holding of holdings) {
        if (holding.shown.includes(condition)) yield walletAlert(condition, network, holding, clock);
      }
    }
  }
  for (const [network, count] of unreadable) yield networkAlert(network, count);
  for (const network of networks) yield* rejectedAlerts(network);
  yield* exporterAlerts(exporter);
}

/** The networks of which no wallet can be read, and how many these are. */
function unreadableNetworks(wallets: readonly WalletStatus[]): ReadonlyMap<NetworkState, number> {
  const counts = new Map<NetworkState, number>();
  const readable = new Set<NetworkState>();
  for (const { network, holdings, mute } of wallets) {
    // Whatever its condition: one that was low when it was last read stays low.
    if (holdings.some(({ account: { attempted, failure } }) => !attempted || failure === undefined)) {
      readable.add(network);
    }
    if (mute === undefined) counts.set(network, (counts.get(network) ?? 0) + 1);
  }
  for (const network of readable) counts.delete(network);
  return counts;
}

function walletAlert(
  condition: Condition,
  network: NetworkState,
  holding: HoldingStatus,
  clock: Clock,
): ActiveAlert {
  const { severity, alerts: [coin, token], text } = RULES[condition];
  return {
    name: holding.token === undefined ? coin : token,
    severity,
    network,
    holding,
    text: text(holding, clock.epoch()),
    since: sinceOfWallet(condition, holding) ?? sinceOf(condition, network, holding, clock),
  };
}

function sinceOfWallet(condition: Condition, { code, transactions }: HoldingStatus): number | undefined {
  if (condition === "delegated") return code?.since;
  const { lastAt, expected = 0 } = transactions?.known ?? {};
  if (lastAt === undefined) return undefined;
  return condition === "stuck" ? lastAt : condition === "silent" ? lastAt + expected : undefined;
}

/** Changes of the history are 32-bit floats, and balances are often moved to a level exactly. */
const TOLERANCE = 1e-6;

function sinceOf(
  condition: Condition,
  { history }: NetworkState,
  { token, wallet, account: { reading }, thresholds }: HoldingStatus,
  clock: Clock,
): number | undefined {
  if (condition === "unreadable" || condition === "stale") return reading?.at;
  const limit = condition === "critical" ? thresholds.critical ?? (thresholds.minimum ?? 0n) / 4n : limitIn(condition);
  if (limit === undefined || reading === undefined) return undefined;
  const isFine = (amount: number): boolean =>
    condition === "above_maximum"
      ? amount <= Number(limit) * (1 + TOLERANCE)
      : amount >= Number(limit) * (1 - TOLERANCE);
  const points = history.points((token ?? wallet).account);
  const fine = points.findLastIndex(({ changeSince }) => isFine(Number(reading.amount) - changeSince));
  const first = points[fine + 1];
  return first === undefined ? reading.at : clock.epoch() - (clock.now() - first.at) / 1000;

  function limitIn(level: Condition): bigint | undefined {
    if (level === "above_maximum") return thresholds.maximum;
    return level === "minimum" || level === "warning" ? thresholds[level] : undefined;
  }
}

function networkAlert(network: NetworkState, wallets: number): ActiveAlert {
  const reasons = [...new Set(network.endpoints.flatMap(({ failure }) => failure?.reason ?? []))];
  const why = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  const reads = [...network.accounts.values()].flatMap(({ reading }) => reading?.at ?? []);
  return {
    name: "WalletBalanceNetworkUnreachable",
    severity: "critical",
    network,
    text: `${wallets === 1 ? "Its wallet cannot" : `None of its ${wallets} wallets can`} be read${why}`,
    since: reads.length === 0 ? undefined : reads.reduce((latest, at) => Math.max(latest, at)),
  };
}

function rejectedAlerts(network: NetworkState): readonly ActiveAlert[] {
  const { rejected } = network.plan;
  if (rejected.length === 0) return [];
  return [{
    name: "WalletBalanceExporterConfigEntriesRejected",
    severity: "warning",
    network,
    text: `${formatCount(rejected.length, "entry", "entries")} rejected and not monitored`,
    since: undefined,
  }];
}

function exporterAlerts({ hasFailedReload, lists }: ExporterStatus): readonly ActiveAlert[] {
  const failed = lists.filter(({ successful }) => !successful).map(({ list, goodAt }): ActiveAlert => ({
    name: "WalletBalanceExporterWalletListFailed",
    severity: "warning",
    text: `The wallet list ${list} cannot be read`,
    since: goodAt,
  }));
  if (!hasFailedReload) return failed;
  return [{
    name: "WalletBalanceExporterConfigReloadFailed",
    severity: "warning",
    text: "The last change of the configuration could not be applied: the one before is in use",
    since: undefined,
  }, ...failed];
}

function balanceOf({ account: { reading }, decimals = 0, symbol }: HoldingStatus): string {
  return withSymbol(reading?.amount ?? 0n, decimals, symbol);
}

function limitOf(
  { thresholds, decimals = 0, symbol }: HoldingStatus,
  level: Level,
): string {
  return withSymbol(thresholds[level] ?? 0n, decimals, symbol);
}

function withSymbol(amount: bigint, decimals: number, symbol: string | undefined): string {
  return symbol === undefined ? shortAmount(amount, decimals) : `${shortAmount(amount, decimals)} ${symbol}`;
}
