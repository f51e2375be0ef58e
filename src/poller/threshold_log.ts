import { formatUnits } from "./units.ts";
import { isBelow } from "../plan/limits.ts";
import { log } from "../util/log.ts";
import type { NetworkPlan, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { NetworkState } from "./state.ts";
import { decimalsOf, type Holding, holdingsOf, symbolOf } from "./holdings.ts";

/**
 * Logs balances that cross a threshold: a line per crossing, down and up. A balance that is below a threshold in its
 * first reading is logged too; one that is still below after a reload is not logged again.
 *
 * @param now milliseconds on the monotonic clock
 */
export type ThresholdLog = (state: NetworkState, now: number) => void;

/** In the order in which a falling balance crosses them. */
const LEVELS = ["warning", "minimum", "critical"] as const;

/** One more line has the number of the others. */
export const MAX_LINES_PER_POLL = 100;

/** The levels that a holding was last logged to be below. */
interface Below {
  /** The same for equal holdings of two plans. */
  readonly key: string;
  /** The levels, as bits; at least one. */
  readonly bits: number;
}

/** Creates the log of one network's thresholds. It outlives reloads. */
export function createThresholdLog(network: string): ThresholdLog {
  const mayWrite = createLineLimit();
  /** Only holdings that were last logged to be below any level. */
  let below = new Map<WalletPlan | WalletTokenPlan, Below>();
  let planOfBelow: WeakRef<NetworkPlan> | undefined;

  function adopt(plan: NetworkPlan): void {
    if (planOfBelow?.deref() === plan) return;
    planOfBelow = new WeakRef(plan);
    const before = new Map([...below.values()].map((each) => [each.key, each]));
    below = new Map();
    if (before.size === 0) return;
    for (const holding of holdingsOf(plan)) {
      const known = before.get(keyOf(holding));
      if (known !== undefined) below.set(holding.token ?? holding.wallet, known);
    }
  }

  /** @returns false if the line was written too often: it is tried again after the next poll */
  function write(state: NetworkState, holding: Holding, level: number, isBelow: boolean, now: number): boolean {
    const name = LEVELS[level] ?? "critical";
    const { wallet, token } = holding;
    const threshold = token === undefined ? wallet.thresholds[name]?.coins : token.thresholds[name];
    // A threshold that was removed was not crossed.
    if (threshold === undefined) return true;
    if (!mayWrite(`${keyOf(holding)} ${name}`, now)) return false;
    const amount = state.accounts.get((token ?? wallet).account)?.reading?.amount ?? 0n;
    const fields = {
      network,
      wallet: wallet.label,
      address: wallet.address,
      token: token?.token.address,
      symbol: symbolOf(state, holding),
      balance: formatUnits(amount, decimalsOf(state, holding) ?? 0),
      threshold: String(threshold),
      threshold_level: name,
    };
    if (!isBelow) log.info("Balance is no longer below a threshold", fields);
    else if (name === "critical") log.error("Balance is below a threshold", fields);
    else log.warn("Balance is below a threshold", fields);
    return true;
  }

  return (state, now) => {
    adopt(state.plan);
    let lines = 0;
    for (const holding of holdingsOf(state.plan)) {
      const plan = holding.token ?? holding.wallet;
      const before = below.get(plan)?.bits ?? 0;
      const present = levelsOf(state, holding, before);
      if (present === before) continue;
      let bits = before;
      for (let level = 0; level < LEVELS.length; level++) {
        const bit = 1 << level;
        if ((present & bit) === (before & bit)) continue;
        const isBelow = (present & bit) !== 0;
        if (++lines > MAX_LINES_PER_POLL || write(state, holding, level, isBelow, now)) bits ^= bit;
      }
      if (bits === 0) below.delete(plan);
      else below.set(plan, { key: keyOf(holding), bits });
    }
    const more = lines - MAX_LINES_PER_POLL;
    if (more > 0) log.warn("More threshold changes than logged", { network, more });
  };
}

/** @returns the levels that the balance is below, as bits; the previous ones if it was not read */
function levelsOf(state: NetworkState, holding: Holding, before: number): number {
  const { wallet, token } = holding;
  const reading = state.accounts.get((token ?? wallet).account)?.reading;
  const decimals = decimalsOf(state, holding);
  if (reading === undefined || decimals === undefined) return before;
  let levels = 0;
  for (const [level, name] of LEVELS.entries()) {
    if (isBelow(reading.amount, (token ?? wallet).thresholds[name], decimals)) levels |= 1 << level;
  }
  return levels;
}

function keyOf({ wallet: { address, label }, token }: Holding): string {
  return JSON.stringify([address, label, token?.token.asset.id]);
}

const MAX_LINES_PER_HOUR = 6;
const HOUR = 3_600_000;

/**
 * Limits how often a state that alternates is logged, for each key separately.
 *
 * @returns whether a line may be written, which is counted then; `now` in milliseconds on the monotonic clock
 */
export function createLineLimit(): (key: string, now: number) => boolean {
  const written = new Map<string, readonly number[]>();
  let prunedAt = -Infinity;

  function prune(now: number): void {
    if (now - prunedAt < HOUR) return;
    prunedAt = now;
    for (const [key, times] of written) {
      if (times.every((at) => now - at >= HOUR)) written.delete(key);
    }
  }

  return (key, now) => {
    prune(now);
    const recent = (written.get(key) ?? []).filter((at) => now - at < HOUR);
    if (recent.length >= MAX_LINES_PER_HOUR) return false;
    written.set(key, [...recent, now]);
    return true;
  };
}
