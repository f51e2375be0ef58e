import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import { scrub } from "./redact.ts";

/** The levels of `--log.level`, from the chattiest to the quietest. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The formats of `--log.format`. */
export const LOG_FORMATS = ["logfmt", "json"] as const;
/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What {@linkcode configureLog} takes. */
export interface LogOptions {
  /** The lowest level that is written. @default {"info"} */
  readonly level?: LogLevel;
  /** One line of `key=value`, or of JSON. @default {"logfmt"} */
  readonly format?: LogFormat;
  /** Where a line goes. @default {standard error} */
  readonly write?: (line: string) => void;
}

/**
 * The program's log. A message is a constant sentence without a full stop;
 * whatever varies is a property. Every text is scrubbed on its way out.
 */
export const log = getLogger(["exporter"]);

/**
 * Says where the log goes. Until it is called nothing is written.
 *
 * @param options see {@linkcode LogOptions}
 */
export function configureLog(options: LogOptions = {}): void {
  const { level = "info", format = "logfmt", write = writeToStderr } = options;
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

function writeToStderr(line: string): void {
  const bytes = new TextEncoder().encode(line);
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += Deno.stderr.writeSync(bytes.subarray(sent));
    }
  } catch {
    // A closed or full standard error must never stop the exporter.
  }
}

function fieldsOf(record: LogRecord): readonly (readonly [string, Value])[] {
  return [
    ["ts", new Date(record.timestamp).toISOString()],
    ["level", record.level === "warning" ? "warn" : record.level],
    ["msg", scrub(record.message.map(String).join(""))],
    ...Object.entries(record.properties).map(([key, value]) => [key, valueOf(value)] as const),
  ];
}

type Value = string | number | boolean;

/** Scrubbed value by value: scrubbing the finished line could break its quoting. */
function valueOf(value: unknown): Value {
  if (typeof value === "boolean" || typeof value === "number" && Number.isFinite(value)) return value;
  return scrub(typeof value === "object" && value !== null ? objectText(value) : String(value));
}

function objectText(value: object): string {
  try {
    const json = JSON.stringify(value, scrubbedLeaf) ?? "";
    // What prints as a name, such as an endpoint's URL, is not put in quotes twice.
    return json.startsWith('"') ? String(JSON.parse(json)) : json;
  } catch {
    return "unprintable";
  }
}

/** Scrubbed before JSON escapes a secret's quotes and backslashes. */
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

/** JSON without the line separators and control characters that `JSON.stringify` leaves as they are. */
function onOneLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

function escapeUnits(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
