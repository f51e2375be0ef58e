import { LOG_FORMATS, LOG_LEVELS, type LogLevel } from "../util/log.ts";
import { OUTPUTS } from "./once/once_output.ts";
import {
  oneOf,
  parseBoolean,
  parseCount,
  parseDuration,
  parseHttpUrl,
  parseInterval,
  parseListenAddresses,
  parsePath,
  parsePort,
  parsePushUrl,
  parseShard,
  parseTimeout,
} from "./option_values.ts";

/** The commands. */
export const COMMANDS = ["run", "check", "plan", "convert", "once", "healthcheck", "version"] as const;
/** One of {@linkcode COMMANDS}. */
export type Command = (typeof COMMANDS)[number];

/** Commands that take the configuration's file as an argument, too. */
export const TAKE_FILE: readonly Command[] = ["check", "plan", "convert", "once"];

/** One option: a row of the table that parsing, environment, usage text and documentation are made from. */
export interface Option<T> {
  /** Without dashes; none when only the environment can give it. */
  readonly flag?: string;
  /** Variables, the first that is set counts. */
  readonly env: readonly string[];
  /** What stands for the value in the usage text; none for a switch. */
  readonly value?: string;
  /** The value when nothing is given, as text; none when there is none. */
  readonly fallback?: string;
  /** Whether an empty variable counts as unset; otherwise it is a bad value. */
  readonly emptyIsUnset: boolean;
  /** Whether the flag may be given several times; its values are joined by commas, as in the variable. */
  readonly isRepeatable?: boolean;
  /** Whether the value may hold a secret, and so is not repeated in messages. */
  readonly secret?: boolean;
  readonly help: string;
  /** The commands it means something to. */
  readonly commands: readonly Command[];
  /** Reads the value; throws `ValueError`. */
  readonly parse: (text: string) => T;
}

/** What other programs call the levels. */
const LEVEL_ALIASES: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  verbose: "debug",
  information: "info",
  notice: "info",
  warning: "warn",
  err: "error",
  critical: "error",
  fatal: "error",
  panic: "error",
};

