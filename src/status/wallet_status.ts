import { hasCoin } from "../evm/chains/chain_facts.ts";
import { type MutedWallets, mutedWallets } from "../plan/mutes.ts";
import type { Mute, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { NetworkState } from "../poller/state.ts";
import { NEVER_MUTED } from "./conditions.ts";
import { type Condition, CONDITIONS, HoldingStatus, type StatusContext } from "./holding_status.ts";

/** A wallet with its balances: the native one first, if the chain has a coin. The first stands for the wallet. */
export interface WalletStatus {
  readonly network: NetworkState;
  readonly wallet: WalletPlan;
  readonly holdings: readonly HoldingStatus[];
  /** The most urgent of its balances; while the wallet is muted only what is {@linkcode NEVER_MUTED}. */
  readonly condition: Condition | undefined;
  /** The shortest time until one of them is empty; undefined while the wallet is muted. */
  readonly secondsToEmpty: number | undefined;
  /** Why it has no alerts, and until when; undefined if it is not muted at present. */
  readonly mute: Mute | undefined;
}

/** The urgency of a balance or wallet: the less, the more urgent. */
export function rankOf({ condition }: Pick<WalletStatus, "condition">): number {
  return condition === undefined ? CONDITIONS.length : CONDITIONS.indexOf(condition);
}

/** Whether a condition holds of a wallet or any of its balances, even if others are more urgent or it is muted. */
export function hasCondition({ holdings }: WalletStatus, condition: Condition, context: StatusContext): boolean {
  return holdings.some((holding) => Iterator.from(holding.conditions(context)).some((each) => each === condition));
}

/** Makes the status of each wallet of a network, in the order of the plan. */
export function* walletStatuses(network: NetworkState, context: StatusContext): Iterable<WalletStatus> {
  const { plan, chainId = plan.chainId } = network;
  const native = hasCoin(chainId) ? COIN : [];
  const muted = mutedWallets(plan, context.clock.epoch());
  for (const wallet of plan.wallets) {
    const own = [...native, ...wallet.tokens];
    // Without any balance there may be transactions and code.
    const shown = own.length === 0 && wallet.values !== undefined ? COIN : own;
    if (shown.length > 0) yield walletStatus(network, wallet, listHoldings(network, wallet, shown, context), muted);
  }
  for (const contract of plan.contracts ?? []) {
    yield walletStatus(network, contract, listHoldings(network, contract, contract.tokens, context), muted);
  }
}

/** The coin among the tokens of a wallet. */
const COIN = [undefined];

function listHoldings(
  network: NetworkState,
  wallet: WalletPlan,
  tokens: readonly (WalletTokenPlan | undefined)[],
  context: StatusContext,
): readonly HoldingStatus[] {
  return tokens.map((token, index) => new HoldingStatus(network, wallet, token, context, index === 0));
}

function walletStatus(
  network: NetworkState,
  wallet: WalletPlan,
  holdings: readonly HoldingStatus[],
  muted: MutedWallets,
): WalletStatus {
  if (muted.has(wallet)) {
    const condition = CONDITIONS.find((each) =>
      NEVER_MUTED.has(each) && holdings.some(({ shown }) => shown.includes(each))
    );
    return { network, wallet, holdings, condition, secondsToEmpty: undefined, mute: wallet.mute };
  }
  let condition: Condition | undefined;
  let secondsToEmpty: number | undefined;
  for (const each of holdings) {
    if (rankOf(each) < rankOf({ condition })) condition = each.condition;
    if ((each.secondsToEmpty ?? Infinity) < (secondsToEmpty ?? Infinity)) secondsToEmpty = each.secondsToEmpty;
  }
  return { network, wallet, holdings, condition, secondsToEmpty, mute: undefined };
}
