import { LOG_FORMATS, LOG_LEVELS } from "../util/log.ts";
import { type Option, option, WITH_CONFIG } from "./command_line.ts";
import { OUTPUTS } from "./once_output.ts";
import {
  oneOf,
  parseBoolean,
  parseCount,
  parseDuration,
  parseHttpUrl,
  parseInterval,
  parseListenAddresses,
  parseLogLevel,
  parsePath,
  parsePort,
  parsePushUrl,
  parseShard,
  parseTimeout,
} from "./option_values.ts";

const READS_BALANCES = ["run", "once"] as const;
const LOGS = [...WITH_CONFIG, "healthcheck"] as const;

const CONFIG_OPTIONS = {
  configText: option({
    env: ["WALLET_CONFIG"],
    value: "JSON",
    refusesEmpty: true,
    secret: true,
    help: "The configuration itself; takes precedence over a file.",
    commands: WITH_CONFIG,
    parse: String,
  }),
  configFile: option({
    flag: "config.file",
    env: ["WALLET_CONFIG_FILE"],
    value: "PATH",
    help: "Read the configuration from this file.",
    commands: WITH_CONFIG,
    parse: String,
  }),
  strict: option({
    flag: "config.strict",
    env: ["CONFIG_STRICT"],
    fallback: "false",
    help: "Refuse to start if `check` would fail, instead of rejecting single entries.",
    commands: READS_BALANCES,
    parse: parseBoolean,
  }),
  refusedFile: option({
    flag: "config.refused-file",
    env: ["CONFIG_REFUSED_FILE"],
    value: "PATH",
    help: "While this file exists, report that a changed configuration was refused before it was passed on, and log " +
      "the lines of the file.",
    commands: ["run"],
    parse: String,
  }),
  allowShrink: option({
    flag: "config.allow-shrink",
    env: ["CONFIG_ALLOW_SHRINK"],
    fallback: "false",
    help: "Apply a reloaded configuration or list that removes all wallets, or more than half of 10 or more.",
    commands: ["run"],
    parse: parseBoolean,
  }),
  shard: option({
    flag: "shard",
    env: ["SHARD"],
    value: "I/N",
    help: "Read only this part of the wallets: 0/4 is the first of four parts.",
    commands: ["run", "once", "check", "plan"],
    parse: parseShard,
  }),
} as const;

const POLL_OPTIONS = {
  interval: option({
    flag: "interval",
    env: ["CHECK_INTERVAL"],
    value: "TIME",
    fallback: "300",
    refusesEmpty: true,
    help: "Time between polls: seconds, or with a unit such as 15s or 5m.",
    commands: ["run", "check", "plan"],
    parse: parseInterval,
  }),
  staleAfter: option({
    flag: "stale-after",
    env: ["STALE_AFTER"],
    value: "TIME",
    fallback: "24h",
    help: "Remove a balance this long after it was last read; 0 for never. Must be longer than the interval; the " +
      "default is extended to three intervals.",
    commands: ["run", "check"],
    parse: parseDuration,
  }),
  timeout: option({
    flag: "rpc.timeout",
    env: ["RPC_TIMEOUT"],
    value: "TIME",
    fallback: "10s",
    help: "Timeout of one request to a node.",
    commands: READS_BALANCES,
    parse: parseTimeout,
  }),
} as const;

