import { textTable } from "./output.ts";
import { type OnceRow, type OnceState, shortBalance } from "./once_rows.ts";

/** The values of `--output`. */
export const OUTPUTS = ["table", "json", "prometheus", "csv"] as const;

/** SGR codes: red needs action, yellow attention. */
const COLOURS: Readonly<Record<OnceState, string>> = {
  "ok": "",
  "warning": "33",
  "below minimum": "31",
  "critical": "31;1",
  "not read": "31",
  "rejected": "33",
};

/**
 * Formats rows as a table for people.
 *
 * @param isColoured whether the output is a terminal
 */
export function onceTable(rows: readonly OnceRow[], isColoured: boolean): string {
  const head = ["NETWORK", "LABEL", "ADDRESS", "BALANCE", "ASSET", "MINIMUM", "STATE"];
  const lines = rows.map(({ network, label, address, balance, asset, thresholds, state, reason }) => [
    shown(network),
    shown(label),
    shown(address),
    balance === undefined ? "-" : shortBalance(balance),
    shown(asset) || "-",
    thresholds["minimum"] ?? "-",
    // The last column: colour codes have no width and would break the alignment of others.
    coloured(reason === undefined ? state : `${state}: ${reason}`, isColoured ? COLOURS[state] : ""),
  ]);
  return textTable([head, ...lines], [3, 5]);
}

/** Version 1 accepts any text; a line break would break the table. */
function shown(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}

function coloured(text: string, code: string): string {
  return code === "" ? text : `\x1b[${code}m${text}\x1b[0m`;
}

/** The first line of {@linkcode onceCsv}. */
const HEADER = "network,label,address,asset,token,balance,wei,minimum,state,reason,block,block_time";

/** Formats rows as CSV (RFC 4180). */
export function onceCsv(rows: readonly OnceRow[]): string {
  const columns = HEADER.split(",");
  const lines = rows.map((row) => {
    const cells: Readonly<Record<string, unknown>> = {
      ...row,
      minimum: row.thresholds["minimum"],
      block_time: row.blockTime,
    };
    return columns.map((column) => quoted(String(cells[column] ?? ""))).join();
  });
  return [HEADER, ...lines].join("\r\n");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/**
 * Formats rows as JSON. Amounts are strings, since JSON numbers lose digits.
 *
 * @param time in seconds since the Unix epoch
 */
export function onceJson(rows: readonly OnceRow[], time: number): string {
  const missing = { token: null, balance: null, wei: null, reason: null, block: null, blockTime: null };
  const balances = rows.map((row) => {
    const given = Object.entries(row).filter(([, value]) => value !== undefined);
    return { ...missing, ...Object.fromEntries(given) };
  });
  return JSON.stringify({ time, balances }, undefined, 2);
}
