import { MAX_INTERVAL_MS, readDuration } from "../config/v2/times.ts";
import type { Shard } from "../config/model/shard.ts";
import type { ListenAddress } from "../server/open_listener.ts";

/** A value that cannot be used; the message completes "… : ". */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

/**
 * Reads a duration: whole seconds, as the original took them, or numbers with units.
 *
 * @param text such as `300`, ` 60 `, `15s`, `5m`, `1h30m`
 * @returns milliseconds
 * @throws {ValueError}
 */
export function parseDuration(text: string): number {
  const duration = readDuration(text);
  if (duration === undefined) {
    throw new ValueError(
      "it is not a duration; write whole seconds such as 300, or a number with a unit such as 15s or 5m",
    );
  }
  return duration;
}

/**
 * Reads the time between checks.
 *
 * @returns milliseconds, from one second to 24 days
 * @throws {ValueError}
 */
export function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval < 1000) throw new ValueError("it is shorter than one second; write 1 or more");
  if (interval > MAX_INTERVAL_MS) throw new ValueError("it is longer than 24 days; write 24d or less");
  return interval;
}

/**
 * Reads how long one request may take.
 *
 * @returns milliseconds, from 100 up to ten minutes
 * @throws {ValueError}
 */
export function parseTimeout(text: string): number {
  const timeout = parseDuration(text);
  if (timeout < 100 || timeout > 600_000) throw new ValueError("it is not between 100ms and 10m");
  return timeout;
}

/**
 * Reads a number of things.
 *
 * @returns 0 to 100,000
 * @throws {ValueError}
 */
export function parseCount(text: string): number {
  const count = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : NaN;
  if (!(count <= 100_000)) throw new ValueError("it is not a number from 0 to 100000");
  return count;
}

/**
 * Reads a TCP port.
 *
 * @returns 0 (any free port) to 65535
 * @throws {ValueError}
 */
export function parsePort(text: string): number {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) throw new ValueError("it is not a port; write a number from 1 to 65535");
  return port;
}

/**
 * Reads addresses to listen on.
 *
 * @param text such as `:8080`, or several: `127.0.0.1:8080,[::1]:8080`
 * @returns each once
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
  if (match === null) throw new ValueError("it is not an address; write host:port, or :port for all addresses");
  const [, host = "", port = ""] = match;
  return { hostname: host.replace(/^\[|\]$/g, ""), port: parsePort(port) };
}

/**
 * Reads the path of the metrics.
 *
 * @throws {ValueError}
 */
export function parsePath(text: string): string {
  const taken = ["/", "/-/healthy", "/-/ready", "/-/reload", "/healthz", "/readyz"];
  if (taken.some((path) => text === path || text === `${path}/`)) {
    throw new ValueError("another page is there; write a path such as /metrics");
  }
  if (!/^\/[\w.~/-]*$/.test(text) || URL.parse(text, "http://localhost")?.pathname !== text) {
    throw new ValueError("it is not a path; write one such as /metrics");
  }
  return text;
}

/**
 * Reads which part of the wallets is watched.
 *
 * @param text such as `0/4`, the first of four
 * @throws {ValueError}
 */
export function parseShard(text: string): Shard {
  const [, index = "", of = ""] = /^\s*(\d{1,4})\/(\d{1,4})\s*$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (of === "" || shard.of < 1 || shard.index >= shard.of) {
    throw new ValueError("it is not a shard; write 0/4 for the first of four, up to 3/4 for the last");
  }
  return shard;
}

/**
 * Reads yes or no.
 *
 * @throws {ValueError}
 */
export function parseBoolean(text: string): boolean {
  if (/^(true|t|1|yes|y|on)$/i.test(text.trim())) return true;
  if (/^(false|f|0|no|n|off)$/i.test(text.trim())) return false;
  throw new ValueError("write true or false");
}

/**
 * Reads the URL of an exporter.
 *
 * @throws {ValueError}
 */
export function parseHttpUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new ValueError("it is not a URL; write one such as http://localhost:8080/-/healthy");
  }
  return url.href;
}

/**
 * Reads the URL of a Pushgateway.
 *
 * @throws {ValueError}
 */
export function parsePushUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href;
  const isBare = !text.includes("://") && URL.parse(`http://${text}`) !== null;
  throw new ValueError(
    isBare ? "it has no scheme; write http://host:port" : "it is not a URL; write one such as http://pushgateway:9091",
  );
}

/**
 * Makes the reader of one of several words, in any case.
 *
 * @param words the choices
 * @param aliases what other programs call them
 */
export function oneOf<T extends string>(
  words: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): (text: string) => T {
  return (text) => {
    const typed = text.trim().toLowerCase();
    const word = words.find((each) => each === typed) ?? (Object.hasOwn(aliases, typed) ? aliases[typed] : undefined);
    if (word === undefined) throw new ValueError(`write one of ${words.join(", ")}`);
    return word;
  };
}
