import { chainFacts, hasCoin } from "../evm/chains/chain_facts.ts";
import { isBelow, limitOf } from "../plan/below_minimum.ts";
import type { Level, NetworkPlan, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { type AccountState, type NetworkState, type StateStore, UNKNOWN } from "./state.ts";

/** A wallet's native balance, or that of one of its tokens. */
export interface Holding {
  readonly wallet: WalletPlan;
  readonly token: WalletTokenPlan | undefined;
}

/** Lists the holdings of a network in the order of the plan: of each wallet the coin, then the tokens. */
export function* holdingsOf({ wallets }: NetworkPlan): Iterable<Holding> {
  for (const wallet of wallets) {
    yield { wallet, token: undefined };
    for (const token of wallet.tokens) yield { wallet, token };
  }
}

/**
 * Returns the decimals of a holding; undefined while a token's are unknown, and for the coin of a chain without one.
 */
export function decimalsOf({ plan, chainId, decimals }: NetworkState, { token }: Holding): number | undefined {
  if (token !== undefined) return decimals.get(token.token.address);
  return hasCoin(chainId ?? plan.chainId) ? plan.decimals : undefined;
}

/** Returns the symbol of a holding; undefined for the coin of an unknown chain. */
export function symbolOf({ plan, chainId }: NetworkState, { token }: Holding): string | undefined {
  return token?.token.symbol ?? plan.symbol ?? (chainId === undefined ? undefined : chainFacts(chainId)?.symbol);
}

/** What is known of a holding. */
export interface HoldingState extends Holding {
  readonly network: NetworkPlan;
  readonly symbol: string | undefined;
  readonly decimals: number | undefined;
  readonly account: AccountState;
  /** The thresholds in the smallest unit, without those that cannot be compared yet. */
  readonly thresholds: Readonly<Partial<Record<Level, bigint>>>;
  /** The most severe threshold that the balance is below. */
  readonly below: Alarm | undefined;
  /** Why the balance is unknown or out of date. */
  readonly failure: Reason | "bad_threshold" | undefined;
}

/** A level that a balance should not be below; the target is what a wallet is topped up to. */
type Alarm = Exclude<Level, "target">;

/** The most severe first. */
const ALARMS: readonly Alarm[] = ["critical", "minimum", "warning"];

/** Lists the holdings of all networks, without the coins of chains that have none. */
export function listHoldings({ networks }: StateStore): readonly HoldingState[] {
  return networks.flatMap((state) =>
    [...holdingsOf(state.plan)]
      .filter(({ token }) => token !== undefined || hasCoin(state.chainId ?? state.plan.chainId))
      .map((holding) => stateOf(state, holding))
  );
}

function stateOf(state: NetworkState, holding: Holding): HoldingState {
  const { wallet, token } = holding;
  const { account: key, thresholds } = token ?? wallet;
  const account = state.accounts.get(key) ?? UNKNOWN;
  const decimals = decimalsOf(state, holding);
  const invalidMinimum = token === undefined && wallet.hasInvalidMinimum ? "bad_threshold" : undefined;
  return {
    ...holding,
    network: state.plan,
    symbol: symbolOf(state, holding),
    decimals,
    account,
    ...comparison(account, thresholds, decimals),
    failure: failureOf(account) ?? invalidMinimum,
  };
}

function failureOf({ attempted, failure, reading }: AccountState): Reason | undefined {
  return failure ?? (attempted && reading !== undefined ? undefined : "missing");
}

function comparison(
  { reading }: AccountState,
  thresholds: WalletPlan["thresholds"] | WalletTokenPlan["thresholds"],
  decimals: number | undefined,
): Pick<HoldingState, "thresholds" | "below"> {
  if (decimals === undefined) return { thresholds: {}, below: undefined };
  const limits = Object.entries(thresholds).flatMap(([level, threshold]) => {
    const limit = limitOf(threshold, decimals);
    return limit === undefined ? [] : [[level, limit]];
  });
  const below = reading && ALARMS.find((level) => isBelow(reading.amount, thresholds[level], decimals));
  return { thresholds: Object.fromEntries(limits), below };
}
