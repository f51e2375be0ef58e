import { hasCoin } from "../evm/chains/chain_facts.ts";
import { isBelow, limitOf } from "../plan/below_minimum.ts";
import { type NetworkState, type StateStore, UNKNOWN } from "../poller/state.ts";
import { decimalsOf, type Holding, holdingsOf, symbolOf } from "../poller/holdings.ts";
import { formatUnits } from "../poller/units.ts";

/** One line of the output of `once`; amounts are exact decimal strings, and missing if the balance could not be read. */
export interface OnceRow {
  readonly network: string;
  readonly label: string;
  readonly address: string;
  /** The symbol of the native coin or token; empty if it is unknown. */
  readonly asset: string;
  /** The token's contract; missing for the native coin. */
  readonly token?: string | undefined;
  /** In whole coins. */
  readonly balance?: string;
  /** In the smallest unit. */
  readonly wei?: string;
  /** In whole coins, by level. */
  readonly thresholds: Readonly<Record<string, string>>;
  readonly state: OnceState;
  /** Why it could not be read, or is not certain. */
  readonly reason?: string | undefined;
  /** The block of the balance, if it is known. */
  readonly block?: number | undefined;
  /** In seconds since the Unix epoch. */
  readonly blockTime?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** The most severe threshold that the balance is below, `ok`, or why there is no balance. */
export type OnceState = "ok" | "warning" | "below minimum" | "critical" | "not read" | "rejected";

const STATES = { critical: "critical", minimum: "below minimum", warning: "warning" } as const;

/** A balance may be below several: the most severe first. */
const ALARMS = ["critical", "minimum", "warning"] as const;

/** More decimals are noise for people. */
const MAX_DECIMALS = 6;

/** Lists the balances that were read, those that could not be read, and rejected entries. */
export function onceRows({ networks }: StateStore): readonly OnceRow[] {
  const rows = networks.flatMap((state) =>
    [...holdingsOf(state.plan)]
      .filter(({ token }) => token !== undefined || hasCoin(state.chainId ?? state.plan.chainId))
      .map((holding) => rowOf(state, holding))
  );
  const rejected = networks.flatMap(({ plan }) =>
    plan.rejected.map(({ address, label, labels = {} }): OnceRow => ({
      network: plan.networkLabel,
      address,
      label,
      labels,
      asset: "",
      thresholds: {},
      state: "rejected",
      reason: "configuration",
    }))
  );
  return [...rows, ...rejected];
}

function rowOf(state: NetworkState, holding: Holding): OnceRow {
  const { wallet, token } = holding;
  const { address, label, labels } = wallet;
  const { account, thresholds } = token ?? wallet;
  const { failure, reading } = state.accounts.get(account) ?? UNKNOWN;
  const decimals = decimalsOf(state, holding);
  const own = {
    network: state.plan.networkLabel,
    label,
    address,
    asset: symbolOf(state, holding) ?? "",
    token: token?.token.address,
    thresholds: {},
    labels,
  };
  if (reading === undefined || decimals === undefined) {
    return { ...own, state: "not read", reason: failure ?? "missing" };
  }
  const isInvalid = token === undefined && wallet.hasInvalidMinimum;
  const below = ALARMS.find((level) => isBelow(reading.amount, thresholds[level], decimals));
  const limits = Object.entries(thresholds).flatMap(([level, threshold]) => {
    const limit = limitOf(threshold, decimals);
    return limit === undefined ? [] : [[level, formatUnits(limit, decimals)]];
  });
  return {
    ...own,
    balance: formatUnits(reading.amount, decimals),
    wei: String(reading.amount),
    thresholds: Object.fromEntries(limits),
    block: reading.block && Number(reading.block.number),
    blockTime: reading.block?.time,
    state: below === undefined ? "ok" : STATES[below],
    reason: failure ?? (isInvalid ? "bad_threshold" : undefined),
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
