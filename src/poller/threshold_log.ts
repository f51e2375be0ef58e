import { formatUnits } from "viem/utils";
import { isBelow } from "../plan/below_minimum.ts";
import { chainFacts, hasCoin } from "../evm/chains/chain_facts.ts";
import { log } from "../util/log.ts";
import { type NetworkPlan, type WalletPlan, type WalletTokenPlan } from "../plan/plan.ts";
import type { NetworkState } from "./state.ts";
import { createLineLimit } from "./line_limit.ts";

/** Logs balances that cross a threshold: a line per crossing, down and up. */
export interface ThresholdLog {
  /**
   * Compares what was read with what was last logged. A balance whose first reading
   * is already below a threshold is logged too; what a reload leaves below it is not
   * logged again.
   *
   * @param state after a poll
   * @param now milliseconds on the monotonic clock
   */
  note(state: NetworkState, now: number): void;
}

/** In the order in which a falling balance crosses them; what a wallet is filled up to is no alarm. */
const LEVELS = ["warning", "minimum", "critical"] as const;

/** Lines of one poll; the rest is summed up in one more. */
const MAX_LINES_PER_POLL = 100;

/** A wallet's native balance, or one of its tokens. */
interface Holding {
  readonly wallet: WalletPlan;
  readonly own: WalletTokenPlan | undefined;
}

/** What a holding was last logged to be below. */
interface Below {
  /** The same for equal holdings of two plans. */
  readonly key: string;
  /** The levels, as bits; at least one. */
  readonly bits: number;
}

/**
 * Makes the log of one network's thresholds. It outlives reloads.
 *
 * @param network what the network is called
 */
export function createThresholdLog(network: string): ThresholdLog {
  const limit = createLineLimit();
  /** Holdings that were last logged to be below any level; the others of a plan are not held here. */
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
      if (known !== undefined) below.set(holding.own ?? holding.wallet, known);
    }
  }

  function set(holding: Holding, bits: number): void {
    const { own, wallet } = holding;
    if (bits === 0) below.delete(own ?? wallet);
    else below.set(own ?? wallet, { key: keyOf(holding), bits });
  }

  /** @returns whether the line is dealt with: it is not while it has been written too often */
  function write(state: NetworkState, holding: Holding, level: number, isBelow: boolean, now: number): boolean {
    const name = LEVELS[level] ?? "critical";
    const { wallet, own } = holding;
    const threshold = own === undefined ? wallet.thresholds[name]?.coins : own.thresholds[name];
    // A threshold that was removed was not crossed.
    if (threshold === undefined) return true;
    if (!limit.allows(`${keyOf(holding)} ${name}`, now)) return false;
    const fields = { network, ...factsOf(state, holding), threshold: String(threshold), threshold_level: name };
    if (!isBelow) log.info("Balance is no longer below a threshold", fields);
    else if (name === "critical") log.error("Balance is below a threshold", fields);
    else log.warn("Balance is below a threshold", fields);
    return true;
  }

  return {
    note(state, now): void {
      adopt(state.plan);
      let lines = 0;
      for (const holding of holdingsOf(state.plan)) {
        const before = below.get(holding.own ?? holding.wallet)?.bits ?? 0;
        const present = levelsOf(state, holding, before);
        if (present === before) continue;
        let bits = before;
        for (let level = 0; level < LEVELS.length; level++) {
          const bit = 1 << level;
          if ((present & bit) === (before & bit)) continue;
          const isBelow = (present & bit) !== 0;
          if (++lines > MAX_LINES_PER_POLL || write(state, holding, level, isBelow, now)) bits ^= bit;
        }
        set(holding, bits);
      }
      const more = lines - MAX_LINES_PER_POLL;
      if (more > 0) log.warn("More threshold changes than logged", { network, more });
    },
  };
}

function* holdingsOf({ wallets }: NetworkPlan): Iterable<Holding> {
  for (const wallet of wallets) {
    yield { wallet, own: undefined };
    for (const own of wallet.tokens) yield { wallet, own };
  }
}

/** @returns the levels that the balance is below, as bits; those before where it was not read yet */
function levelsOf(state: NetworkState, holding: Holding, before: number): number {
  const { wallet, own } = holding;
  const reading = state.accounts.get((own ?? wallet).account)?.reading;
  const decimals = decimalsOf(state, holding);
  if (reading === undefined || decimals === undefined) return before;
  let levels = 0;
  for (const [level, name] of LEVELS.entries()) {
    if (isBelow(reading.wei, (own ?? wallet).thresholds[name], decimals)) levels |= 1 << level;
  }
  return levels;
}

/** @returns none where a balance means nothing: of a token that is not known yet, of a coin that the chain lacks */
function decimalsOf({ plan, chainId, decimals }: NetworkState, { own }: Holding): number | undefined {
  if (own !== undefined) return decimals.get(own.token.address);
  return hasCoin(chainId ?? plan.chainId) ? plan.decimals : undefined;
}

function factsOf(state: NetworkState, holding: Holding): Readonly<Record<string, string>> {
  const { plan, chainId, accounts } = state;
  const { wallet, own } = holding;
  const { label, address } = wallet;
  const token = own?.token;
  const coin = plan.symbol ?? (chainId === undefined ? undefined : chainFacts(chainId)?.symbol);
  const symbol = token === undefined ? coin : token.symbol;
  const amount = accounts.get((own ?? wallet).account)?.reading?.wei ?? 0n;
  return {
    wallet: label,
    address,
    ...(token === undefined ? {} : { token: token.address }),
    ...(symbol === undefined ? {} : { symbol }),
    balance: formatUnits(amount, decimalsOf(state, holding) ?? 0),
  };
}

function keyOf({ wallet: { address, label }, own }: Holding): string {
  return JSON.stringify([address, label, own?.token.address]);
}
