import { chainFacts, hasCoin } from "../evm/chains/chain_facts.ts";
import { isBelow, limitOf } from "../plan/below_minimum.ts";
import type { Level, NetworkPlan, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import { type AccountState, type NetworkState, type StateStore, UNKNOWN } from "./state.ts";

/** What a wallet holds of one coin or token, as far as known: what people want to know. */
export interface Holding {
  readonly network: NetworkPlan;
  readonly wallet: WalletPlan;
  /** Of the coin or token; empty where it is not known. */
  readonly symbol: string;
  /** The token's contract; none of the coin. */
  readonly token: string | undefined;
  /** None while they are not known. */
  readonly decimals: number | undefined;
  readonly account: AccountState;
  /** The thresholds in the smallest unit, without those that are not comparable yet. */
  readonly thresholds: Readonly<Partial<Record<Level, bigint>>>;
  /** The gravest threshold that the balance is below; none when it is below none, or is not known. */
  readonly below: Alarm | undefined;
  /** Why the balance is not known, or not as of now. */
  readonly failure: Reason | "bad_threshold" | undefined;
}

/** A level that a balance should not be below; a target is only what is filled up to. */
export type Alarm = Exclude<Level, "target">;

/** From the gravest. */
const ALARMS: readonly Alarm[] = ["critical", "minimum", "warning"];

/**
 * Lists what all wallets hold, in the order of the plan: the coin, where the chain has one, and then the tokens of each.
 *
 * @param store what was read
 */
export function holdings({ networks }: StateStore): readonly Holding[] {
  return networks.flatMap((state) =>
    state.plan.wallets.flatMap((wallet) => [
      ...(hasCoin(state.chainId ?? state.plan.chainId) ? [nativeHolding(state, wallet)] : []),
      ...wallet.tokens.map((token) => tokenHolding(state, wallet, token)),
    ])
  );
}

function nativeHolding(state: NetworkState, wallet: WalletPlan): Holding {
  const { plan, accounts, chainId } = state;
  const { decimals, symbol = (chainId === undefined ? undefined : chainFacts(chainId)?.symbol) ?? "" } = plan;
  const account = accounts.get(wallet.account) ?? UNKNOWN;
  return {
    network: plan,
    wallet,
    symbol,
    token: undefined,
    decimals,
    account,
    ...comparison(account, wallet.thresholds, decimals),
    failure: failureOf(account) ?? (wallet.hasInvalidMinimum ? "bad_threshold" : undefined),
  };
}

function tokenHolding(
  { plan, accounts, decimals: known }: NetworkState,
  wallet: WalletPlan,
  own: WalletTokenPlan,
): Holding {
  const { symbol, address } = own.token;
  const account = accounts.get(own.account) ?? UNKNOWN;
  const decimals = known.get(address);
  return {
    network: plan,
    wallet,
    symbol,
    token: address,
    decimals,
    account,
    ...comparison(account, own.thresholds, decimals),
    failure: failureOf(account),
  };
}

function failureOf({ attempted, failure, reading }: AccountState): Reason | undefined {
  return failure ?? (attempted && reading !== undefined ? undefined : "missing");
}

function comparison(
  { reading }: AccountState,
  thresholds: WalletPlan["thresholds"] | WalletTokenPlan["thresholds"],
  decimals: number | undefined,
): Pick<Holding, "thresholds" | "below"> {
  if (decimals === undefined) return { thresholds: {}, below: undefined };
  const limits = Object.entries(thresholds).flatMap(([level, threshold]) => {
    const limit = limitOf(threshold, decimals);
    return limit === undefined ? [] : [[level, limit]];
  });
  const below = reading && ALARMS.find((level) => isBelow(reading.wei, thresholds[level], decimals));
  return { thresholds: Object.fromEntries(limits), below };
}
