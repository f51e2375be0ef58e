import { limitOf } from "../plan/limits.ts";
import type { Level, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";

/** In the smallest unit, by level. */
export type LevelLimits = Readonly<Partial<Record<Level, bigint>>>;

/** By thresholds and decimals, which live as long as a plan: converted once, not for each status. */
const known = new WeakMap<object, { readonly decimals: number; readonly limits: LevelLimits }>();

/** The thresholds of a wallet or token, without those that cannot be compared. */
export function limitsOf(
  thresholds: WalletPlan["thresholds"] | WalletTokenPlan["thresholds"],
  decimals: number,
): LevelLimits {
  const before = known.get(thresholds);
  if (before?.decimals === decimals) return before.limits;
  const limits = Object.fromEntries(
    Object.entries(thresholds).flatMap(([level, threshold]) => {
      const limit = limitOf(threshold, decimals);
      return limit === undefined ? [] : [[level, limit]];
    }),
  );
  known.set(thresholds, { decimals, limits });
  return limits;
}
