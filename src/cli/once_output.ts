import { type Condition, CONDITION_NAMES, FINE } from "../status/holding_status.ts";
import { muteEnd } from "../plan/mutes.ts";
import { duration, usdText } from "../status/format.ts";
import { type OnceRow, shortBalance } from "./once_rows.ts";
import { type Cell, type Colour, textTable } from "./table.ts";

/** Of what is not in this list, amber; a balance above its maximum is information only. */
const COLOURS: Readonly<Partial<Record<Condition, Colour | undefined>>> = {
  delegated: "strong",
  critical: "strong",
  minimum: "red",
  above_maximum: undefined,
  unreadable: "red",
};

/** Formats rows as a table for people, the most urgent wallets first. */
export function onceTable(rows: readonly OnceRow[], isColoured?: boolean): string {
  const hasLeft = rows.some(({ secondsToEmpty }) => secondsToEmpty !== undefined);
  const hasValues = isPriced(rows);
  const value = (cell: string): readonly string[] => hasValues ? [cell] : [];
  const values = valueColumns(rows);
  const left = (cell: string): readonly string[] => hasLeft ? [cell] : [];
  const head = [
    "NETWORK",
    "LABEL",
    "ADDRESS",
    "BALANCE",
    "ASSET",
    ...value("VALUE"),
    "MINIMUM",
    ...left("LEFT"),
    ...values.map((name) => name.toUpperCase()),
    "STATE",
  ];
  const lines = rows.toSorted((one, other) => one.urgency - other.urgency).map((row) => [
    row.network,
    row.label,
    row.address,
    row.balance === undefined ? "-" : shortBalance(row.balance),
    row.asset || "-",
    ...value(row.usd === undefined ? "-" : usdText(row.usd)),
    row.thresholds["minimum"] ?? "-",
    ...left(row.secondsToEmpty === undefined ? "-" : duration(row.secondsToEmpty)),
    ...values.map((name) => row[name] ?? "-"),
    stateCell(row),
  ]);
  const right = head.flatMap((name, index) => NUMBERS.includes(name) ? [index] : []);
  return textTable([head, ...lines], { right, isColoured });
}

/** The columns that are aligned to the right. */
const NUMBERS: readonly string[] = ["BALANCE", "VALUE", "MINIMUM", "LEFT", "TRANSACTIONS"];

/** What is read of any wallet besides balances. */
function valueColumns(rows: readonly OnceRow[]): readonly ("transactions" | "code")[] {
  return (["transactions", "code"] as const).filter((name) => rows.some((row) => row[name] !== undefined));
}

/** Whether any price is known. */
function isPriced(rows: readonly OnceRow[]): boolean {
  return rows.some(({ usd }) => usd !== undefined);
}

function stateCell({ state, condition, reason, mute }: OnceRow): Cell {
  const isRejected = state === "rejected";
  const name = isRejected ? state : condition === undefined ? FINE : CONDITION_NAMES[condition];
  const colour = isRejected ? "amber" : condition && (condition in COLOURS ? COLOURS[condition] : "amber");
  const text = reason === undefined ? name : `${name}: ${reason}`;
  return mute === undefined ? { text, colour } : `${text}, muted until ${muteEnd(mute)}`;
}

/** The first line of {@linkcode onceCsv}. */
const HEADER = "network,label,address,asset,token,balance,wei,minimum,state,reason,block,block_time";

/** Formats rows as CSV (RFC 4180). */
export function onceCsv(rows: readonly OnceRow[]): string {
  const columns = [...HEADER.split(","), ...isPriced(rows) ? ["usd"] : [], ...valueColumns(rows)];
  const lines = rows.map((row) => {
    const cells: Readonly<Record<string, unknown>> = {
      ...row,
      minimum: row.thresholds["minimum"],
      block_time: row.blockTime,
    };
    return columns.map((column) => quoted(String(cells[column] ?? ""))).join();
  });
  return [columns.join(), ...lines].join("\r\n");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const TABLE_ONLY = ["condition", "urgency"];

/**
 * Formats rows as JSON. Amounts are strings, since JSON numbers lose digits.
 *
 * @param time in seconds since the Unix epoch
 */
export function onceJson(rows: readonly OnceRow[], time: number): string {
  const missing = { token: null, balance: null, wei: null, reason: null, block: null, blockTime: null };
  const balances = rows.map((row) => {
    const given = Object.entries(row).filter(([key, value]) => value !== undefined && !TABLE_ONLY.includes(key));
    return { ...missing, ...Object.fromEntries(given) };
  });
  return JSON.stringify({ time, balances }, undefined, 2);
}
