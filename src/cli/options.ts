import { LOG_FORMATS, LOG_LEVELS } from "../util/log.ts";
import {
  parseAlertmanagerUrls,
  parseExternalUrl,
  parseHttpUrl,
  parseListenAddresses,
  parsePath,
  parsePort,
  parsePrefix,
  parsePushUrl,
} from "./address_values.ts";
import { flag, type Option, variable, WITH_CONFIG } from "./command_line.ts";
import {
  oneOf,
  parseAlertLabels,
  parseBoolean,
  parseCount,
  parseDuration,
  parseInterval,
  parseLogLevel,
  parseShard,
  parseTimeout,
} from "./option_values.ts";

const READS_BALANCES = ["run", "once"] as const;
const NAMES_SERIES = [...READS_BALANCES, "rules"] as const;
const LISTENS = ["run", "healthcheck"] as const;
const LOGS = [...WITH_CONFIG, "healthcheck"] as const;
const OUTPUTS = ["table", "json", "prometheus", "csv"] as const;

const CONFIG_OPTIONS = {
  configText: variable("WALLET_CONFIG=JSON", String, WITH_CONFIG, {
    refusesEmpty: true,
    secret: true,
    help: "The configuration itself; takes precedence over a file.",
  }),
  configFile: flag("config.file=PATH", ["WALLET_CONFIG_FILE"], String, WITH_CONFIG, {
    help: "Read the configuration from this file.",
  }),
  strict: flag("config.strict", ["CONFIG_STRICT"], parseBoolean, READS_BALANCES, {
    fallback: "false",
    help: "Refuse a configuration that `check` fails, at startup and on reload, instead of rejecting single entries.",
  }),
  refusedFile: flag("config.refused-file=PATH", ["CONFIG_REFUSED_FILE"], String, ["run"], {
    help: "While this file exists, report a failed reload and log its lines. The systemd units write it when they " +
      "refuse a changed configuration.",
  }),
  allowShrink: flag("config.allow-shrink", ["CONFIG_ALLOW_SHRINK"], parseBoolean, ["run"], {
    fallback: "false",
    help: "Apply a reloaded configuration or list that removes all wallets, or more than half of 10 or more.",
  }),
  shard: flag("shard=I/N", ["SHARD"], parseShard, ["run", "once", "check", "plan", "rules"], {
    help: "Read only this part of the wallets: 0/4 is the first of four parts.",
  }),
} as const;

const POLL_OPTIONS = {
  interval: flag("interval=TIME", ["CHECK_INTERVAL"], parseInterval, ["run", "check", "plan", "rules"], {
    fallback: "300",
    refusesEmpty: true,
    help: "Time between polls: seconds, or with a unit such as 15s or 5m.",
  }),
  staleAfter: flag("stale-after=TIME", ["STALE_AFTER"], parseDuration, ["run", "check"], {
    fallback: "24h",
    help: "Remove a balance this long after it was last read; 0 for never. Must be longer than the interval; the " +
      "default is extended to three intervals.",
  }),
  timeout: flag("rpc.timeout=TIME", ["RPC_TIMEOUT"], parseTimeout, READS_BALANCES, {
    fallback: "10s",
    help: "Timeout of one request to a node.",
  }),
} as const;

const WEB_OPTIONS = {
  listenAddresses: flag("web.listen-address=[HOST]:PORT", ["WEB_LISTEN_ADDRESS"], parseListenAddresses, LISTENS, {
    isRepeatable: true,
    help: "Listen address; without a host all addresses. Repeat it, or separate addresses by commas. Takes " +
      "precedence over METRICS_PORT.",
  }),
  port: variable("METRICS_PORT=PORT", parsePort, LISTENS, {
    fallback: "8080",
    refusesEmpty: true,
    help: "Listen on this port of all addresses.",
  }),
  webConfig: flag("web.config.file=PATH", ["WEB_CONFIG_FILE"], String, ["run", "check", "healthcheck"], {
    help: "Web configuration with TLS, passwords and headers, in the format of the Prometheus exporter toolkit.",
  }),
  maxRequests: flag("web.max-requests=NUMBER", ["WEB_MAX_REQUESTS"], parseCount, ["run"], {
    fallback: "40",
    help: "Maximum number of concurrent requests; others get 503. 0 means no limit. Health endpoints are exempt.",
  }),
  maxConnectionsPerClient: flag(
    "web.max-connections-per-client=NUMBER",
    ["WEB_MAX_CONNECTIONS_PER_CLIENT"],
    parseCount,
    ["run"],
    {
      fallback: "32",
      help:
        "Maximum number of connections per client address. An address also gets at most half of --web.max-requests. " +
        "0 removes both limits, for clients behind a load balancer.",
    },
  ),
  enableLifecycle: flag("web.enable-lifecycle", ["WEB_ENABLE_LIFECYCLE"], parseBoolean, ["run"], {
    fallback: "false",
    help: "Reload the configuration on a POST request to /-/reload.",
  }),
  telemetryPath: flag("web.telemetry-path=PATH", ["WEB_TELEMETRY_PATH"], parsePath, ["run"], {
    fallback: "/metrics",
    help: "Path of the metrics. With / the metrics take the place of the page.",
  }),
  externalUrl: flag("web.external-url=URL", ["WEB_EXTERNAL_URL"], parseExternalUrl, LISTENS, {
    secret: true,
    help:
      "The URL under which people reach the exporter, for example through a reverse proxy. Its path is the prefix " +
      "of all links, and of all paths unless --web.route-prefix is set.",
  }),
  routePrefix: flag("web.route-prefix=PATH", ["WEB_ROUTE_PREFIX"], parsePrefix, LISTENS, {
    help: "Prefix of the paths of all pages, of the metrics and of the health endpoints. The default is the path of " +
      "--web.external-url; set / if a proxy removes that path.",
  }),
  page: flag("web.page", ["WEB_PAGE"], parseBoolean, ["run"], {
    fallback: "true",
    help: "Serve the page for people on / and the pages of wallets; --web.page=false leaves a page of links.",
  }),
} as const;

