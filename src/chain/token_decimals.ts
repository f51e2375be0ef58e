import { log } from "../log.ts";
import { tokenOf, type TokenPlan } from "../plan.ts";
import type { Reason } from "../rpc/rpc_error.ts";
import type { Network } from "./open_network.ts";
import type { Outcome } from "./strategy/outcome.ts";
import { decimalsAccount } from "./strategy/view_call.ts";

/** 10 to this power is the last that fits a word. */
const MOST_DECIMALS = 77n;

/**
 * Tells what is to be asked for so that the decimals of all tokens are known:
 * each once, in the same way and from as many endpoints as a balance.
 *
 * @param network which
 * @returns accounts to read besides those of the plan
 */
export function missingDecimals({ plan, decimals }: Network): readonly string[] {
  return plan.tokens.filter(({ address }) => !decimals.has(address)).map(({ address }) => decimalsAccount(address));
}

/**
 * Takes over the decimals that were told, and withholds balances of tokens
 * whose decimals are not known: nobody knows how much they are.
 *
 * @param network where what is known is kept
 * @param outcomes of the accounts of the plan, and after them of what {@linkcode missingDecimals} told
 * @returns those of the plan
 */
export function applyDecimals(network: Network, outcomes: readonly Outcome[]): readonly Outcome[] {
  const { plan } = network;
  if (plan.tokens.length === 0) return outcomes;
  const known = new Map(network.decimals);
  const reasons = new Map<string, Reason>();
  let place = plan.accounts.length;
  for (const token of plan.tokens) {
    if (known.has(token.address)) continue;
    const told = judge(token, outcomes[place++] ?? "missing", plan.id);
    if (typeof told === "number") known.set(token.address, told);
    else reasons.set(token.address, told);
  }
  if (known.size > network.decimals.size) network.decimals = known;
  const own = outcomes.slice(0, plan.accounts.length);
  if (reasons.size === 0) return own;
  return own.map((outcome, index) => {
    const { token = "" } = tokenOf(plan.accounts[index] ?? "") ?? {};
    return reasons.get(token) ?? outcome;
  });
}

function judge({ symbol, decimals }: TokenPlan, outcome: Outcome, network: string): number | Reason {
  // Not all tokens tell them: the standard does not ask for it.
  if (outcome === "reverted" && decimals !== undefined) return decimals;
  if (typeof outcome === "string") return outcome;
  if (outcome.wei > MOST_DECIMALS) return "bad_value";
  const told = Number(outcome.wei);
  if (decimals === undefined || decimals === told) return told;
  const advice = "Its balances are not shown until they agree: check its address and the chain";
  log.error("A token has other decimals than the configuration", {
    network,
    symbol,
    told,
    configured: decimals,
    advice,
  });
  return "integrity";
}
