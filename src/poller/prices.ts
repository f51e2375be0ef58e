import { isPrice } from "../assets/price_feed.ts";
import type { PricePlan } from "../plan/plan.ts";
import type { Clock } from "../util/clock.ts";
import type { NetworkState } from "./state.ts";
import { toUnits } from "./units.ts";

/** A price of now. */
export interface Price {
  /** In USD. */
  readonly usd: number;
  /** Until when it is shown, in seconds since the Unix epoch. */
  readonly until: number;
}

/** Prices by the symbols of coins and tokens; without those that are unknown, stale or not positive. */
export type Prices = ReadonlyMap<string, Price>;

/** How far the clock of a chain may be ahead, in seconds. */
const MAX_AHEAD = 900;

/** Finds the prices that are valid now; undefined if none are configured. */
export function pricesOf(
  networks: readonly Pick<NetworkState, "plan" | "accounts" | "decimals">[],
  clock: Clock,
): Prices | undefined {
  if (networks.every(({ plan }) => plan.prices === undefined)) return undefined;
  const found = new Map<string, Price>();
  for (const network of networks) {
    for (const plan of network.plan.prices ?? []) {
      const price = judgePrice(plan, network, clock.epoch());
      if (typeof price === "object") { for (const symbol of plan.symbols) found.set(symbol, price); }
    }
  }
  return found;
}

/** Why a price that was read is not used. */
export type PriceProblem = "not positive" | "older than maxAge" | "in the future";

/**
 * Judges a price.
 *
 * @param now in seconds since the Unix epoch
 * @returns undefined while it is unknown
 */
export function judgePrice(
  { token, account, updated: updatedAccount, maxAge }: PricePlan,
  { accounts, decimals }: Pick<NetworkState, "accounts" | "decimals">,
  now: number,
): Price | PriceProblem | undefined {
  const answer = accounts.get(account)?.reading;
  const updated = accounts.get(updatedAccount)?.reading;
  const places = decimals.get(token.asset.id);
  if (answer === undefined || updated === undefined || places === undefined) return undefined;
  // A time that was read later may be that of another price.
  if (answer.readAt < updated.readAt) return undefined;
  if (!isPrice(answer.amount)) return "not positive";
  const at = Number(updated.amount);
  const until = at + maxAge / 1000;
  if (at - now > MAX_AHEAD) return "in the future";
  return until < now ? "older than maxAge" : { usd: toUnits(answer.amount, places), until };
}

/** The product of two doubles has no more that are exact. */
const DIGITS = 15;

/** What a balance is worth, in USD; undefined if it or its price is unknown. */
export function worthOf(
  prices: Prices | undefined,
  amount: bigint | undefined,
  decimals: number | undefined,
  symbol: string | undefined,
): number | undefined {
  if (prices === undefined || amount === undefined || decimals === undefined || symbol === undefined) return undefined;
  const usd = prices.get(symbol)?.usd;
  return usd === undefined ? undefined : Number((usd * toUnits(amount, decimals)).toPrecision(DIGITS));
}