const WEB_OPTIONS = {
  listenAddresses: option({
    flag: "web.listen-address",
    env: ["WEB_LISTEN_ADDRESS"],
    value: "[HOST]:PORT",
    isRepeatable: true,
    help: "Listen address; without a host all addresses. Repeat it, or separate addresses by commas. Takes " +
      "precedence over METRICS_PORT.",
    commands: ["run", "healthcheck"],
    parse: parseListenAddresses,
  }),
  port: option({
    env: ["METRICS_PORT"],
    value: "PORT",
    fallback: "8080",
    refusesEmpty: true,
    help: "Listen on this port of all addresses.",
    commands: ["run", "healthcheck"],
    parse: parsePort,
  }),
  webConfig: option({
    flag: "web.config.file",
    env: ["WEB_CONFIG_FILE"],
    value: "PATH",
    help: "Web configuration with TLS, passwords and headers, in the format of the Prometheus exporter toolkit.",
    commands: ["run", "check", "healthcheck"],
    parse: String,
  }),
  maxRequests: option({
    flag: "web.max-requests",
    env: ["WEB_MAX_REQUESTS"],
    value: "NUMBER",
    fallback: "40",
    help: "Maximum number of concurrent requests; others get 503. 0 means no limit. Health endpoints are exempt.",
    commands: ["run"],
    parse: parseCount,
  }),
  maxConnectionsPerClient: option({
    flag: "web.max-connections-per-client",
    env: ["WEB_MAX_CONNECTIONS_PER_CLIENT"],
    value: "NUMBER",
    fallback: "32",
    help: "Maximum number of connections per client address, which also gets at most half of --web.max-requests. 0 " +
      "means no limit, for clients that share the address of a load balancer.",
    commands: ["run"],
    parse: parseCount,
  }),
  enableLifecycle: option({
    flag: "web.enable-lifecycle",
    env: ["WEB_ENABLE_LIFECYCLE"],
    fallback: "false",
    help: "Reload the configuration on a POST request to /-/reload.",
    commands: ["run"],
    parse: parseBoolean,
  }),
  telemetryPath: option({
    flag: "web.telemetry-path",
    env: ["WEB_TELEMETRY_PATH"],
    value: "PATH",
    fallback: "/metrics",
    help: "Path of the metrics.",
    commands: ["run"],
    parse: parsePath,
  }),
} as const;

const OUTPUT_OPTIONS = {
  release: option({
    flag: "release",
    env: ["RELEASE_NAME"],
    value: "NAME",
    fallback: "wallet-balance-exporter",
    help: "The `release` label of every series.",
    commands: READS_BALANCES,
    parse: String,
  }),
  namespace: option({
    flag: "namespace",
    env: ["POD_NAMESPACE", "NAMESPACE"],
    value: "NAME",
    fallback: "default",
    help: "The `namespace` label of every series.",
    commands: READS_BALANCES,
    parse: String,
  }),
  output: option({
    flag: "output",
    env: ["ONCE_OUTPUT"],
    value: "FORMAT",
    help: `Output format of "once": ${OUTPUTS.join(", ")}. Default table, or none with --push.`,
    commands: ["once"],
    parse: oneOf(OUTPUTS),
  }),
  push: option({
    flag: "push",
    env: ["PUSH_URL"],
    value: "URL",
    secret: true,
    help: 'Push the results of "once" to this Pushgateway. The URL may contain user and password.',
    commands: ["once"],
    parse: parsePushUrl,
  }),
  url: option({
    flag: "url",
    env: ["HEALTHCHECK_URL"],
    value: "URL",
    secret: true,
    help: "Query this URL instead of /-/healthy on the port of the exporter.",
    commands: ["healthcheck"],
    parse: parseHttpUrl,
  }),
  logLevel: option({
    flag: "log.level",
    env: ["LOG_LEVEL"],
    value: "LEVEL",
    fallback: "info",
    help: `Minimum level of log messages: ${LOG_LEVELS.join(", ")}.`,
    commands: LOGS,
    parse: parseLogLevel,
  }),
  logFormat: option({
    flag: "log.format",
    env: ["LOG_FORMAT"],
    value: "FORMAT",
    fallback: "logfmt",
    help: `Format of log messages: ${LOG_FORMATS.join(" or ")}.`,
    commands: LOGS,
    parse: oneOf(LOG_FORMATS),
  }),
} as const;

/** All options, in the order of the help text. */
export const OPTIONS = { ...CONFIG_OPTIONS, ...POLL_OPTIONS, ...WEB_OPTIONS, ...OUTPUT_OPTIONS } as const;

/** {@linkcode OPTIONS} as a list. */
export const OPTION_LIST: readonly Option<unknown>[] = Object.values(OPTIONS);

/** The values of all options; undefined if one is not given and has no default. */
export type Settings = {
  readonly [K in keyof typeof OPTIONS]:
    | ReturnType<(typeof OPTIONS)[K]["parse"]>
    | ((typeof OPTIONS)[K] extends { readonly fallback: string } ? never : undefined);
};
