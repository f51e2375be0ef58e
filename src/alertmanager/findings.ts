import { hasCoin } from "../evm/chains/chain_facts.ts";
import type { ExporterStatus } from "../metrics/model/snapshot.ts";
import { type Label, labelsOf, rejectedLabels } from "../metrics/model/series.ts";
import { isBelow } from "../plan/limits.ts";
import { mutedWallets } from "../plan/mutes.ts";
import type { WalletPlan } from "../plan/plan.ts";
import { type NetworkState, UNKNOWN } from "../poller/state.ts";
import { isUsableInRules } from "../rules/render_rules.ts";
import { toUnits } from "../poller/units.ts";
import { type Condition, HoldingStatus, type StatusContext } from "../status/holding_status.ts";
import { walletStatuses } from "../status/wallet_status.ts";
import { ALERT_TEXTS } from "./annotations.ts";
import { HEARTBEAT, type PostedAlert } from "./posted_alerts.ts";

/** Something that holds now, as an alert of the rules has it. */
export interface Finding {
  readonly alert: PostedAlert | typeof HEARTBEAT;
  /** Besides those that all alerts have. */
  readonly labels: readonly Label[];
  /** The value of the rule's expression. */
  readonly value: number;
  /** Of the coin. */
  readonly symbol?: string | undefined;
  /** The unique name of its network. */
  readonly network?: string;
  readonly address?: string;
}

/** What findings are made of. */
export interface FindingsSource extends StatusContext {
  readonly networks: readonly NetworkState[];
  readonly exporter: ExporterStatus;
  /** Older balances are not shown, in milliseconds; 0 for never. */
  readonly staleAfter: number;
  /** Which part of the wallets the exporter has; undefined if it has all. */
  readonly shard: number | undefined;
  /** Findings of wallets, by network: they are listed again after its poll only, and once in a while. */
  readonly known: WeakMap<NetworkState, NetworkFindings>;
}

/** The findings of a network's wallets, and what they were made of. */
export interface NetworkFindings {
  readonly findings: readonly Finding[];
  readonly isUnreachable: boolean;
  /** Replaced by each poll. */
  readonly endpoints: NetworkState["endpoints"];
  readonly lastFinished: number | undefined;
  /** In milliseconds on the monotonic clock. */
  readonly at: number;
}

/** Readings get stale without a poll; in milliseconds, as the rules are evaluated. */
export const MAX_AGE_MS = 60_000;

/**
 * Lists everything that holds, with a pause after each wallet. Networks that were not polled yet are left out: nothing
 * is known of them.
 */
export function* listFindings(source: FindingsSource): Iterable<Finding | undefined> {
  const { shard } = source;
  // A shard that is lost must be noticed beside others.
  yield { alert: HEARTBEAT, labels: shard === undefined ? [] : [["shard", String(shard)]], value: 1 };
  yield* exporterFindings(source);
  const polled = source.networks.filter(({ lastFinished }) => lastFinished !== undefined);
  const unreachable = unreachableNetworks(polled, source.clock.epoch());
  for (const [network, count] of unreachable) {
    const [state] = polled.filter(({ plan }) => plan.networkLabel === network);
    const labels: readonly Label[] = [["network", network]];
    yield { alert: "WalletBalanceNetworkUnreachable", labels, value: count, ...placeOf(state) };
  }
  for (const network of polled) {
    yield* networkFindings(network, source, unreachable.has(network.plan.networkLabel));
    yield* knownFindings(network, source, unreachable.has(network.plan.networkLabel));
  }
}

function placeOf(network: NetworkState | undefined): Pick<Finding, "network"> {
  return network === undefined ? {} : { network: network.plan.id };
}

/** Whether a wallet's coin was read, as `wallet_balance_check_success` has it; undefined if it was never tried. */
function isCoinRead({ accounts }: NetworkState, { account, hasInvalidMinimum }: WalletPlan): boolean | undefined {
  const { attempted, failure } = accounts.get(account) ?? UNKNOWN;
  return attempted ? failure === undefined && !hasInvalidMinimum : undefined;
}

/** How many wallets, without muted ones, the networks have of which none can be read, by the label of the network. */
function unreachableNetworks(networks: readonly NetworkState[], at: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const readable = new Set<string>();
  for (const network of networks) {
    const muted = mutedWallets(network.plan, at);
    const { plan, chainId = plan.chainId } = network;
    let failed = plan.rejected.length;
    for (const wallet of hasCoin(chainId) ? plan.wallets : []) {
      const isRead = isCoinRead(network, wallet);
      if (isRead) readable.add(plan.networkLabel);
      else if (isRead === false && !muted.has(wallet)) failed++;
    }
    if (failed > 0) counts.set(plan.networkLabel, (counts.get(plan.networkLabel) ?? 0) + failed);
  }
  for (const network of readable) counts.delete(network);
  return counts;
}

