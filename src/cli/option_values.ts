import { MAX_INTERVAL_MS, readDuration } from "../config/v2/times.ts";
import type { Shard } from "../config/model/shard.ts";
import type { ListenAddress } from "../server/listener.ts";
import { LOG_LEVELS, type LogLevel } from "../util/log.ts";

/** An invalid value; the message follows a colon. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

/**
 * Parses a duration: whole seconds, or numbers with units.
 *
 * @param text such as `300`, ` 60 `, `15s`, `5m`, `1h30m`
 * @returns milliseconds
 * @throws {ValueError}
 */
export function parseDuration(text: string): number {
  const duration = readDuration(text);
  if (duration === undefined) {
    throw new ValueError("invalid duration; expected whole seconds such as 300, or a unit as in 15s or 5m");
  }
  return duration;
}

/**
 * Parses the time between polls.
 *
 * @returns milliseconds, from one second to 24 days
 * @throws {ValueError}
 */
export function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval < 1000) throw new ValueError("shorter than the minimum of one second");
  if (interval > MAX_INTERVAL_MS) throw new ValueError("longer than the maximum of 24 days");
  return interval;
}

/**
 * Parses the timeout of a request.
 *
 * @returns milliseconds, from 100 up to ten minutes
 * @throws {ValueError}
 */
export function parseTimeout(text: string): number {
  const timeout = parseDuration(text);
  if (timeout < 100 || timeout > 600_000) throw new ValueError("expected a duration from 100ms to 10m");
  return timeout;
}

/**
 * Parses a limit.
 *
 * @returns 0 to 100,000
 * @throws {ValueError}
 */
export function parseCount(text: string): number {
  const count = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : NaN;
  if (!(count <= 100_000)) throw new ValueError("expected a number from 0 to 100000");
  return count;
}

/**
 * Parses a TCP port.
 *
 * @returns 0 (any free port) to 65535
 * @throws {ValueError}
 */
export function parsePort(text: string): number {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) throw new ValueError("invalid port; expected a number from 1 to 65535");
  return port;
}

/**
 * Parses listen addresses.
 *
 * @param text such as `:8080`, or several: `127.0.0.1:8080,[::1]:8080`
 * @returns without duplicates
 * @throws {ValueError}
 */
export function parseListenAddresses(text: string): readonly ListenAddress[] {
  const addresses = text.split(",").map(parseListenAddress);
  return addresses.filter(({ hostname, port }, index) =>
    port === 0 || addresses.findIndex((each) => each.hostname === hostname && each.port === port) === index
  );
}

function parseListenAddress(text: string): ListenAddress {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):(\d{1,5})$/.exec(text.trim());
  if (match === null) throw new ValueError("invalid address; expected host:port, or :port for all addresses");
  const [, host = "", port = ""] = match;
  return { hostname: host.replace(/^\[|\]$/g, ""), port: parsePort(port) };
}

/**
 * Parses the path of the metrics; `/` takes the place of the page.
 *
 * @throws {ValueError}
 */
export function parsePath(text: string): string {
  const taken = ["/-/healthy", "/-/ready", "/-/reload", "/healthz", "/readyz", "/api/v1/status"];
  if (taken.some((path) => text === path || text === `${path}/`) || text.startsWith("/wallets/")) {
    throw new ValueError("this path is used by another page; choose one such as /metrics");
  }
  if (!/^\/[\w.~/-]*$/.test(text) || URL.parse(text, "http://localhost")?.pathname !== text) {
    throw new ValueError("invalid path; expected one such as /metrics");
  }
  return text;
}

/**
 * Parses a prefix of paths.
 *
 * @param text with or without slashes at its ends
 * @returns with a leading slash only; empty for the root
 * @throws {ValueError}
 */
export function parsePrefix(text: string): string {
  const parts = text.trim().replace(/^\/+|\/+$/g, "").split("/");
  if (parts.length === 1 && parts[0] === "") return "";
  if (parts.some((part) => !/^[\w.~-]+$/.test(part) || part === "." || part === "..")) {
    throw new ValueError("invalid path; expected one such as /balances");
  }
  return `/${parts.join("/")}`;
}

/**
 * Parses the URL under which the exporter is reached.
 *
 * @returns without a trailing slash
 * @throws {ValueError}
 */
