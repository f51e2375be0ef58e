import { chainFacts, hasCoin } from "../evm/chains/chain_facts.ts";
import type { NetworkPlan, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { NetworkState } from "./state.ts";

/** A wallet's native balance, or that of one of its tokens. */
export interface Holding {
  readonly wallet: WalletPlan;
  readonly token: WalletTokenPlan | undefined;
}

/**
 * Lists the holdings of a network in the order of the plan: of each wallet the coin, then the tokens; of contracts their
 * views.
 */
export function* holdingsOf({ wallets, contracts = [] }: NetworkPlan): Iterable<Holding> {
  for (const wallet of wallets) {
    yield { wallet, token: undefined };
    for (const token of wallet.tokens) yield { wallet, token };
  }
  for (const wallet of contracts) {
    for (const token of wallet.tokens) yield { wallet, token };
  }
}

/**
 * Returns the decimals of a holding; undefined while a token's are unknown, and for the coin of a chain without one.
 */
export function decimalsOf({ plan, chainId, decimals }: NetworkState, { token }: Holding): number | undefined {
  if (token !== undefined) return decimals.get(token.token.asset.id);
  return hasCoin(chainId ?? plan.chainId) ? plan.decimals : undefined;
}

/** Returns the symbol of a holding; undefined for the coin of an unknown chain. */
export function symbolOf({ plan, chainId }: NetworkState, { token }: Holding): string | undefined {
  return token?.token.symbol ?? plan.symbol ?? (chainId === undefined ? undefined : chainFacts(chainId)?.symbol);
}