/** Every option of the program. */
export const OPTIONS = {
  configText: option({
    env: ["WALLET_CONFIG"],
    value: "JSON",
    emptyIsUnset: false,
    secret: true,
    help: "The configuration itself; wins over a file.",
    commands: ["run", "once", "check", "plan", "convert"],
    parse: String,
  }),
  configFile: option({
    flag: "config.file",
    env: ["WALLET_CONFIG_FILE"],
    value: "PATH",
    emptyIsUnset: true,
    help: "Read the configuration from this file.",
    commands: ["run", "once", "check", "plan", "convert"],
    parse: String,
  }),
  strict: option({
    flag: "config.strict",
    env: ["CONFIG_STRICT"],
    fallback: "false",
    emptyIsUnset: true,
    help: "Refuse to start when `check` would fail, instead of setting bad entries aside.",
    commands: ["run", "once"],
    parse: parseBoolean,
  }),
  refusedFile: option({
    flag: "config.refused-file",
    env: ["CONFIG_REFUSED_FILE"],
    value: "PATH",
    emptyIsUnset: true,
    help:
      "While this file exists, show that a changed configuration was refused before it came here, and log its lines.",
    commands: ["run"],
    parse: String,
  }),
  allowShrink: option({
    flag: "config.allow-shrink",
    env: ["CONFIG_ALLOW_SHRINK"],
    fallback: "false",
    emptyIsUnset: true,
    help:
      "Apply a change while it runs that takes away all wallets, or more than half of 10 or more, of a list or of the whole.",
    commands: ["run"],
    parse: parseBoolean,
  }),
  shard: option({
    flag: "shard",
    env: ["SHARD"],
    value: "I/N",
    emptyIsUnset: true,
    help: "Watch only this part of the wallets: 0/4 is the first of four that watch all between them.",
    commands: ["run", "once", "check", "plan"],
    parse: parseShard,
  }),
  interval: option({
    flag: "interval",
    env: ["CHECK_INTERVAL"],
    value: "TIME",
    fallback: "300",
    emptyIsUnset: false,
    help: "Time between checks: seconds, or with a unit such as 15s or 5m.",
    commands: ["run", "check", "plan"],
    parse: parseInterval,
  }),
  staleAfter: option({
    flag: "stale-after",
    env: ["STALE_AFTER"],
    value: "TIME",
    fallback: "24h",
    emptyIsUnset: true,
    help:
      "Withdraw a balance this long after its last good reading; 0 for never. Longer than the interval; the default " +
      "is at least three intervals.",
    commands: ["run", "check"],
    parse: parseDuration,
  }),
  timeout: option({
    flag: "rpc.timeout",
    env: ["RPC_TIMEOUT"],
    value: "TIME",
    fallback: "10s",
    emptyIsUnset: true,
    help: "Give up on one request to a node after this time.",
    commands: ["run", "once"],
    parse: parseTimeout,
  }),
  listenAddresses: option({
    flag: "web.listen-address",
    env: ["WEB_LISTEN_ADDRESS"],
    value: "[HOST]:PORT",
    emptyIsUnset: true,
    isRepeatable: true,
    help: "Serve here; without a host on all addresses. Repeat it, or separate by commas, for several. " +
      "Wins over METRICS_PORT.",
    commands: ["run", "healthcheck"],
    parse: parseListenAddresses,
  }),
  port: option({
    env: ["METRICS_PORT"],
    value: "PORT",
    fallback: "8080",
    emptyIsUnset: false,
    help: "Serve on this port of all addresses.",
    commands: ["run", "healthcheck"],
    parse: parsePort,
  }),
  webConfig: option({
    flag: "web.config.file",
    env: ["WEB_CONFIG_FILE"],
    value: "PATH",
    emptyIsUnset: true,
    help: "Serve with the TLS, the passwords and the headers of this file, in the format of the exporter toolkit.",
    commands: ["run", "check", "healthcheck"],
    parse: String,
  }),
  maxRequests: option({
    flag: "web.max-requests",
    env: ["WEB_MAX_REQUESTS"],
    value: "NUMBER",
    fallback: "40",
    emptyIsUnset: true,
    help: "Answer so many requests at once, and more with 503; 0 for any number. Pages about health are not counted.",
    commands: ["run"],
    parse: parseCount,
  }),
  maxConnectionsPerClient: option({
    flag: "web.max-connections-per-client",
    env: ["WEB_MAX_CONNECTIONS_PER_CLIENT"],
    value: "NUMBER",
    fallback: "32",
    emptyIsUnset: true,
    help:
      "Keep this many connections of one client address open at most, and answer half of --web.max-requests to it; " +
      "0 for no limit, where all clients share the address of a balancer.",
    commands: ["run"],
    parse: parseCount,
  }),
  enableLifecycle: option({
    flag: "web.enable-lifecycle",
    env: ["WEB_ENABLE_LIFECYCLE"],
    fallback: "false",
    emptyIsUnset: true,
    help: "Reload the configuration on a POST request to /-/reload.",
    commands: ["run"],
    parse: parseBoolean,
  }),
  telemetryPath: option({
    flag: "web.telemetry-path",
    env: ["WEB_TELEMETRY_PATH"],
    value: "PATH",
    fallback: "/metrics",
    emptyIsUnset: true,
    help: "Serve the metrics under this path.",
    commands: ["run"],
    parse: parsePath,
  }),
  release: option({
    flag: "release",
    env: ["RELEASE_NAME"],
    value: "NAME",
    fallback: "wallet-balance-exporter",
    emptyIsUnset: true,
    help: "The `release` label of every series.",
    commands: ["run", "once"],
    parse: String,
  }),
  namespace: option({
    flag: "namespace",
    env: ["POD_NAMESPACE", "NAMESPACE"],
    value: "NAME",
    fallback: "default",
    emptyIsUnset: true,
    help: "The `namespace` label of every series.",
    commands: ["run", "once"],
    parse: String,
  }),
  output: option({
    flag: "output",
    env: ["ONCE_OUTPUT"],
    value: "FORMAT",
    emptyIsUnset: true,
    help: `What once prints: ${OUTPUTS.join(", ")}; a table unless it pushes.`,
    commands: ["once"],
    parse: oneOf(OUTPUTS),
  }),
  push: option({
    flag: "push",
    env: ["PUSH_URL"],
    value: "URL",
    emptyIsUnset: true,
    secret: true,
    help: "Put what once reads on this Pushgateway; user and password may stand in the URL.",
    commands: ["once"],
    parse: parsePushUrl,
  }),
  url: option({
    flag: "url",
    env: ["HEALTHCHECK_URL"],
    value: "URL",
    emptyIsUnset: true,
    secret: true,
    help: "Ask this page instead of /-/healthy on the port the exporter serves on.",
    commands: ["healthcheck"],
    parse: parseHttpUrl,
  }),
  logLevel: option({
    flag: "log.level",
    env: ["LOG_LEVEL"],
    value: "LEVEL",
    fallback: "info",
    emptyIsUnset: true,
    help: `The least that is logged: ${LOG_LEVELS.join(", ")}.`,
    commands: ["run", "once", "check", "plan", "convert", "healthcheck"],
    parse: oneOf(LOG_LEVELS, LEVEL_ALIASES),
  }),
  logFormat: option({
    flag: "log.format",
    env: ["LOG_FORMAT"],
    value: "FORMAT",
    fallback: "logfmt",
    emptyIsUnset: true,
    help: `How lines look: ${LOG_FORMATS.join(" or ")}.`,
    commands: ["run", "once", "check", "plan", "convert", "healthcheck"],
    parse: oneOf(LOG_FORMATS),
  }),
} as const;

/** The value of every option; `undefined` where nothing is given and there is no fallback. */
export type Settings = {
  readonly [K in keyof typeof OPTIONS]:
    | ReturnType<(typeof OPTIONS)[K]["parse"]>
    | (K extends keyof WithFallback ? never : undefined);
};

type WithFallback = {
  [K in keyof typeof OPTIONS as (typeof OPTIONS)[K] extends { readonly fallback: string } ? K : never]: true;
};

/** Keeps the type of what `parse` gives, and whether there is a fallback. */
function option<T, const O extends Option<T>>(row: O & Option<T>): O {
  return row;
}
