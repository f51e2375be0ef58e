import type { Account } from "../../assets/asset.ts";
import { decimalsFrom } from "../../assets/erc20.ts";
import { log } from "../../util/log.ts";
import type { Reason } from "../../jsonrpc/errors.ts";
import type { Outcome, Outcomes } from "../../model/source.ts";
import type { TokenPlan } from "../../plan/plan.ts";
import type { Network } from "./open_network.ts";

/** The decimals of tokens that are not known yet: each once, read like a balance. */
export function unknownDecimals({ plan, decimals }: Network): readonly Account[] {
  return plan.tokens.flatMap(({ address, asset }) => decimals.has(address) ? [] : [asset.decimals]);
}

/** The outcomes of a poll with what is known of its tokens. */
export interface TokenReading {
  /** Those of the accounts of the plan. */
  readonly outcomes: Outcomes;
  /** By the tokens' contracts, reported or, where the contract reports none, as configured. */
  readonly decimals: ReadonlyMap<string, number>;
  /** Tokens that reported others than are configured, or impossible ones: what was shown of them may be wrong. */
  readonly mismatched: ReadonlySet<string>;
}

/**
 * Keeps the decimals that were reported, and withholds balances of tokens whose decimals are not known: nobody knows
 * how much they are.
 *
 * @param all the outcomes of the accounts of the plan and of {@linkcode unknownDecimals}
 */
export function applyDecimals(network: Network, all: Outcomes): TokenReading {
  const { plan } = network;
  const mismatched = new Set<string>();
  if (plan.tokens.length === 0) return { outcomes: all, decimals: network.decimals, mismatched };
  const outcomes = new Map(all);
  const reported = new Map(network.decimals);
  const used = new Map(network.decimals);
  const reasons = new Map<unknown, Reason>();
  for (const token of plan.tokens) {
    const { address, asset, decimals: configured } = token;
    outcomes.delete(asset.decimals);
    if (network.decimals.has(address)) continue;
    const outcome = all.get(asset.decimals) ?? "missing";
    const judged = judge(token, outcome, plan.id);
    if (typeof judged === "number") {
      reported.set(address, judged);
      used.set(address, judged);
    } else if (outcome === "reverted" && configured !== undefined) {
      // Not all tokens report them: the standard does not require it. They are asked for again all the same,
      // since there may be no contract yet.
      used.set(address, configured);
    } else {
      reasons.set(asset, judged);
      if (typeof outcome === "object") mismatched.add(address);
    }
  }
  if (reported.size > network.decimals.size) network.decimals = reported;
  for (const account of reasons.size === 0 ? [] : outcomes.keys()) {
    const reason = reasons.get(account.asset);
    if (reason !== undefined) outcomes.set(account, reason);
  }
  return { outcomes, decimals: used, mismatched };
}

function judge({ symbol, decimals }: TokenPlan, outcome: Outcome, network: string): number | Reason {
  if (typeof outcome === "string") return outcome;
  const reported = decimalsFrom(outcome.amount);
  if (reported === undefined) return "bad_value";
  if (decimals === undefined || decimals === reported) return reported;
  const advice = "Its balances are not shown until they agree: check its address and the chain";
  log.error("Token decimals mismatch", { network, symbol, reported, configured: decimals, advice });
  return "integrity";
}
