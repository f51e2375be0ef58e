import type { StateStore } from "../poller/state.ts";
import { type HoldingState, listHoldings } from "../poller/holdings.ts";
import { formatUnits } from "../poller/units.ts";

/** One line of the output of `once`; amounts are exact decimal strings. */
export interface OnceRow {
  readonly network: string;
  readonly label: string;
  readonly address: string;
  /** The symbol of the native coin or token. */
  readonly asset: string;
  /** The token's contract; empty for the native coin. */
  readonly token: string;
  /** In whole coins; empty when it could not be read. */
  readonly balance: string;
  /** In the smallest unit; empty when it could not be read. */
  readonly wei: string;
  /** In whole coins, by level. */
  readonly thresholds: Readonly<Record<string, string>>;
  readonly state: OnceState;
  /** Why it could not be read; empty when it was read. */
  readonly reason: string;
  /** The block of the balance; empty when it could not be read. */
  readonly block: string;
  /** In seconds since the Unix epoch; empty when it could not be read. */
  readonly blockTime: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The most severe threshold that the balance is below, `ok`, or why there is no balance. */
export type OnceState = "ok" | "warning" | "below minimum" | "critical" | "not read" | "rejected";

const STATES = { critical: "critical", minimum: "below minimum", warning: "warning" } as const;

/** More decimals are noise for people. */
const MAX_DECIMALS = 6;

/** Lists the balances that were read, those that could not be read, and rejected entries. */
export function onceRows(store: StateStore): readonly OnceRow[] {
  const rejected = store.networks.flatMap(({ plan }) =>
    plan.rejected.map(({ address, label, labels = {} }): OnceRow => ({
      ...EMPTY,
      network: plan.networkLabel,
      address,
      label,
      labels,
      state: "rejected",
      reason: "configuration",
    }))
  );
  return [...listHoldings(store).map(rowOf), ...rejected];
}

const EMPTY = {
  asset: "",
  token: "",
  balance: "",
  wei: "",
  thresholds: {},
  block: "",
  blockTime: "",
} as const;

function rowOf(holding: HoldingState): OnceRow {
  const { network, wallet, token, symbol: asset = "", decimals, account, thresholds, below, failure } = holding;
  const { reading } = account;
  const { address, label, labels } = wallet;
  const contract = token?.token.address ?? "";
  const own = { ...EMPTY, network: network.networkLabel, label, address, asset, token: contract, labels };
  if (reading === undefined || decimals === undefined) {
    return { ...own, state: "not read", reason: failure ?? "missing" };
  }
  return {
    ...own,
    balance: formatUnits(reading.amount, decimals),
    wei: String(reading.amount),
    thresholds: Object.fromEntries(
      Object.entries(thresholds).map(([level, amount]) => [level, formatUnits(amount, decimals)]),
    ),
    block: String(reading.block?.number ?? ""),
    blockTime: String(reading.block?.time ?? ""),
    state: below === undefined ? "ok" : STATES[below],
    reason: failure ?? "",
  };
}

/**
 * Shortens a balance for people.
 *
 * @param balance a decimal number
 * @returns at most six decimals; `<0.000001` for a smaller one that is not zero
 */
export function shortBalance(balance: string): string {
  const [whole = "", fraction = ""] = balance.split(".");
  const cut = fraction.slice(0, MAX_DECIMALS).replace(/0+$/, "");
  if (cut !== "") return `${whole}.${cut}`;
  return whole === "0" && fraction !== "" ? "<0.000001" : whole;
}
