import { systemClock } from "../util/clock.ts";
import { type ConfigSource, ignoredFile } from "../config/load_config.ts";
import { createMemoryBudget } from "../config/model/memory_budget.ts";
import { EXIT, type ExitCode } from "../util/errors.ts";
import { createListStore } from "../config/lists/list_store.ts";
import { configureLog, log } from "../util/log.ts";
import { createPageStore } from "../metrics/page_store.ts";
import { createSelfMetrics } from "../metrics/self_metrics.ts";
import { viewer } from "../metrics/view.ts";
import { keepTelling } from "../systemd/keep_telling.ts";
import { openNotifier } from "../systemd/notifier.ts";
import { statusLine } from "../systemd/status_line.ts";
import { scrub } from "../util/redact.ts";
import { VERSION } from "../version.ts";
import { createBook, markChanged } from "../poller/book.ts";
import { watch } from "../poller/watch.ts";
import { createGuard } from "../server/guard.ts";
import { createHealth } from "../server/health.ts";
import { createRoutes } from "../server/routes.ts";
import { serve } from "../server/serve.ts";
import { checkAuthorities } from "./check_authorities.ts";
import { listStatuses, loadPlan } from "./load_plan.ts";
import type { Settings } from "./options.ts";
import { proxyMatcher } from "../http/proxies.ts";
import { reportProxy } from "./report_proxy.ts";
import { watchRefusal } from "./watch_refusal.ts";
import { type Reloader, startReloading } from "./reloading.ts";
import { keepGuarding, readGuarding, UNGUARDED } from "./web_guarding.ts";

/** How long requests under way may take to end when the program stops, in milliseconds. */
const LAST_ANSWERS = 500;

/**
 * Watches the wallets and serves their balances until told to stop.
 *
 * @param settings everything there is to set
 * @param stop ends it
 * @param onHangup calls a listener whenever somebody asks to reload the configuration
 * @returns 0 after a clean stop
 * @throws {ExitError} when the configuration or the address to serve on cannot be used
 */
export async function runCommand(
  settings: Settings,
  stop: AbortSignal,
  onHangup: (listener: () => void) => void,
): Promise<ExitCode> {
  const { configText, configFile, release, namespace, timeout, telemetryPath } = settings;
  configureLog({ level: settings.logLevel, format: settings.logFormat });
  checkAuthorities();
  const clock = systemClock;
  const source: ConfigSource = { text: configText, file: configFile };
  const userAgent = `wallet-balance-exporter/${VERSION}`;
  const env = (name: string): string | undefined => Deno.env.get(name);
  let cost: number | undefined;
  const lists = createListStore(clock, userAgent, {
    stop,
    allowShrink: settings.allowShrink,
    budget: () => createMemoryBudget(cost),
  });
  const ignored = ignoredFile(source);
  if (ignored !== undefined) {
    log.warn("WALLET_CONFIG and a configuration file are both given, the file is not read", { file: ignored });
  }
  const { plan, inUse: first } = await loadPlan(source, settings, lists);
  if (stop.aborted) return EXIT.ok;
  let inUse = first;
  cost = first.cost;
  reportProxy(env);

  const book = createBook(plan, clock);
  const identity = { release, namespace, shard: settings.shard?.index };
  const self = createSelfMetrics({
    interval: inUse.interval / 1000,
    rejectedEntries: inUse.rejectedEntries,
    configLoadedAt: clock.epoch(),
  }, () => listStatuses(inUse, lists));
  const view = viewer({ book, clock, identity, staleAfter: () => inUse.staleAfter });
  const pages = createPageStore({ book, clock, identity, self, view });
  const listening = (): readonly string[] => server.problems();
  const health = createHealth({ book, clock, interval: () => inUse.interval, listening, stop });
  const { webConfig, maxRequests, maxConnectionsPerClient, enableLifecycle } = settings;
  const webFiles = new Map<string, string>();
  const guarding = webConfig === undefined ? UNGUARDED : await readGuarding(webConfig, webFiles);
  const reload = enableLifecycle ? () => reloadOnRequest(reloader) : undefined;
  const handler = createRoutes({ book, pages, health, telemetryPath, reload });
  const guard = createGuard({ clock, maxRequests, perClient: maxConnectionsPerClient > 0, handler }, guarding);
  const server = serve({
    addresses: settings.listenAddresses ?? [{ hostname: "", port: settings.port }],
    handler: guard.handler,
    certificate: guarding.tls,
    clock,
    maxPerClient: maxConnectionsPerClient,
  });
  const { networks } = book;
  const wallets = networks.reduce((sum, { plan }) => sum + plan.wallets.length, 0);
  for (const url of server.urls) {
    log.info("Serving", { url: url + telemetryPath, version: VERSION, networks: networks.length, wallets });
  }

  const watching = watch(book, {
    clock,
    interval: inUse.interval,
    timeout,
    userAgent,
    isProxied: proxyMatcher(env),
    meterOf: (network, endpoint) => self.rpc.meterOf(network.id, endpoint),
    stop,
  });
  const reloader = startReloading({
    source,
    settings,
    inUse: () => inUse,
    onUse(next) {
      inUse = next;
      cost = next.cost;
    },
    book,
    watching,
    self,
    lists,
    clock,
    onHangup,
    stop,
  });
  const kept = keepGuarding({ file: webConfig, guard, server, clock, stop }, guarding, webFiles);
  const refusals = settings.refusedFile === undefined ? undefined : watchRefusal({
    file: settings.refusedFile,
    clock,
    onChange(isRefused) {
      self.refusedElsewhere(isRefused);
      markChanged(book);
    },
    stop,
  });
  const notifier = openNotifier(env);
  const status = (): string => statusLine(book, self.isRefused);
  const telling = notifier && keepTelling({ notifier, clock, env, status, problems: health.problems, stop });
  await Promise.all([watching.ended, refusals, reloader.ended, kept, telling]);
  await server.stop(LAST_ANSWERS);
  pages.close();
  log.info("Stopped");
  return EXIT.ok;
}

/** @returns why the configuration was refused; nothing when it was applied */
async function reloadOnRequest(reloader: Reloader): Promise<string | undefined> {
  const outcome = await reloader.reload();
  return outcome.successful ? undefined : scrub(outcome.message);
}
