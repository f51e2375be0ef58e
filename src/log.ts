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

function fieldsOf(record: LogRecord): readonly (readonly [string, unknown])[] {
  return [
    ["ts", new Date(record.timestamp).toISOString()],
    ["level", record.level === "warning" ? "warn" : record.level],
    ["msg", record.message.map(String).join("")],
    ...Object.entries(record.properties),
  ];
}

function textOf(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(value, jsonValue);
  }
  return String(value);
}

function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function toLogfmt(record: LogRecord): string {
  return fieldsOf(record).map(([key, value]) => {
    const text = scrub(textOf(value));
    return /^[^\s"=\p{C}]+$/u.test(text) ? `${key}=${text}` : `${key}=${JSON.stringify(text)}`;
  }).join(" ");
}

function toJson(record: LogRecord): string {
  // Scrubbed value by value: scrubbing the finished line could break its quoting.
  const entries = fieldsOf(record).map(([key, value]) =>
    typeof value === "number" || typeof value === "boolean"
      ? [key, value] as const
      : [key, scrub(textOf(value))] as const
  );
  return JSON.stringify(Object.fromEntries(entries));
}
