import { textTable } from "../text_table.ts";
import { type OnceRow, type OnceState, shortBalance } from "./once_rows.ts";

/** The values of `--output`. */
export const OUTPUTS = ["table", "json", "prometheus", "csv"] as const;
/** One of {@linkcode OUTPUTS}. */
export type OnceOutput = (typeof OUTPUTS)[number];

/** As SGR codes: red for what somebody must act on, yellow for a look. */
const COLOURS: Readonly<Record<OnceState, string>> = {
  "ok": "",
  "warning": "33",
  "below minimum": "31",
  "critical": "31;1",
  "not read": "31",
  "set aside": "33",
};

/**
 * Writes rows as a table for people.
 *
 * @param rows what was read
 * @param isColoured whether a terminal shows it
 */
export function onceTable(rows: readonly OnceRow[], isColoured: boolean): string {
  const head = ["NETWORK", "LABEL", "ADDRESS", "BALANCE", "ASSET", "MINIMUM", "STATE"];
  const lines = rows.map(({ network, label, address, balance, asset, thresholds, state, reason }) => [
    shown(network),
    shown(label),
    shown(address),
    balance === "" ? "-" : shortBalance(balance),
    shown(asset) || "-",
    thresholds["minimum"] ?? "-",
    // Nothing stands to the right of it, so that codes without a width spoil no column.
    coloured(reason === "" ? state : `${state}: ${reason}`, isColoured ? COLOURS[state] : ""),
  ]);
  return textTable([head, ...lines], [3, 5]);
}

/** On one line, whatever format 1 lets pass. */
function shown(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}

function coloured(text: string, code: string): string {
  return code === "" ? text : `\x1b[${code}m${text}\x1b[0m`;
}

/** Written by {@linkcode onceCsv}, in this order. */
const COLUMNS = [
  "network",
  "label",
  "address",
  "asset",
  "token",
  "balance",
  "wei",
  "minimum",
  "state",
  "reason",
  "block",
  "block_time",
] as const;

/**
 * Writes rows as CSV, as RFC 4180 has it.
 *
 * @param rows what was read
 */
export function onceCsv(rows: readonly OnceRow[]): string {
  const lines = rows.map((row) => {
    const cells: Readonly<Record<(typeof COLUMNS)[number], string>> = {
      ...row,
      minimum: row.thresholds["minimum"] ?? "",
      block_time: row.blockTime,
    };
    return COLUMNS.map((column) => quoted(cells[column])).join();
  });
  return [COLUMNS.join(), ...lines].join("\r\n");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/**
 * Writes rows as JSON. Amounts are texts, since a number of JSON loses digits.
 *
 * @param rows what was read
 * @param time when, in seconds since the Unix epoch
 */
export function onceJson(rows: readonly OnceRow[], time: number): string {
  const balances = rows.map(({ token, balance, wei, reason, block, blockTime, ...row }) => ({
    ...row,
    token: token || null,
    balance: balance || null,
    wei: wei || null,
    reason: reason || null,
    block: block === "" ? null : Number(block),
    blockTime: blockTime === "" ? null : Number(blockTime),
  }));
  return JSON.stringify({ time, balances }, undefined, 2);
}
