import { configureLog, type LogLevel } from "../../src/util/log.ts";

/** What is logged while it is in use. */
export interface LogLines extends Disposable {
  /** Parsed, without their time. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Catches the log.
 *
 * @param level the lowest that is caught
 */
export function catchLog(level: LogLevel = "info"): LogLines {
  const lines: Record<string, unknown>[] = [];
  configureLog({
    level,
    format: "json",
    write(line): void {
      const { ts: _, ...rest } = JSON.parse(line);
      lines.push(rest);
    },
  });
  return { lines, [Symbol.dispose]: () => configureLog({ write: () => {} }) };
}
