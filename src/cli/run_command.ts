import { readEnv } from "../util/process.ts";
import { createListStore } from "../config/lists/list_store.ts";
import { ignoredFile } from "../config/load_config.ts";
import { createMemoryBudget } from "../config/model/memory_budget.ts";
import { createPageStore } from "../metrics/pages/page_store.ts";
import { createSelfMetrics } from "../metrics/families/self_metrics.ts";
import { commonLabels, createSnapshotter } from "../metrics/model/snapshot.ts";
import { createLinks } from "../page/links.ts";
import { createStateStore, notifyChanged } from "../poller/state.ts";
import { startPoller } from "../poller/poller.ts";
import { createGuard } from "../server/guard.ts";
import { createHealth } from "../server/health.ts";
import { createPageRoutes } from "../server/page_routes.ts";
import { createRoutes } from "../server/routes.ts";
import { serve } from "../server/serve.ts";
import { createStatusRoute } from "../server/status_route.ts";
import { createStatusReader } from "../status/status.ts";
import { openNotifier } from "../systemd/notifier.ts";
import { notifyLoop, statusLine } from "../systemd/notify_loop.ts";
import { systemClock } from "../util/clock.ts";
import { EXIT, type ExitCode } from "../util/errors.ts";
import { configureLog, log } from "../util/log.ts";
import { VERSION } from "../version.ts";
import { configStatus, listStatuses, loadPlan } from "./active_config.ts";
import type { AlertingOptions } from "./alertmanagers.ts";
import { checkCaCertificates, reportProxy } from "./environment.ts";
import { webPrefixes } from "./address_values.ts";
import type { Settings } from "./options.ts";
import { watchRefusedFile } from "./refused_file.ts";
import { startReloadLoop } from "./reload_loop.ts";
import { loadWebConfig, NO_WEB_CONFIG, reloadWebConfigLoop } from "./web_config_reload.ts";

/** How long pending requests may take when the program stops, in milliseconds. */
const STOP_GRACE = 500;

/**
 * Polls the wallets and serves their balances until `stop` is aborted.
 *
 * @param onHangup registers a listener for requests to reload the configuration
 * @throws {ExitError} when the configuration or the listen address cannot be used
 */
export async function runCommand(
  settings: Settings,
  stop: AbortSignal,
  onHangup: (listener: () => void) => void,
): Promise<ExitCode> {
  const { release, namespace, timeout, telemetryPath } = settings;
  configureLog({ level: settings.logLevel, format: settings.logFormat });
  checkCaCertificates();
  const clock = systemClock;
  let cost: number | undefined;
  const lists = createListStore(clock, {
    stop,
    allowShrink: settings.allowShrink,
    budget: () => createMemoryBudget(cost),
  });
  const ignored = ignoredFile(settings);
  if (ignored !== undefined) log.warn("Ignoring the configuration file, WALLET_CONFIG is set", { file: ignored });
  const { plan, config } = await loadPlan(settings, lists);
  if (stop.aborted) return EXIT.ok;
  let active = config;
  cost = config.cost;
  reportProxy(readEnv);

  const store = createStateStore(plan, clock);
  const identity = { release, namespace, shard: settings.shard?.index };
  const self = createSelfMetrics(configStatus(active, clock), () => listStatuses(active, lists));
  const staleAfter = (): number => active.staleAfter;
  const snapshot = createSnapshotter({ store, clock, identity, status: self.status, staleAfter });
  const pages = createPageStore({ store, clock, self, snapshot });
  const listening = (): readonly string[] => server.problems();
  const health = createHealth({ store, clock, interval: () => active.interval, listening, stop });
  const { webConfig, maxRequests, maxConnectionsPerClient, enableLifecycle } = settings;
  const webStamps = new Map<string, string>();
  const web = webConfig === undefined ? NO_WEB_CONFIG : await loadWebConfig(webConfig, webStamps);
  const postAlerts = settings.alertmanagerUrls === undefined && settings.alertmanagerHttpConfig === undefined
    ? undefined
    : await prepareAlerts(settings, { store, self, active: () => active, identity, clock, stop });
  const reload = enableLifecycle ? () => reloader.reload() : undefined;
  const readStatus = createStatusReader({ store, clock, self, interval: () => active.interval });
  const status = createStatusRoute(readStatus, clock);
  const { routePrefix, linkPrefix } = webPrefixes(settings);
  const links = createLinks(linkPrefix, telemetryPath);
  const common = commonLabels(identity);
  const handler = createRoutes({
    pages,
    health,
    status,
    people: settings.page ? createPageRoutes({ read: readStatus, common, links, routePrefix, clock }) : undefined,
    links,
    routePrefix,
    telemetryPath,
    reload,
  });
  const guard = createGuard({ clock, maxRequests, perClient: maxConnectionsPerClient > 0, routePrefix, handler }, web);
  const server = serve({
    addresses: settings.listenAddresses ?? [{ hostname: "", port: settings.port }],
    handler: guard.handler,
    certificate: web.tls,
    clock,
    maxPerClient: maxConnectionsPerClient,
  });
  const { networks } = store;
  const wallets = networks.reduce((sum, { plan }) => sum + plan.wallets.length, 0);
  for (const url of server.urls) {
    log.info("Serving", {
      url: url + routePrefix + telemetryPath,
      version: VERSION,
      networks: networks.length,
      wallets,
    });
  }

  const poller = startPoller(store, {
    clock,
    interval: active.interval,
    timeout,
    meterOf: (network, endpoint) => self.rpc.meterOf(network.id, endpoint),
    stop,
  });
  const reloader = startReloadLoop({
    settings,
    active: () => active,
    onApplied(next) {
      active = next;
      cost = next.cost;
    },
    store,
    poller,
    self,
    lists,
    clock,
    onHangup,
    stop,
  });
  const webReloads = reloadWebConfigLoop({ file: webConfig, guard, server, clock, stop }, web, webStamps);
  const refusals = settings.refusedFile === undefined ? undefined : watchRefusedFile({
    file: settings.refusedFile,
    clock,
    onChange(isRefused) {
      self.setRefusedElsewhere(isRefused);
      notifyChanged(store);
    },
    stop,
  });
  const notifier = openNotifier(readEnv);
  const summary = (): string => statusLine(store, self.status().hasFailedReload);
  const notifying = notifier &&
    notifyLoop({ notifier, clock, env: readEnv, status: summary, problems: health.problems, stop });
  await Promise.all([poller.ended, refusals, reloader.ended, webReloads, notifying, postAlerts?.()]);
  await server.stop(STOP_GRACE);
  pages.close();
  log.info("Stopped");
  return EXIT.ok;
}

/** Loaded only here: most exporters leave alerts to Prometheus. */
async function prepareAlerts(settings: Settings, options: AlertingOptions): Promise<() => Promise<void>> {
  const { prepareAlerting } = await import("./alertmanagers.ts");
  return await prepareAlerting(settings, options);
}
