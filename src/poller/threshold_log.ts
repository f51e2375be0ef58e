import { chainFacts } from "../evm/chains/chain_facts.ts";
import { hasCoin } from "../evm/strategies/coinless.ts";
import { log } from "../util/log.ts";
import { isBelow } from "../plan/below_minimum.ts";
import type { NetworkPlan, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { NetworkState } from "./book.ts";
import { coinsText } from "./coins.ts";
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

/** A wallet's coins, or one of its tokens. */
interface Position {
  readonly wallet: WalletPlan;
  readonly own: WalletTokenPlan | undefined;
}

/**
 * Makes the log of one network's thresholds. It outlives reloads.
 *
 * @param network what the network is called
 */
export function createThresholdLog(network: string): ThresholdLog {
  const limit = createLineLimit();
  /** The levels that positions were last logged to be below, as bits: those that are below any. */
  let known = new Map<string, number>();
  /** The same of all positions, by their place in the plan; the plan is not held, it may be large and out of use. */
  let levels = new Uint8Array();
  let levelsOfPlan: WeakRef<NetworkPlan> | undefined;

  function adopt(plan: NetworkPlan): void {
    if (levelsOfPlan?.deref() === plan) return;
    levelsOfPlan = new WeakRef(plan);
    const before = known;
    known = new Map();
    levels = new Uint8Array(plan.wallets.reduce((count, { tokens }) => count + 1 + tokens.length, 0));
    if (before.size === 0) return;
    for (const [place, position] of positionsOf(plan)) {
      set(plan, place, position, before.get(keyOf(plan, position)) ?? 0);
    }
  }

  function set(plan: NetworkPlan, place: number, position: Position, bits: number): void {
    if (levels[place] === bits) return;
    levels[place] = bits;
    if (bits === 0) known.delete(keyOf(plan, position));
    else known.set(keyOf(plan, position), bits);
  }

  /** @returns whether the line is dealt with: it is not while it has been written too often */
  function write(state: NetworkState, position: Position, level: number, isBelow: boolean, now: number): boolean {
    const name = LEVELS[level] ?? "critical";
    const { wallet, own } = position;
    const threshold = own === undefined ? wallet.thresholds[name]?.coins : own.thresholds[name];
    // A threshold that was removed was not crossed.
    if (threshold === undefined) return true;
    if (!limit.allows(`${keyOf(state.plan, position)} ${name}`, now)) return false;
    const fields = { network, ...factsOf(state, position), threshold: String(threshold), threshold_level: name };
    if (!isBelow) log.info("Balance is no longer below a threshold", fields);
    else if (name === "critical") log.error("Balance is below a threshold", fields);
    else log.warn("Balance is below a threshold", fields);
    return true;
  }

  return {
    note(state, now): void {
      const { plan } = state;
      adopt(plan);
      let lines = 0;
      for (const [place, position] of positionsOf(plan)) {
        const before = levels[place] ?? 0;
        const present = levelsOf(state, position, before);
        if (present === before) continue;
        let bits = before;
        for (let level = 0; level < LEVELS.length; level++) {
          const bit = 1 << level;
          if ((present & bit) === (before & bit)) continue;
          const isBelow = (present & bit) !== 0;
          if (++lines > MAX_LINES_PER_POLL || write(state, position, level, isBelow, now)) bits ^= bit;
        }
        set(plan, place, position, bits);
      }
      const more = lines - MAX_LINES_PER_POLL;
      if (more > 0) log.warn("More balances crossed a threshold than are logged at once", { network, more });
    },
  };
}

/** Lists what a plan's wallets hold, with places that count up. */
function* positionsOf({ wallets }: NetworkPlan): Iterable<readonly [place: number, position: Position]> {
  let place = 0;
  for (const wallet of wallets) {
    yield [place++, { wallet, own: undefined }];
    for (const own of wallet.tokens) yield [place++, { wallet, own }];
  }
}

/** @returns the levels that the balance is below, as bits; those before where it was not read yet */
function levelsOf(state: NetworkState, position: Position, before: number): number {
  const { wallet, own } = position;
  const reading = state.accounts[(own ?? wallet).account]?.reading;
  const decimals = decimalsOf(state, position);
  if (reading === undefined || decimals === undefined) return before;
  let levels = 0;
  for (const [level, name] of LEVELS.entries()) {
    if (isBelow(reading.wei, (own ?? wallet).thresholds[name], decimals)) levels |= 1 << level;
  }
  return levels;
}

/** @returns none where a balance means nothing: of a token that is not known yet, of a coin that the chain lacks */
function decimalsOf({ plan, chainId, decimals }: NetworkState, { own }: Position): number | undefined {
  if (own !== undefined) return decimals.get(plan.tokens[own.token]?.address ?? "");
  return hasCoin(chainId ?? plan.chainId) ? plan.decimals : undefined;
}

function factsOf(state: NetworkState, position: Position): Readonly<Record<string, string>> {
  const { plan, chainId, accounts } = state;
  const { wallet: { label, address, account }, own } = position;
  const token = own && plan.tokens[own.token];
  const coin = plan.symbol ?? (chainId === undefined ? undefined : chainFacts(chainId)?.symbol);
  const symbol = token === undefined ? coin : token.symbol;
  const wei = accounts[(own?.account) ?? account]?.reading?.wei ?? 0n;
  return {
    wallet: label,
    address,
    ...(token === undefined ? {} : { token: token.address }),
    ...(symbol === undefined ? {} : { symbol }),
    balance: coinsText(wei, decimalsOf(state, position) ?? 0),
  };
}

function keyOf({ tokens }: NetworkPlan, { wallet: { address, label }, own }: Position): string {
  return JSON.stringify([address, label, own && tokens[own.token]?.address]);
}
