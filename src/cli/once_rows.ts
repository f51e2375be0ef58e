import { hasCoin } from "../evm/chains/chain_facts.ts";
import type { Mute } from "../plan/plan.ts";
import { type Prices, pricesOf, worthOf } from "../poller/prices.ts";
import { formatUnits } from "../poller/units.ts";
import type { StateStore } from "../poller/state.ts";
import type { Condition, HoldingStatus } from "../status/holding_status.ts";
import { rankOf, type WalletStatus, walletStatuses } from "../status/wallet_status.ts";
import type { Clock } from "../util/clock.ts";

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
  /** What it is worth in USD; missing if its price is unknown. */
  readonly usd?: number | undefined;
  /** In whole coins, by level. */
  readonly thresholds: Readonly<Record<string, string>>;
  readonly state: OnceState;
  /** Why it could not be read, or is not certain. */
  readonly reason?: string | undefined;
  /** The block of the balance, if it is known. */
  readonly block?: number | undefined;
  /** In seconds since the Unix epoch. */
  readonly blockTime?: number | undefined;
  /** At the outflow of the last day, if the past was read; missing if the balance does not decrease. */
  readonly secondsToEmpty?: number | undefined;
  /** Beside its coin, what else is read of a wallet: null if it could not be; missing if it is not configured. */
  readonly transactions?: string | null | undefined;
  readonly code?: string | null | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Why the wallet has no alerts at present, if it is muted. */
  readonly mute?: Mute | undefined;
  /** What the table shows besides: as the page has it, and the rank of its wallet. */
  readonly condition?: Condition | undefined;
  readonly urgency: number;
}

/** The most severe threshold that the balance is below, `ok`, or why there is no balance. */
export type OnceState = "ok" | "warning" | "below minimum" | "critical" | "not read" | "rejected";

const STATES = { critical: "critical", minimum: "below minimum", warning: "warning" } as const;

/** More decimals are noise for people. */
const MAX_DECIMALS = 6;

/** Lists the balances that were read, those that could not be read, and rejected entries, in the order of the plan. */
export function onceRows({ networks }: StateStore, clock: Clock): readonly OnceRow[] {
  // With a single poll nothing is older than an interval.
  const context = { clock, interval: 0 };
  const prices = pricesOf(networks, clock);
  const rows = networks.flatMap((network) =>
    [...walletStatuses(network, context)].flatMap((wallet) =>
      wallet.holdings.map((each) => rowOf(wallet, each, prices))
    )
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
      urgency: rankOf({ condition: "unreadable" }),
    }))
  );
  return [...rows, ...rejected];
}

function rowOf(of: WalletStatus, holding: HoldingStatus, prices: Prices | undefined): OnceRow {
  const { network, wallet: { address, label, labels }, mute } = of;
  const { token, account: { failure, reading }, symbol = "", decimals, condition } = holding;
  const own = {
    network: network.plan.networkLabel,
    label,
    address,
    asset: symbol,
    token: token?.token.address,
    thresholds: {},
    labels,
    mute,
    condition,
    urgency: rankOf(of),
    ...holding.isFirst ? valuesOf(holding) : {},
  };
  if (token === undefined && !hasCoin(network.chainId ?? network.plan.chainId)) return { ...own, state: "ok" };
  if (reading === undefined || decimals === undefined) {
    return { ...own, state: "not read", reason: failure ?? "missing", condition: "unreadable" };
  }
  const limits = Object.entries(holding.thresholds).map(([level, limit]) => [level, formatUnits(limit, decimals)]);
  return {
    ...own,
    balance: formatUnits(reading.amount, decimals),
    wei: String(reading.amount),
    usd: worthOf(prices, reading.amount, decimals, symbol),
    thresholds: Object.fromEntries(limits),
    block: reading.block && Number(reading.block.number),
    blockTime: reading.block?.time,
    // Without its past, a single reading says nothing.
    secondsToEmpty: holding.day === undefined ? undefined : holding.secondsToEmpty,
    state: holding.below === undefined ? "ok" : STATES[holding.below],
    reason: holding.failure,
  };
}

function valuesOf({ transactions, code }: HoldingStatus): Pick<OnceRow, "transactions" | "code"> {
  return {
    transactions: transactions && (transactions.known?.count.toString() ?? null),
    code: code && (code.kind ?? null),
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
