import type { ExporterStatus } from "../metrics/model/snapshot.ts";
import type { NetworkState } from "../poller/state.ts";
import type { Clock } from "../util/clock.ts";
import { formatCount } from "../util/text.ts";
import { type AlertSeverity, CONDITION_ALERTS } from "./condition_alerts.ts";
import { NEVER_MUTED } from "./conditions.ts";
import { type Condition, CONDITIONS, type HoldingStatus } from "./holding_status.ts";
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
  const { severity, alerts: [coin, token], text } = CONDITION_ALERTS[condition];
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
