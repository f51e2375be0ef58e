import { log } from "../../util/log.ts";
import { tokenOf, type TokenPlan } from "../../plan/plan.ts";
import type { Reason } from "../../jsonrpc/errors.ts";
import type { Network } from "./open_network.ts";
import type { Outcome } from "../strategies/outcome.ts";
import { decimalsAccount } from "../strategies/view_call.ts";

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

/** What became of the tokens of a cycle. */
export interface TokenReading {
  /** Those of the accounts of the plan. */
  readonly outcomes: readonly Outcome[];
  /** By the tokens' contracts, told or, where the contract tells none, as configured. */
  readonly decimals: ReadonlyMap<string, number>;
  /** Tokens that told others than are configured, or impossible ones: what was shown of them may be wrong. */
  readonly refuted: ReadonlySet<string>;
}

/**
 * Takes over the decimals that were told, and withholds balances of tokens
 * whose decimals are not known: nobody knows how much they are.
 *
 * @param network where what was told is kept
 * @param outcomes of the accounts of the plan, and after them of what {@linkcode missingDecimals} told
 */
export function applyDecimals(network: Network, outcomes: readonly Outcome[]): TokenReading {
  const { plan } = network;
  const refuted = new Set<string>();
  if (plan.tokens.length === 0) return { outcomes, decimals: network.decimals, refuted };
  const told = new Map(network.decimals);
  const used = new Map(network.decimals);
  const reasons = new Map<string, Reason>();
  let place = plan.accounts.length;
  for (const token of plan.tokens) {
    const { address, decimals: configured } = token;
    if (network.decimals.has(address)) continue;
    const outcome = outcomes[place++] ?? "missing";
    const judged = judge(token, outcome, plan.id);
    if (typeof judged === "number") {
      told.set(address, judged);
      used.set(address, judged);
    } else if (outcome === "reverted" && configured !== undefined) {
      // Not all tokens tell them: the standard does not ask for it. They are asked for again all the same,
      // since there may be no contract yet.
      used.set(address, configured);
    } else {
      reasons.set(address, judged);
      if (typeof outcome === "object") refuted.add(address);
    }
  }
  if (told.size > network.decimals.size) network.decimals = told;
  const own = outcomes.slice(0, plan.accounts.length);
  const withheld = reasons.size === 0 ? own : own.map((outcome, index) => {
    const { token = "" } = tokenOf(plan.accounts[index] ?? "") ?? {};
    return reasons.get(token) ?? outcome;
  });
  return { outcomes: withheld, decimals: used, refuted };
}

function judge({ symbol, decimals }: TokenPlan, outcome: Outcome, network: string): number | Reason {
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
