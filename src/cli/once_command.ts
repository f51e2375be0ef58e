import { systemClock } from "../util/clock.ts";
import type { KeptList } from "../config/model/config.ts";
import { EXIT, type ExitCode, ExitError } from "../util/errors.ts";
import { createListStore, type ListStore } from "../config/lists/list_store.ts";
import { configureLog, log } from "../util/log.ts";
import { concat, PLAIN } from "../metrics/pages/piece.ts";
import { pick, renderPage } from "../metrics/pages/render_page.ts";
import { createSelfMetrics, type SelfMetrics } from "../metrics/families/self_metrics.ts";
import { createSnapshotter } from "../metrics/model/snapshot.ts";
import type { Plan } from "../plan/plan.ts";
import { createStateStore, type StateStore } from "../poller/state.ts";
import { pollAllOnce, type PollerOptions } from "../poller/poller.ts";
import { checkCaCertificates } from "./environment.ts";
import { type ActiveConfig, configStatus, listStatuses, loadPlan } from "./active_config.ts";
import { onceCsv, onceJson, onceTable } from "./once_output.ts";
import { type OnceRow, onceRows } from "./once_rows.ts";
import { push, pushUrl } from "./push.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";

/** Meaningless after a single poll: counters since the start, and settings of a schedule. */
const LONG_RUNNING = new Set([
  "wallet_balance_spent_eth_total",
  "wallet_balance_received_eth_total",
  "wallet_token_balance_spent_total",
  "wallet_token_balance_received_total",
  "wallet_transactions_last_timestamp_seconds",
  "wallet_code_changes_total",
  "wallet_balance_exporter_checks_skipped_total",
  "wallet_balance_exporter_check_interval_seconds",
  "wallet_balance_exporter_network_check_interval_seconds",
]);

/**
 * Reads all balances once and prints or pushes them.
 *
 * @returns 4 when a balance is below its minimum, else 3 when one could not be read, else 0; muted wallets do not count
 * @throws {ExitError} when the configuration cannot be used or has no wallets, or when pushing fails
 */
export async function onceCommand(
  settings: Settings,
  { out, isColoured }: Output,
  stop: AbortSignal,
): Promise<ExitCode> {
  // Before anything is read, since the URL may be wrong.
  const gateway = settings.push === undefined ? undefined : pushUrl(settings.push, settings);
  configureLog({ level: settings.logLevel, format: settings.logFormat });
  checkCaCertificates();
  const clock = systemClock;
  const lists = createListStore(clock, { stop });
  // With a single poll no balance goes stale.
  const { plan, config } = await loadPlan({ ...settings, staleAfter: 0 }, lists);
  const { interval } = config;
  if (isEmpty(plan, config, lists)) {
    // Pushing an empty page would replace what was pushed before.
    throw new ExitError(
      EXIT.refused,
      `Nothing to read: ${config.source} has no wallets`,
      "Add wallets to the configuration",
    );
  }
  const store = createStateStore(plan, clock);
  const self = createSelfMetrics(configStatus(config, clock), () => listStatuses(config, lists));
  const meterOf: PollerOptions["meterOf"] = ({ id }, name) => self.rpc.meterOf(id, name);
  const options = { clock, interval, timeout: settings.timeout, meterOf, stop };
  await pollAllOnce(store, options);
  if (stop.aborted) return EXIT.failure;
  const rows = onceRows(store, clock);
  const page = gateway === undefined && settings.output !== "prometheus" ? "" : await pageOf(store, self, settings);
  const format = settings.output ?? (gateway === undefined ? "table" : undefined);
  if (format === "prometheus") out(page.trimEnd());
  if (format === "json") out(onceJson(rows, clock.epoch()));
  if (format === "csv") out(onceCsv(rows));
  if (format === "table") out(onceTable(rows, isColoured));
  if (gateway !== undefined) {
    await push(gateway, page);
    log.info("Metrics pushed", { to: gateway.name, balances: rows.length });
  }
  return codeOf(rows, missingLists(config, lists));
}

async function pageOf(store: StateStore, self: SelfMetrics, { release, namespace }: Settings): Promise<string> {
  const clock = systemClock;
  const identity = { release, namespace };
  const snapshot = createSnapshotter({ store, clock, identity, status: self.status, staleAfter: () => 0 })();
  const page = await renderPage(snapshot, "text", { registry: self.registry, clock }, PLAIN);
  const pieces = pick(page, (names) => !names.some((name) => LONG_RUNNING.has(name)));
  return new TextDecoder().decode(concat(PLAIN.bodyOf(pieces)));
}

function missingLists({ keptLists }: ActiveConfig, store: ListStore): readonly KeptList[] {
  return keptLists.filter((list) => !store.stateOf(list).successful);
}

/** Not if only this shard has no wallets, and not if a list could not be fetched: that is reported as not read. */
function isEmpty({ networks }: Plan, config: ActiveConfig, store: ListStore): boolean {
  return config.sizes.whole === 0 && missingLists(config, store).length === 0 &&
    networks.every(({ rejected, contracts = [] }) => rejected.length + contracts.length === 0);
}

/** A wallet below its minimum matters more than one that could not be read. */
function codeOf(rows: readonly OnceRow[], missing: readonly KeptList[]): ExitCode {
  const heard = rows.filter(({ mute }) => mute === undefined);
  if (heard.some(({ state }) => state === "below minimum" || state === "critical")) return EXIT.low;
  return missing.length > 0 || heard.some(({ reason }) => reason !== undefined) ? EXIT.notRead : EXIT.ok;
}