function* exporterFindings({ exporter, networks, clock, interval, shard }: FindingsSource): Iterable<Finding> {
  const { hasFailedReload, rejectedEntries, lists } = exporter;
  if (hasFailedReload) yield { alert: "WalletBalanceExporterConfigReloadFailed", labels: [], value: 0 };
  if (rejectedEntries > 0) {
    yield { alert: "WalletBalanceExporterConfigEntriesRejected", labels: [], value: rejectedEntries };
  }
  for (const { network, list, successful } of lists) {
    if (successful) continue;
    const labels: readonly Label[] = [["network", network], ["list", list]];
    yield { alert: "WalletBalanceExporterWalletListFailed", labels, value: 0 };
  }
  // A shard may have none.
  if (shard === undefined && networks.every(({ plan }) => plan.wallets.length === 0)) {
    yield { alert: "WalletBalanceExporterNoWallets", labels: [], value: 0 };
  }
  const age = clock.epoch() - Math.min(...networks.map(({ lastFinished = NaN }) => lastFinished));
  const { threshold = Infinity } = ALERT_TEXTS.WalletBalanceExporterStalled;
  const longest = Math.max(...networks.map(({ plan }) => plan.interval ?? interval));
  if (Number.isNaN(age) || age > threshold * longest / 1000) {
    // As the rule has it, 0 is an exporter whose first poll never finished.
    yield { alert: "WalletBalanceExporterStalled", labels: [], value: Number.isNaN(age) ? 0 : age };
  }
}

function* networkFindings(
  { plan, seconds = 0, endpoints }: NetworkState,
  { interval }: FindingsSource,
  isUnreachable: boolean,
): Iterable<Finding> {
  const labels: readonly Label[] = [["network", plan.id]];
  const place = { network: plan.id };
  const { threshold = Infinity } = ALERT_TEXTS.WalletBalanceExporterCheckSlow;
  if (seconds > threshold * (plan.interval ?? interval) / 1000) {
    yield { alert: "WalletBalanceExporterCheckSlow", labels, value: seconds, ...place };
  }
  if (isUnreachable || plan.endpoints.length < 2) return;
  for (const { name, state = "ok" } of endpoints) {
    if (state === "ok" || state === "halted") continue;
    const own: readonly Label[] = [...labels, ["endpoint", name]];
    yield { alert: "WalletBalanceExporterEndpointDown", labels: own, value: 1, ...place };
  }
}

/** The alerts of a coin and of a token; the rules have fewer for tokens. */
const OF_CONDITION: Readonly<Record<Condition, readonly (PostedAlert | undefined)[]>> = {
  delegated: [],
  stuck: [],
  silent: [],
  few_transactions: [],
  critical: ["WalletBalanceCriticallyLow", "WalletTokenBalanceCriticallyLow"],
  minimum: ["WalletBalanceBelowMinimum", "WalletTokenBalanceBelowMinimum"],
  warning: ["WalletBalanceBelowWarning", "WalletTokenBalanceBelowWarning"],
  above_maximum: ["WalletBalanceAboveMaximum", "WalletTokenBalanceAboveMaximum"],
  depleting_fast: ["WalletBalanceDepletingFast", "WalletTokenBalanceDepletingFast"],
  depleting_soon: ["WalletBalanceDepletingSoon", "WalletTokenBalanceDepletingSoon"],
  stale: ["WalletBalanceStale", undefined],
  unreadable: ["WalletBalanceCheckFailing", undefined],
};

function* knownFindings(
  network: NetworkState,
  source: FindingsSource,
  isUnreachable: boolean,
): Iterable<Finding | undefined> {
  const { known, clock } = source;
  const before = known.get(network);
  const at = clock.now();
  const { endpoints, lastFinished } = network;
  const isSame = before?.endpoints === endpoints && before.lastFinished === lastFinished &&
    before.isUnreachable === isUnreachable;
  if (isSame && at - before.at < MAX_AGE_MS) return yield* before.findings;
  const findings: Finding[] = [];
  for (const finding of walletFindings(network, source, isUnreachable)) {
    if (finding !== undefined) findings.push(finding);
    yield finding;
  }
  known.set(network, { findings, isUnreachable, endpoints, lastFinished, at });
}