const ALERT_OPTIONS = {
  alertmanagerUrls: flag("alertmanager.url=URL", ["ALERTMANAGER_URL"], parseAlertmanagerUrls, ["run", "check"], {
    isRepeatable: true,
    secret: true,
    help: "Post alerts to this Alertmanager, without Prometheus. Repeat it, or separate URLs by commas. The URL may " +
      "contain user and password, and the prefix of the paths.",
  }),
  alertmanagerHttpConfig: flag("alertmanager.http-config=PATH", ["ALERTMANAGER_HTTP_CONFIG"], String, [
    "run",
    "check",
  ], {
    help: "Credentials, headers and CA for all Alertmanagers, in the format of Prometheus' http_config.",
  }),
  alertmanagerLabels: flag("alertmanager.label=NAME=VALUE", ["ALERTMANAGER_LABEL"], parseAlertLabels, ["run"], {
    isRepeatable: true,
    help: "Add this label, such as cluster=prod, to all alerts that have none of that name. Repeat it, or separate " +
      "labels by commas.",
  }),
} as const;

const OUTPUT_OPTIONS = {
  release: flag("release=NAME", ["RELEASE_NAME"], String, NAMES_SERIES, {
    fallback: "wallet-balance-exporter",
    help: "The `release` label of every series.",
  }),
  namespace: flag("namespace=NAME", ["POD_NAMESPACE", "NAMESPACE"], String, NAMES_SERIES, {
    fallback: "default",
    help: "The `namespace` label of every series.",
  }),
  output: flag("output=FORMAT", ["ONCE_OUTPUT"], oneOf(OUTPUTS), ["once"], {
    help: `Output format of "once": ${OUTPUTS.join(", ")}. Default table, or none with --push.`,
  }),
  push: flag("push=URL", ["PUSH_URL"], parsePushUrl, ["once"], {
    secret: true,
    help: 'Push the results of "once" to this Pushgateway. The URL may contain user and password.',
  }),
  url: flag("url=URL", ["HEALTHCHECK_URL"], parseHttpUrl, ["healthcheck"], {
    secret: true,
    help: "Query this URL instead of /-/healthy on the port of the exporter.",
  }),
  logLevel: flag("log.level=LEVEL", ["LOG_LEVEL"], parseLogLevel, LOGS, {
    fallback: "info",
    help: `Minimum level of log messages: ${LOG_LEVELS.join(", ")}.`,
  }),
  logFormat: flag("log.format=FORMAT", ["LOG_FORMAT"], oneOf(LOG_FORMATS), LOGS, {
    fallback: "logfmt",
    help: `Format of log messages: ${LOG_FORMATS.join(" or ")}.`,
  }),
} as const;

/** All options, in the order of the help text. */
export const OPTIONS = {
  ...CONFIG_OPTIONS,
  ...POLL_OPTIONS,
  ...WEB_OPTIONS,
  ...ALERT_OPTIONS,
  ...OUTPUT_OPTIONS,
} as const;

/** {@linkcode OPTIONS} as a list. */
export const OPTION_LIST: readonly Option<unknown>[] = Object.values(OPTIONS);

/** The values of all options; undefined if one is not given and has no default. */
export type Settings = {
  readonly [K in keyof typeof OPTIONS]:
    | ReturnType<(typeof OPTIONS)[K]["parse"]>
    | ((typeof OPTIONS)[K] extends { readonly fallback: string } ? never : undefined);
};
