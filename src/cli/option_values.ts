import { MAX_INTERVAL_MS } from "../config/v2/times.ts";
import { readDuration } from "../util/duration.ts";
import type { Shard } from "../config/model/shard.ts";
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