function* walletFindings(
  network: NetworkState,
  source: FindingsSource,
  isUnreachable: boolean,
): Iterable<Finding | undefined> {
  const { plan, chainId = plan.chainId } = network;
  /** How many wallets a token cannot be read of, by its contract. */
  const failedTokens = new Map<string, { count: number; readonly labels: readonly Label[] }>();
  for (const { wallet, holdings, mute } of walletStatuses(network, source)) {
    for (const holding of mute === undefined ? holdings : []) {
      yield* holdingFindings(network, holding, source, isUnreachable);
      const { token, account } = holding;
      if (token === undefined || !account.attempted || account.failure === undefined) continue;
      if (hasCoin(chainId) && isCoinRead(network, wallet) === false) continue;
      const { address, symbol } = token.token;
      const labels: readonly Label[] = [["network", plan.networkLabel], ["symbol", symbol], ["token", address]];
      const failed = failedTokens.get(address) ?? { count: 0, labels };
      failedTokens.set(address, failed);
      failed.count++;
    }
    yield undefined;
  }
  for (const { count, labels } of failedTokens.values()) {
    yield { alert: "WalletTokenBalanceCheckFailing", labels, value: count, network: plan.id };
  }
  if (isUnreachable) return;
  for (const entry of plan.rejected) {
    yield {
      alert: "WalletBalanceCheckFailing",
      labels: rejectedLabels(plan, entry).filter(isInRules),
      value: 0,
      network: plan.id,
    };
  }
}

/** The rules have no other labels of the configuration. */
function isInRules([name]: Label): boolean {
  return name === "cluster" || isUsableInRules(name);
}

function* holdingFindings(
  network: NetworkState,
  holding: HoldingStatus,
  source: FindingsSource,
  isUnreachable: boolean,
): Iterable<Finding> {
  const { wallet, token, account: { reading, spent } } = holding;
  // Most of 10,000 wallets have no condition: for them nothing else is computed.
  if (holding.condition === undefined && spent === 0n) return;
  const emptied = token === undefined ? "WalletBalanceEmptied" : "WalletTokenBalanceEmptied";
  // What a wallet lost while it was muted is no alert afterwards.
  const isJudged = wallet.mute === undefined || source.clock.epoch() >= wallet.mute.until + 3600;
  const isEmptied = isJudged && holding.isEmptied(ALERT_TEXTS[emptied].threshold ?? 0);
  if (holding.condition === undefined && !isEmptied) return;
  const common = findingOf(network, holding);
  const { staleAfter, clock } = source;
  const isShown = reading !== undefined && (staleAfter === 0 || clock.now() - reading.readAt <= staleAfter);
  if (isEmptied && isShown) yield { ...common, alert: emptied };
  for (const condition of holding.conditions(source)) {
    const alert = OF_CONDITION[condition][token === undefined ? 0 : 1];
    if (alert === undefined) continue;
    if (condition === "unreadable") {
      if (!isUnreachable) yield { ...common, alert, value: 0 };
    } else if (condition === "stale") {
      // With an invalid minimum its timestamp has no series.
      if (reading !== undefined && !wallet.hasInvalidMinimum) {
        yield { ...common, alert, value: clock.epoch() - reading.at };
      }
    } else if (!isShown) {
      continue;
    } else if (condition === "minimum" && token === undefined) {
      for (const minimum of wallet.minimums.filter((each) => isBelow(reading.amount, each))) {
        yield { ...common, alert, labels: [...common.labels, ["min_balance_eth", minimum.label]] };
      }
    } else if (condition === "depleting_fast" || condition === "depleting_soon") {
      const { fast = 0, soon = 0 } = holding.depletion;
      yield { ...common, alert, value: condition === "depleting_fast" ? fast : soon };
    } else {
      yield { ...common, alert };
    }
  }
}

/** What the findings of a holding have in common; the value is the balance. */
function findingOf({ plan }: NetworkState, holding: HoldingStatus): Omit<Finding, "alert"> {
  const { wallet, token, account: { reading }, decimals } = holding;
  return {
    labels: labelsOf(plan, { wallet, token, account: (token ?? wallet).account }).filter(isInRules),
    value: toUnits(reading?.amount ?? 0n, decimals),
    symbol: token === undefined ? holding.symbol : undefined,
    network: plan.id,
    address: wallet.address,
  };
}
