import { writeAll } from "./process.ts";
import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import { scrub } from "./redact.ts";

/** The levels of `--log.level`, from verbose to quiet. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The formats of `--log.format`. */
export const LOG_FORMATS = ["logfmt", "json"] as const;
/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Options of {@linkcode configureLog}. */
export interface LogOptions {
  /** Minimum level. @default {"info"} */
  readonly level?: LogLevel;
  /** @default {"logfmt"} */
  readonly format?: LogFormat;
  /** @default {standard error} */
  readonly write?: (line: string) => void;
}

/**
 * The program's log. A message is a constant phrase that a search finds; everything that varies is a field. Secrets are
 * removed from both; a field that is undefined is left out.
 */
export const log = getLogger(["exporter"]);

/** Configures the log; nothing is written before. */
export function configureLog(options: LogOptions = {}): void {
  const { level = "info", format = "logfmt", write = (line: string) => writeAll(Deno.stderr, line) } = options;
  const print = format === "json" ? toJson : toLogfmt;
  configureSync({
    reset: true,
    sinks: { out: (record) => write(`${print(record)}\n`) },
    loggers: [
      {
        category: ["exporter"],
        sinks: ["out"],
        lowestLevel: level === "warn" ? "warning" : level,
      },
      { category: ["logtape"], sinks: ["out"], lowestLevel: "error" },
    ],
  });
}

/**
 * LogTape's own formatters do not fit: they name fields `time`, `@timestamp` and `message` and not `ts` and `msg`, as
 * Prometheus does, add a `logger`, and let U+2028 and bidirectional controls pass, which break a line in some viewers.
 */
function fieldsOf(record: LogRecord): readonly (readonly [string, Value])[] {
  return [
    ["ts", new Date(record.timestamp).toISOString()],
    ["level", record.level === "warning" ? "warn" : record.level],
    ["msg", scrub(record.message.map(String).join(""))],
    ...Object.entries(record.properties)
      .flatMap(([key, value]) => value === undefined ? [] : [[key, valueOf(value)] as const]),
  ];
}

type Value = string | number | boolean;

/** Each value is scrubbed by itself, since scrubbing the finished line could break its quoting. */
function valueOf(value: unknown): Value {
  if (typeof value === "boolean" || typeof value === "number" && Number.isFinite(value)) return value;
  return scrub(typeof value === "object" && value !== null ? objectText(value) : String(value));
}

function objectText(value: object): string {
  try {
    const json = JSON.stringify(value, scrubbedLeaf) ?? "";
    // An object that serializes to a string, such as the URL of an endpoint, is not quoted twice.
    return json.startsWith('"') ? String(JSON.parse(json)) : json;
  } catch {
    return "unprintable";
  }
}

/** Scrubbed before JSON escapes quotes and backslashes of a secret. */
function scrubbedLeaf(_key: string, value: unknown): unknown {
  if (typeof value === "string") return scrub(value);
  return typeof value === "bigint" ? value.toString() : value;
}

function toLogfmt(record: LogRecord): string {
  return fieldsOf(record).map(([key, value]) => {
    const text = String(value);
    return /^[^\s"=\p{C}]+$/u.test(text) ? `${key}=${text}` : `${key}=${onOneLine(text)}`;
  }).join(" ");
}

function toJson(record: LogRecord): string {
  return onOneLine(Object.fromEntries(fieldsOf(record)));
}

/** Escapes the line separators and control characters that `JSON.stringify` does not. */
function onOneLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

function escapeUnits(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
