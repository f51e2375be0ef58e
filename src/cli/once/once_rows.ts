import type { Book } from "../../poller/book.ts";
import { coinsText } from "../../poller/coins.ts";
import { type Holding, holdings } from "../../poller/holdings.ts";

/** One line of what `once` prints: plain values, exact as text. */
export interface OnceRow {
  readonly network: string;
  readonly label: string;
  readonly address: string;
  /** The symbol of the coin or token. */
  readonly asset: string;
  /** The token's contract; empty for the coin. */
  readonly token: string;
  /** In whole coins, and in the smallest unit; empty when it was not read, or is not known. */
  readonly balance: string;
  readonly wei: string;
  /** In whole coins, by level. */
  readonly thresholds: Readonly<Record<string, string>>;
  /** How it fares. */
  readonly state: OnceState;
  /** Why it was not read; empty when it was. */
  readonly reason: string;
  /** The block it belongs to, and its time in seconds since the Unix epoch; empty when it was not read. */
  readonly block: string;
  readonly blockTime: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The gravest threshold that a balance is below, or that there is none, or no balance. */
export type OnceState = "ok" | "warning" | "below minimum" | "critical" | "not read" | "set aside";

const STATES = { critical: "critical", minimum: "below minimum", warning: "warning" } as const;

/** For people: more places behind the point say nothing. */
const PLACES = 6;

/**
 * Lists what was read, and what was not.
 *
 * @param book after one cycle
 */
export function onceRows(book: Book): readonly OnceRow[] {
  const rejected = book.networks.flatMap(({ plan }) =>
    plan.rejected.map(({ address, label, labels = {} }): OnceRow => ({
      ...NOTHING,
      network: plan.networkLabel,
      address,
      label,
      labels,
      state: "set aside",
      reason: "configuration",
    }))
  );
  return [...holdings(book).map(rowOf), ...rejected];
}

const NOTHING = {
  asset: "",
  token: "",
  balance: "",
  wei: "",
  thresholds: {},
  block: "",
  blockTime: "",
} as const;

function rowOf(holding: Holding): OnceRow {
  const { network, wallet, symbol, token = "", decimals, account: { reading }, thresholds, below, failure } = holding;
  const { address, label, labels } = wallet;
  const own = { ...NOTHING, network: network.networkLabel, label, address, asset: symbol, token, labels };
  if (reading === undefined || decimals === undefined) {
    return { ...own, state: "not read", reason: failure ?? "missing" };
  }
  return {
    ...own,
    balance: coinsText(reading.wei, decimals),
    wei: String(reading.wei),
    thresholds: Object.fromEntries(
      Object.entries(thresholds).map(([level, amount]) => [level, coinsText(amount, decimals)]),
    ),
    block: String(reading.block?.number ?? ""),
    blockTime: String(reading.block?.time ?? ""),
    state: below === undefined ? "ok" : STATES[below],
    reason: failure ?? "",
  };
}

/**
 * Cuts a balance short for people.
 *
 * @param balance a decimal number
 * @returns at most six places; `<0.000001` for what is less and not nothing
 */
export function shortBalance(balance: string): string {
  const [whole = "", fraction = ""] = balance.split(".");
  const cut = fraction.slice(0, PLACES).replace(/0+$/, "");
  if (cut !== "") return `${whole}.${cut}`;
  return whole === "0" && fraction !== "" ? "<0.000001" : whole;
}
