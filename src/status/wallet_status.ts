import type { Level, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import { hasCoin } from "../evm/chains/chain_facts.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { isAbove, isBelow, limitOf } from "../plan/limits.ts";
import { decimalsOf, type Holding, holdingsOf, symbolOf } from "../poller/holdings.ts";
import type { Change } from "../poller/history.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "../poller/state.ts";
import { outflowOf, secondsUntil } from "../poller/trend.ts";
import type { Clock } from "../util/clock.ts";

/** What is wrong with a balance, the most urgent first. */
export const CONDITIONS = [
  "critical",
  "minimum",
  "warning",
  "depleting_fast",
  "depleting_soon",
  "above_maximum",
  "unreadable",
  "stale",
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** How people call them. */
export const CONDITION_NAMES: Readonly<Record<Condition, string>> = {
  critical: "critically low",
  minimum: "below minimum",
  warning: "below warning",
  depleting_fast: "empty within hours",
  depleting_soon: "empty within days",
  above_maximum: "above maximum",
  unreadable: "cannot be read",
  stale: "outdated",
};
/** How they call a balance without one. */
export const FINE = "fine";

/** What is known of a balance. */
interface HoldingState extends Holding {
  readonly account: AccountState;
  readonly symbol: string | undefined;
  /** Undefined until they are known. */
  readonly decimals: number | undefined;
  /** In the smallest unit, without those that cannot be compared yet. */
  readonly thresholds: Readonly<Partial<Record<Level, bigint>>>;
  /** The most severe threshold that it is below. */
  readonly below: (typeof ALARMS)[number] | undefined;
  readonly isAboveMaximum: boolean;
  /** Why the last attempt to read it failed, or why it cannot be judged. */
  readonly failure: Reason | "bad_threshold" | undefined;
}

/** The most severe first. */
const ALARMS = ["critical", "minimum", "warning"] as const;

/** A balance and how it develops. */
export interface HoldingStatus extends HoldingState {
  readonly hour: Change | undefined;
  readonly day: Change | undefined;
  /** Smallest units per second, of the last 24 hours or what is known of them. */
  readonly outflow: number | undefined;
  readonly secondsToEmpty: number | undefined;
  readonly secondsToMinimum: number | undefined;
  /** The most urgent one; undefined if there is none. */
  readonly condition: Condition | undefined;
}

/** A wallet with its balances: the native one first, if the chain has a coin. */
export interface WalletStatus {
  readonly network: NetworkState;
  readonly wallet: WalletPlan;
  readonly holdings: readonly HoldingStatus[];
  /** The most urgent of its balances. */
  readonly condition: Condition | undefined;
  /** The shortest time until one of them is empty. */
  readonly secondsToEmpty: number | undefined;
}

/** As the rules have it: without a critical level, a fraction of the minimum. */
const CRITICAL_SHARE = 4n;
/** Seconds until a balance is empty, by the outflow of an hour or of a day. */
const FAST = 6 * 3600;
const SOON = 3 * 86_400;
/** Seconds of the day that must be known; for the hour, those of an outflow are enough. */
const MIN_SOON = 6 * 3600;
/** One large transfer is no outflow: so many columns must have decreased. */
const MIN_DECREASES = 3;
/** A reading is stale at this age in seconds, or after three intervals if that is longer. */
const MIN_STALE = 3600;

/** The urgency of a balance or wallet: the less, the more urgent. */
export function rankOf({ condition }: Pick<WalletStatus, "condition">): number {
  return condition === undefined ? CONDITIONS.length : CONDITIONS.indexOf(condition);
}

/** What a status depends on besides the state. */
export interface StatusContext {
  readonly clock: Clock;
  /** Of networks without an interval of their own, in milliseconds. */
  readonly interval: number;
}

/** Makes the status of each wallet of a network, in the order of the plan. */
export function* walletStatuses(network: NetworkState, context: StatusContext): Iterable<WalletStatus> {
  let holdings: HoldingStatus[] = [];
  let wallet: WalletPlan | undefined;
  for (const holding of holdingStates(network)) {
    if (wallet !== undefined && wallet !== holding.wallet) {
      yield walletStatus(network, wallet, holdings);
      holdings = [];
    }
    wallet = holding.wallet;
    holdings.push(holdingStatus(network, holding, context));
  }
  if (wallet !== undefined) yield walletStatus(network, wallet, holdings);
}

/** Of each wallet the coin, unless the chain has none, then the tokens. */
function* holdingStates(network: NetworkState): Iterable<HoldingState> {
  const { plan, chainId = plan.chainId } = network;
  for (const holding of holdingsOf(plan)) {
    if (holding.token !== undefined || hasCoin(chainId)) yield holdingState(network, holding);
  }
}

function holdingState(network: NetworkState, holding: Holding): HoldingState {
  const { wallet, token } = holding;
  const { account: key, thresholds } = token ?? wallet;
  const account = network.accounts.get(key) ?? UNKNOWN;
  const { reading } = account;
  const decimals = decimalsOf(network, holding);
  const isInvalid = token === undefined && wallet.hasInvalidMinimum;
  return {
    ...holding,
    account,
    symbol: symbolOf(network, holding),
    decimals,
    thresholds: decimals === undefined ? {} : limitsOf(thresholds, decimals),
    below: ALARMS.find((level) => reading !== undefined && isBelow(reading.amount, thresholds[level], decimals)),
    isAboveMaximum: reading !== undefined && decimals !== undefined &&
      isAbove(reading.amount, thresholds.maximum, decimals),
    failure: account.failure ?? (isInvalid ? "bad_threshold" : undefined),
  };
}

/** By thresholds and decimals, which live as long as a plan: converted once, not for each status. */
const known = new WeakMap<object, readonly [decimals: number, limits: HoldingState["thresholds"]]>();

function limitsOf(thresholds: HoldingThresholds, decimals: number): HoldingState["thresholds"] {
  const [knownDecimals, knownLimits] = known.get(thresholds) ?? [];
  if (knownLimits !== undefined && knownDecimals === decimals) return knownLimits;
  const limits = Object.fromEntries(
    Object.entries(thresholds).flatMap(([level, threshold]) => {
      const limit = limitOf(threshold, decimals);
      return limit === undefined ? [] : [[level, limit]];
    }),
  );
  known.set(thresholds, [decimals, limits]);
  return limits;
}

type HoldingThresholds = WalletPlan["thresholds"] | WalletTokenPlan["thresholds"];

function walletStatus(network: NetworkState, wallet: WalletPlan, holdings: readonly HoldingStatus[]): WalletStatus {
  let condition: Condition | undefined;
  let secondsToEmpty: number | undefined;
  for (const each of holdings) {
    if (rankOf(each) < rankOf({ condition })) condition = each.condition;
    if ((each.secondsToEmpty ?? Infinity) < (secondsToEmpty ?? Infinity)) secondsToEmpty = each.secondsToEmpty;
  }
  return { network, wallet, holdings, condition, secondsToEmpty };
}

function holdingStatus({ history, plan }: NetworkState, holding: HoldingState, context: StatusContext): HoldingStatus {
  const { account, thresholds } = holding;
  const key = (holding.token ?? holding.wallet).account;
  const hour = history.change(key, "hour");
  const day = history.change(key, "day");
  const outflow = outflowOf(day);
  const amount = account.reading?.amount;
  const left = (limit?: bigint): number | undefined =>
    amount === undefined ? undefined : secondsUntil(amount, outflow, limit);
  const isReadable = amount !== undefined && holding.decimals !== undefined;
  const condition = isReadable ? conditionOf(holding, amount, { hour, day }) : undefined;
  const interval = plan.interval ?? context.interval;
  return {
    ...holding,
    hour,
    day,
    outflow,
    secondsToEmpty: left(),
    secondsToMinimum: thresholds.minimum === undefined ? undefined : left(thresholds.minimum),
    // A balance that is not known is more severe than one above its maximum.
    condition: condition ?? staleness(holding, context.clock, interval) ??
      (holding.isAboveMaximum ? "above_maximum" : undefined),
  };
}

interface Changes {
  readonly hour: Change | undefined;
  readonly day: Change | undefined;
}

function conditionOf(
  { below, thresholds }: HoldingState,
  amount: bigint,
  { hour, day }: Changes,
): Condition | undefined {
  const { critical, minimum } = thresholds;
  const isCritical = critical === undefined && minimum !== undefined && CRITICAL_SHARE * amount < minimum;
  if (isCritical || below === "critical") return "critical";
  if (below !== undefined) return below;
  if (isWithin(hour, amount, FAST)) return "depleting_fast";
  return (day?.seconds ?? 0) >= MIN_SOON && isWithin(day, amount, SOON) ? "depleting_soon" : undefined;
}

function isWithin(change: Change | undefined, amount: bigint, seconds: number): boolean {
  if ((change?.decreases ?? 0) < MIN_DECREASES) return false;
  return (secondsUntil(amount, outflowOf(change)) ?? Infinity) < seconds;
}

/** A balance that was never tried is unknown, which is no problem yet. */
function staleness(
  { account: { attempted, reading }, failure }: HoldingState,
  clock: Clock,
  interval: number,
): Condition | undefined {
  if (attempted && failure !== undefined) return "unreadable";
  if (reading === undefined) return undefined;
  const age = (clock.now() - reading.readAt) / 1000;
  return age > Math.max(MIN_STALE, 3 * interval / 1000) ? "stale" : undefined;
}
