import type { Account, TokenAsset } from "../../assets/asset.ts";
import { decimalsFrom } from "../../assets/erc20.ts";
import { log } from "../../util/log.ts";
import type { Reason } from "../../jsonrpc/errors.ts";
import type { Outcome, Outcomes } from "../../model/source.ts";
import type { TokenPlan } from "../../plan/plan.ts";
import type { Network } from "./open_network.ts";

/** The decimals that are not known yet, or may change, to be read like balances. */
export function unknownDecimals({ plan, decimals }: Network): readonly Account[] {
  return plan.tokens.flatMap(({ asset }) => isDone(asset, decimals) ? [] : asset.decimals ?? []);
}

function isDone({ id, mayChangeDecimals }: TokenAsset, known: Network["decimals"]): boolean {
  return known.has(id) && mayChangeDecimals !== true;
}

/** The outcomes of a poll, with the decimals of its tokens. */
export interface TokenReading {
  /** Those of the accounts of the plan. */
  readonly outcomes: Outcomes;
  /** By the ids of their assets: as reported or, if the contract has no `decimals()`, as configured. */
  readonly decimals: ReadonlyMap<string, number>;
  /** Tokens with reported decimals that are invalid or not as configured: earlier balances may be wrong. */
  readonly mismatched: ReadonlySet<string>;
}

/**
 * Keeps reported decimals, and withholds balances of tokens with unknown decimals: their amounts cannot be shown.
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
    const { asset, decimals: configured } = token;
    if (asset.decimals === undefined) continue;
    outcomes.delete(asset.decimals);
    // Known ones stay; those of a price that was read may be others.
    if (network.decimals.has(asset.id) && !isPriceRead(network, asset, all)) continue;
    const outcome = all.get(asset.decimals) ?? "missing";
    const judged = judge(token, outcome, plan.id);
    if (typeof judged === "number") {
      reported.set(asset.id, judged);
      used.set(asset.id, judged);
    } else if (outcome === "reverted" && configured !== undefined) {
      // ERC-20 does not require `decimals()`. It is requested again, since the contract may not exist yet.
      used.set(asset.id, configured);
    } else {
      reasons.set(asset, judged);
      if (typeof outcome === "object") mismatched.add(asset.id);
    }
  }
  const isNew = reported.size > network.decimals.size ||
    reported.entries().some(([id, each]) => each !== network.decimals.get(id));
  if (isNew) network.decimals = reported;
  for (const account of reasons.size === 0 ? [] : outcomes.keys()) {
    const reason = reasons.get(account.asset);
    if (reason !== undefined) outcomes.set(account, reason);
  }
  return { outcomes, decimals: used, mismatched };
}

function isPriceRead({ plan: { prices = [] } }: Network, asset: TokenAsset, outcomes: Outcomes): boolean {
  return prices.some(({ token, account }) => token.asset === asset && typeof outcomes.get(account) === "object");
}

function judge({ symbol, decimals }: TokenPlan, outcome: Outcome, network: string): number | Reason {
  if (typeof outcome === "string") return outcome;
  const reported = decimalsFrom(outcome.amount);
  if (reported === undefined) return "bad_value";
  if (decimals === undefined || decimals === reported) return reported;
  const advice = "Its balances are not shown until they match: check its address and the chain";
  log.error("Token decimals mismatch", { network, symbol, reported, configured: decimals, advice });
  return "integrity";
}
