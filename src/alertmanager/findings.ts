import { hasCoin } from "../evm/chains/chain_facts.ts";
import type { Label } from "../metrics/model/series.ts";
import { mutedWallets } from "../plan/mutes.ts";
import type { NetworkState } from "../poller/state.ts";
import { isCoinRead } from "../status/value_status.ts";
import { ALERT_TEXTS } from "./annotations.ts";
import type { Finding, FindingsSource } from "./finding.ts";
import { HEARTBEAT } from "./posted_alerts.ts";
import { walletFindings } from "./wallet_findings.ts";

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
