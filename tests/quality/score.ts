import { DAY, HOUR, type Span } from "./calendar.ts";
import type { Firing } from "./rules.ts";
import type { WalletYear } from "./wallets.ts";

/** The first days know too little of the past. */
const WARM_UP = 2 * DAY;

/** A shorter one is over before anybody could be told: a top-up was on its way. */
const MIN_DRY = 15;

/** A dry-out, and how long before it somebody knew. */
export interface ScoredDryOut {
  readonly at: number;
  /** How many mean days of spending it held a day before. */
  readonly daysBefore: number;
  /** Whether each hour of the day before took less than a quarter of what was there when that day began. */
  readonly allowsDay: boolean;
  /** Minutes; negative after it began, undefined if never while it lasted. */
  readonly lead: number | undefined;
}

export interface Notification {
  readonly alert: string;
  readonly at: number;
  /** Whether the minimum would not have been crossed within 24 hours without a top-up. */
  readonly isFalse: boolean;
}

/** When a wallet ran dry, and who knew how long before. */
export function scoreDryOuts(wallet: WalletYear, alerts: readonly Firing[]): readonly ScoredDryOut[] {
  const active = knownSpans(wallet, alerts);
  return wallet.dryOuts.filter(({ from, to }) => from >= WARM_UP && to - from >= MIN_DRY).map(({ from, to }) => {
    // Until it is over: an alert that fires after the top-up was of no use.
    const known = active.find((span) => span.to > from && span.from < to);
    return {
      at: from,
      daysBefore: (wallet.balance[from - DAY] ?? 0) / wallet.typical,
      allowsDay: allowsDay(wallet, from),
      lead: known === undefined ? undefined : from - known.from,
    };
  });
}

/** Each start of each alert. */
export function scoreNotifications(
  wallet: WalletYear,
  alerts: readonly Firing[],
  within = DAY,
): readonly Notification[] {
  return alerts.filter(({ from }) => from >= WARM_UP).map(({ alert, from }) => ({
    alert,
    at: from,
    isFalse: !crosses(wallet, from, within),
  }));
}

function crosses({ balance, demand, minimum }: WalletYear, at: number, within: number): boolean {
  let left = balance[at] ?? 0;
  if (left < minimum) return true;
  for (let minute = at + 1; minute <= at + within; minute++) {
    left -= demand[minute] ?? 0;
    if (left < minimum || left < 0) return true;
  }
  return false;
}

function allowsDay({ balance, demand }: WalletYear, at: number): boolean {
  const most = (balance[at - DAY] ?? 0) / 4;
  for (let from = at - DAY; from < at; from += HOUR) {
    let spent = 0;
    for (let minute = from + 1; minute <= from + HOUR; minute++) spent += demand[minute] ?? 0;
    if (spent >= most) return false;
  }
  return true;
}

/** Who was notified does not forget at once: an exporter that is down for so long, or a quiet night, changes nothing. */
const MEMORY = 6 * HOUR;

/** When somebody knew: an alert was active, or had been shortly before, and nobody had topped the wallet up since. */
function knownSpans({ topUps }: WalletYear, alerts: readonly Firing[]): readonly Span[] {
  const joined: Span[] = [];
  for (const { from, to } of alerts.toSorted((one, other) => one.from - other.from)) {
    const last = joined.at(-1);
    const isKnown = last !== undefined &&
      (from <= last.to || (from <= last.to + MEMORY && !topUps.some((at) => last.to <= at && at <= from)));
    if (isKnown) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else joined.push({ from, to });
  }
  return joined;
}
