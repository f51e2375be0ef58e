import { postAlerts } from "../alertmanager/post_alerts.ts";
import { type Destination, postToApi } from "../alertmanager/post_to_api.ts";
import type { Receiver } from "../alertmanager/deliver.ts";
import type { Finding } from "../alertmanager/finding.ts";
import { type HttpConfig, readHttpConfig } from "../config/alertmanager/http_config.ts";
import type { Stamp, Stamps } from "../config/files/stamps.ts";
import { EndpointUrl, parseEndpointUrl } from "../config/secrets/endpoint_url.ts";
import { registerAlertmanagerMetrics } from "../metrics/families/alertmanager_metrics.ts";
import type { SelfMetrics } from "../metrics/families/self_metrics.ts";
import { commonLabels, type Identity } from "../metrics/model/snapshot.ts";
import { createLinks } from "../page/links.ts";
import { parseQuery } from "../page/query.ts";
import type { StateStore } from "../poller/state.ts";
import type { Clock } from "../util/clock.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import { uniqueNames } from "../util/text.ts";
import type { ActiveConfig } from "./active_config.ts";
import type { Settings } from "./options.ts";
import { reloadFileLoop } from "./reload_file.ts";

/** What the Alertmanagers of the flags need of the running exporter. */
export interface AlertingOptions {
  readonly store: StateStore;
  readonly self: SelfMetrics;
  readonly active: () => ActiveConfig;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/**
 * Prepares posting alerts to the Alertmanagers of `--alertmanager.url`.
 *
 * @returns posts until the program stops
 * @throws {ExitError} when a URL or `--alertmanager.http-config` cannot be used
 */
export async function prepareAlerting(
  settings: Settings,
  { store, self, active, identity, clock, stop }: AlertingOptions,
): Promise<() => Promise<void>> {
  const stamps = new Map<string, Stamp>();
  const destinations = await readDestinations(settings, stamps);
  const meterOf = registerAlertmanagerMetrics(self.registry);
  const receivers = uniqueNames(destinations.all.map(({ url }) => url.name)).map((name, index): Receiver => ({
    name,
    meter: meterOf(name),
    async post(body, stop) {
      const destination = destinations.all[index];
      return destination && await postToApi(destination, body, clock, stop);
    },
  }));
  const { shard, alertmanagerLabels: extra = [] } = settings;
  return async () => {
    log.info("Posting alerts", { alertmanagers: receivers.map(({ name }) => name).join(", ") });
    await Promise.all([
      renewDestinations(settings, destinations, stamps, clock, stop),
      postAlerts({
        receivers,
        store,
        status: self.status,
        interval: () => active().interval,
        staleAfter: () => active().staleAfter,
        common: commonLabels(identity),
        extra,
        shard: shard !== undefined && shard.of > 1 ? shard.index : undefined,
        urlOf: urlMaker(settings),
        runbookOf: createLinks().runbook,
        clock,
        stop,
      }),
    ]);
  };
}

/** How the Alertmanagers are reached; replaced when credentials change. */
interface Destinations {
  all: readonly Destination[];
}

/**
 * Reads how the Alertmanagers are reached.
 *
 * @param stamps filled with every file that was read
 * @throws {ExitError} when it cannot be used
 */
export async function readDestinations(
  { alertmanagerUrls = [], alertmanagerHttpConfig: file }: Settings,
  stamps: Map<string, Stamp> = new Map(),
): Promise<Destinations> {
  if (file !== undefined && alertmanagerUrls.length === 0) {
    throw new ExitError(
      EXIT.refused,
      "--alertmanager.http-config has no effect without --alertmanager.url",
      "Set both",
    );
  }
  const { headers, caCerts }: HttpConfig = file === undefined
    ? { headers: [], caCerts: [] }
    : await readHttpConfig(file, stamps);
  return {
    all: alertmanagerUrls.map((text) => {
      const url = parseEndpointUrl(withPath(text), headers);
      if (!(url instanceof EndpointUrl)) {
        throw new ExitError(EXIT.refused, url.message.replace("The RPC URL", "The --alertmanager.url"), url.advice);
      }
      return { url, caCerts };
    }),
  };
}

const API = "/api/v2/alerts";

/** The URL of an Alertmanager may have the prefix of its paths. */
function withPath(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  url.pathname = url.pathname.replace(/\/+$/, "");
  if (!url.pathname.endsWith(API)) url.pathname = url.pathname.replace(/\/$/, "") + API;
  return url.href;
}

/** Reads credentials again when their files change. */
async function renewDestinations(
  settings: Settings,
  destinations: Destinations,
  stamps: Stamps,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  await reloadFileLoop({
    file: settings.alertmanagerHttpConfig,
    stamps,
    clock,
    stop,
    refused: REFUSED,
    async reload(file, stamps) {
      destinations.all = (await readDestinations(settings, stamps)).all;
      log.info("Alertmanager configuration reloaded", { file });
    },
  });
}

const REFUSED = {
  error: "Invalid Alertmanager configuration",
  summary: "Alertmanager configuration reload failed; keeping the previous one",
} as const;

/** Makes the links of alerts: to the page of the wallet, or of its network. */
function urlMaker({ externalUrl, page }: Settings): (finding: Finding) => string | undefined {
  if (externalUrl === undefined) return () => undefined;
  const links = createLinks(externalUrl);
  return ({ network, address }) => {
    if (!page || network === undefined) return links.home;
    if (address !== undefined) return links.wallet(network, address);
    return links.wallets(parseQuery(new URL(externalUrl)), { network });
  };
}
