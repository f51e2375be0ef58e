import type { Reason } from "../jsonrpc/errors.ts";
import { isAbove, isBelow } from "../plan/limits.ts";
import type { WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import { decimalsOf, type Holding, symbolOf } from "../poller/holdings.ts";
import type { Change } from "../poller/history.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "../poller/state.ts";
import { outflowOf, outflowsOf, secondsUntil } from "../poller/trend.ts";
import type { Clock } from "../util/clock.ts";
import { type Condition, CONDITIONS } from "./conditions.ts";
import { type Depletion, depletionOf } from "./depletion.ts";
import { type LevelLimits, limitsOf } from "./level_limits.ts";
import {
  type CodeStatus,
  codeStatus,
  type TransactionsStatus,
  transactionsStatus,
  valueConditions,
} from "./value_status.ts";

export { type Condition, CONDITION_NAMES, CONDITIONS, FINE } from "./conditions.ts";

/** The most severe first. */
const ALARMS = ["critical", "minimum", "warning"] as const;

/** As the rules have it: without a critical level, a fraction of the minimum. */
const CRITICAL_SHARE = 4n;
/** Seconds of the hour that must be known of a balance that is emptied: its columns are ten minutes. */
const MIN_EMPTIED = 3000;
/** For longer than this, busy hours of the day hardly matter. */
const NEAR = 2 * 86_400;
/** A reading is stale at this age in seconds, or after three intervals if that is longer. */
const MIN_STALE = 3600;

/** What a status depends on besides the state. */
export interface StatusContext {
  readonly clock: Clock;
  /** Of networks without an interval of their own, in milliseconds. */
  readonly interval: number;
}

/** The age from which on a network's readings are stale, in milliseconds. */
export function staleAge({ plan }: NetworkState, { interval }: StatusContext): number {
  return Math.max(1000 * MIN_STALE, 3 * (plan.interval ?? interval));
}

/**
 * A balance and how it develops. What few of 10,000 are asked for is computed then; a status keeps what they are sorted
 * by.
 */
export class HoldingStatus implements Holding {
  readonly wallet: WalletPlan;
  readonly token: WalletTokenPlan | undefined;
  readonly account: AccountState;
  /** The most urgent one; undefined if there is none. */
  readonly condition: Condition | undefined;
  /** Whether it stands for its wallet: the coin, or the first token on a chain without one. */
  readonly isFirst: boolean;
  /** That of the balance, and those of the wallet that it stands for; the most urgent first. */
  readonly shown: readonly Condition[];
  /** At the outflow of the last 24 hours; undefined if it does not decrease, or too little is known. */
  readonly secondsToEmpty: number | undefined;
  readonly #network: NetworkState;

  constructor(
    network: NetworkState,
    wallet: WalletPlan,
    token: WalletTokenPlan | undefined,
    context: StatusContext,
    isFirst: boolean,
  ) {
    this.#network = network;
    this.wallet = wallet;
    this.token = token;
    this.isFirst = isFirst;
    this.account = network.accounts.get((token ?? wallet).account) ?? UNKNOWN;
    this.secondsToEmpty = this.#secondsTo(0n);
    const ofBalance = this.#conditionOf(context);
    const ofWallet = isFirst ? valueConditions(network, wallet) : NONE;
    this.shown = ofBalance === undefined ? ofWallet : byUrgency([ofBalance, ...ofWallet]);
    this.condition = this.shown[0];
  }

  get symbol(): string | undefined {
    return symbolOf(this.#network, this);
  }

  /** Undefined until they are known. */
  get decimals(): number | undefined {
    return decimalsOf(this.#network, this);
  }

  /** In the smallest unit, without those that cannot be compared yet. */
  get thresholds(): LevelLimits {
    const { decimals } = this;
    return decimals === undefined ? {} : limitsOf((this.token ?? this.wallet).thresholds, decimals);
  }

  /** The most severe threshold that it is below. */
  get below(): (typeof ALARMS)[number] | undefined {
    const { account: { reading }, token, wallet, decimals } = this;
    const { thresholds } = token ?? wallet;
    return ALARMS.find((level) => reading !== undefined && isBelow(reading.amount, thresholds[level], decimals));
  }

  /** Why the last attempt to read it failed, or why it cannot be judged. */
  get failure(): Reason | "bad_threshold" | undefined {
    const isInvalid = this.token === undefined && this.wallet.hasInvalidMinimum;
    return this.account.failure ?? (isInvalid ? "bad_threshold" : undefined);
  }

  get hour(): Change | undefined {
    return this.#network.history.change((this.token ?? this.wallet).account, "hour");
  }

  get day(): Change | undefined {
    return this.#network.history.change((this.token ?? this.wallet).account, "day");
  }

  /** Undefined if the wallet does not count them. */
  get transactions(): TransactionsStatus | undefined {
    return transactionsStatus(this.#network, this.wallet);
  }

  /** Undefined if it is not watched. */
  get code(): CodeStatus | undefined {
    return codeStatus(this.#network, this.wallet);
  }

  /** Smallest units per second, of the last 24 hours or what is known of them. */
  get outflow(): number | undefined {
    return outflowOf(this.day);
  }

  /** 0 if it is below its minimum. */
  get secondsToMinimum(): number | undefined {
    const { minimum } = this.thresholds;
    return minimum === undefined ? undefined : this.#secondsTo(minimum);
  }

  /** Every condition that holds: those of the wallet, then those of the balance, the most urgent first. */
  *conditions(context: StatusContext): Iterable<Condition> {
    if (this.isFirst) yield* valueConditions(this.#network, this.wallet);
    const { account: { attempted, reading }, token, wallet, decimals, failure } = this;
    if (reading !== undefined && decimals !== undefined) {
      const { amount } = reading;
      const { thresholds } = token ?? wallet;
      if (this.#isCritical(amount) || isBelow(amount, thresholds.critical, decimals)) yield "critical";
      const { fast, soon } = this.depletion;
      if (fast !== undefined) yield "depleting_fast";
      for (const level of ["minimum", "warning"] as const) {
        if (isBelow(amount, thresholds[level], decimals)) yield level;
      }
      if (soon !== undefined) yield "depleting_soon";
      if (isAbove(amount, thresholds.maximum, decimals)) yield "above_maximum";
    }
    if (attempted && failure !== undefined) yield "unreadable";
    if (this.#isStale(context)) yield "stale";
  }

  /**
   * Whether almost nothing is left of what it held an hour ago.
   *
   * @param share of that, such as 0.001
   */
  isEmptied(share: number): boolean {
    const { account: { reading, spent } } = this;
    if (reading === undefined || this.isIdle) return false;
    const left = Number(reading.amount);
    // Of most wallets the history need not be read for this.
    if (left > share * (left + Number(spent)) && !this.#spentBefore) return false;
    const { amount = 0, seconds = 0 } = this.hour ?? {};
    return seconds >= MIN_EMPTIED && left - amount > 0 && left <= share * (left - amount);
  }

  /** Seconds until it is empty, as the rules compute them, if an alert is about that. */
  get depletion(): Depletion {
    const { account: { reading } } = this;
    if (reading === undefined || this.isIdle) return { fast: undefined, soon: undefined };
    const outflows = outflowsOf(this.#network.history, (this.token ?? this.wallet).account);
    return depletionOf(reading.amount, this.thresholds, outflows);
  }

  /** Whether it never decreased. Most wallets of a large fleet are idle: their history is not read. */
  get isIdle(): boolean {
    return this.account.spent === 0n && !this.#spentBefore;
  }

  get #spentBefore(): boolean {
    return this.#network.history.spentBefore((this.token ?? this.wallet).account);
  }

  #secondsTo(limit: bigint): number | undefined {
    const { reading } = this.account;
    if (reading === undefined) return undefined;
    const { amount } = reading;
    const seconds = secondsUntil(amount, this.isIdle ? 0 : this.outflow, limit);
    if (seconds === undefined || seconds === 0 || seconds > NEAR) return seconds;
    const { account } = this.token ?? this.wallet;
    return this.#network.history.secondsIfDayRepeats(account, Number(amount - limit)) ?? seconds;
  }

  #conditionOf(context: StatusContext): Condition | undefined {
    const { account: { reading }, token, wallet, decimals } = this;
    const { maximum } = (token ?? wallet).thresholds;
    const amount = decimals === undefined ? undefined : reading?.amount;
    const condition = amount === undefined ? undefined : this.#shortage(amount);
    // A balance that is not known is more severe than one above its maximum.
    return condition ?? this.#staleness(context) ??
      (amount !== undefined && decimals !== undefined && isAbove(amount, maximum, decimals)
        ? "above_maximum"
        : undefined);
  }

  #shortage(amount: bigint): Condition | undefined {
    if (this.#isCritical(amount)) return "critical";
    const { below, depletion: { fast, soon } } = this;
    if (below === "critical") return below;
    return fast === undefined ? below ?? (soon === undefined ? undefined : "depleting_soon") : "depleting_fast";
  }

  /** Without a critical level. */
  #isCritical(amount: bigint): boolean {
    const { critical, minimum } = this.thresholds;
    return critical === undefined && minimum !== undefined && CRITICAL_SHARE * amount < minimum;
  }

  /** A balance that was never tried is unknown, which is no problem yet. */
  #staleness(context: StatusContext): Condition | undefined {
    if (this.account.attempted && this.failure !== undefined) return "unreadable";
    return this.#isStale(context) ? "stale" : undefined;
  }

  #isStale(context: StatusContext): boolean {
    const { account: { reading } } = this;
    return reading !== undefined && context.clock.now() - reading.readAt > staleAge(this.#network, context);
  }
}

const NONE: readonly Condition[] = [];

function byUrgency(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.length === 1 ? conditions : CONDITIONS.filter((each) => conditions.includes(each));
}