export function parseExternalUrl(text: string): string {
  const url = URL.parse(text.trim());
  const isPlain = url !== null && url.username === "" && url.password === "" && !/[?#"']/.test(text);
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new ValueError("invalid URL; expected one such as https://monitoring.example.org/balances");
  }
  return url.origin + parsePrefix(url.pathname);
}

/** Where requests and links begin; links as requests unless there is an external URL. */
export function webPrefixes(
  { externalUrl, routePrefix }: { readonly externalUrl: string | undefined; readonly routePrefix: string | undefined },
): { readonly routePrefix: string; readonly linkPrefix: string } {
  const path = externalUrl === undefined ? undefined : parsePrefix(new URL(externalUrl).pathname);
  return { routePrefix: routePrefix ?? path ?? "", linkPrefix: path ?? routePrefix ?? "" };
}

/**
 * Parses a shard of the wallets.
 *
 * @param text such as `0/4`, the first of four
 * @throws {ValueError}
 */
export function parseShard(text: string): Shard {
  const [, index = "", of = ""] = /^\s*(\d{1,4})\/(\d{1,4})\s*$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (of === "" || shard.of < 1 || shard.index >= shard.of) {
    throw new ValueError("invalid shard; expected 0/4 for the first of four, up to 3/4 for the last");
  }
  return shard;
}

/**
 * Parses a boolean.
 *
 * @throws {ValueError}
 */
export function parseBoolean(text: string): boolean {
  if (/^(true|t|1|yes|y|on)$/i.test(text.trim())) return true;
  if (/^(false|f|0|no|n|off)$/i.test(text.trim())) return false;
  throw new ValueError("expected true or false");
}

/**
 * Parses the URL of an exporter.
 *
 * @throws {ValueError}
 */
export function parseHttpUrl(text: string): string {
  return parseUrl(text, "invalid URL; expected one such as http://localhost:8080/-/healthy");
}

/**
 * Parses the URL of a Pushgateway.
 *
 * @throws {ValueError}
 */
export function parsePushUrl(text: string): string {
  const isBare = !text.includes("://") && URL.parse(`http://${text}`) !== null;
  return parseUrl(
    text,
    isBare ? "missing scheme; expected http://host:port" : "invalid URL; expected one such as http://pushgateway:9091",
  );
}

/**
 * Parses the URLs of Alertmanagers.
 *
 * @throws {ValueError}
 */
export function parseAlertmanagerUrls(text: string): readonly string[] {
  return text.split(",").map((each) => {
    const url = each.trim();
    const isBare = !url.includes("://") && URL.parse(`http://${url}`) !== null;
    const message = text.includes("@")
      ? "invalid URL; encode a comma as %2C, and in the user or password / as %2F and @ as %40"
      : "invalid URL; expected one such as http://alertmanager:9093";
    return parseUrl(url, isBare && !text.includes("@") ? "missing scheme; expected http://host:port" : message);
  });
}

/** The rules set these themselves. */
const RULE_LABELS: ReadonlySet<string> = new Set(["alertname", "severity"]);

/**
 * Parses labels of alerts.
 *
 * @param text such as `cluster=prod`, or several: `cluster=prod,region=eu`
 * @throws {ValueError}
 */
export function parseAlertLabels(text: string): readonly (readonly [name: string, value: string])[] {
  const labels = text.split(",").map((label) => {
    const [, name = "", value = ""] = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)=(.*?)\s*$/s.exec(label) ?? [];
    if (name === "" || value === "") throw new ValueError("invalid label; expected one such as cluster=prod");
    if (RULE_LABELS.has(name) || name.startsWith("__")) throw new ValueError(`the label ${name} is reserved`);
    return [name, value] as const;
  });
  if (new Set(labels.map(([name]) => name)).size < labels.length) throw new ValueError("two labels have one name");
  return labels;
}

function parseUrl(text: string, message: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") throw new ValueError(message);
  return url.href;
}

/** Returns a parser that accepts one of several words, in any case, or an alias of one. */
export function oneOf<T extends string>(
  words: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): (text: string) => T {
  return (text) => {
    const typed = text.trim().toLowerCase();
    const word = words.find((each) => each === typed) ?? (Object.hasOwn(aliases, typed) ? aliases[typed] : undefined);
    if (word === undefined) throw new ValueError(`expected one of ${words.join(", ")}`);
    return word;
  };
}

/** The names of levels in other programs. */
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

/** Parses a level of the log. */
export const parseLogLevel: (text: string) => LogLevel = oneOf(LOG_LEVELS, LEVEL_ALIASES);
