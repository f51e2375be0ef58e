import { RpcError } from "../../jsonrpc/errors.ts";
import { chainFacts } from "../chains/chain_facts.ts";
import { askOne } from "./ask.ts";
import { codeOf } from "./calls.ts";
import { readChainId } from "./chain_id.ts";
import { isUnclear } from "./fall_back.ts";
import { failureOf, type ReadResult } from "./read_chunks.ts";
import {
  confirmStrategy,
  isUsable,
  LEARNED_STRATEGIES,
  type LearnedStrategy,
  revertStrategy,
} from "./strategy_selector.ts";
import type { Target } from "./target.ts";
import { isTrusted } from "./trust.ts";
import { isRefusedByUs, isUseful, readOn, type ReadQuestion } from "./read_on.ts";

/**
 * Tries lower strategies.
 *
 * @returns the result of the first that works; if none does the last, with the number of wasted requests
 */
export async function readLower(
  question: ReadQuestion,
  first: ReadResult,
  strategies: readonly LearnedStrategy[],
): Promise<ReadResult> {
  const { source: { observed }, selector, endpoint, accounts, limits } = question;
  let last = first;
  let wastedRequests = 0;
  let chainId = observed?.head.chainId;
  if (chainId === undefined || !selector.proven && last.failure !== undefined && isUnclear(last.failure)) {
    const asked = await askChainId(question);
    wastedRequests++;
    if (asked instanceof RpcError) last = { ...last, failure: asked };
    chainId = asked instanceof RpcError ? undefined : asked;
  }
  for (const strategy of strategies) {
    // All other strategies need the chain id.
    if (chainId === undefined && strategy !== "latest") continue;
    // A node without the latest state cannot read `latest` either.
    const { reason, refusal } = last.failure ?? {};
    const isStateless = reason === "state_unavailable" && refusal !== "unsupported";
    if (strategy === "latest" && selector.proven && isStateless && strategies.length > 1) continue;
    if (strategy === "multicall" && !await hasMulticall(question, chainId)) continue;
    if (!isUsable(selector, strategy, limits.clock.now())) continue;
    const reading = await readOn(strategy, question);
    if (reading.unconfirmed) {
      Object.assign(selector, { strategy, proven: false, failures: 0, previous: undefined });
      return await readTrusted(question);
    }
    if (isUseful(reading, accounts) || isRefusedByUs(reading)) {
      confirmStrategy(selector, strategy, endpoint.name, limits.clock);
      return reading;
    }
    wastedRequests += strategy === "batch" ? 2 : 1;
    last = { ...reading, failure: failureOf(reading) ?? last.failure };
  }
  return { ...last, wastedRequests };
}

/** Reads by the strategies below one; the first that works is kept. */
export async function readBelow(strategy: LearnedStrategy, question: ReadQuestion): Promise<ReadResult> {
  const nothing: ReadResult = { chunks: [], failure: undefined };
  const reading = await readLower(question, nothing, lowerStrategies(strategy, question.target));
  const { selector, accounts, limits } = question;
  if (selector.previous !== undefined && !isUseful(reading, accounts)) {
    revertStrategy(selector, limits.clock.now());
  }
  return reading;
}

/** The strategies below one that can read a target, the cheapest first. */
export function lowerStrategies(strategy: LearnedStrategy, target: Target): readonly LearnedStrategy[] {
  return LEARNED_STRATEGIES.slice(LEARNED_STRATEGIES.indexOf(strategy) + 1).filter((lower) =>
    lower !== "latest" || canReadLatest(target)
  );
}

/** Whether a target may be read without a block number. */
export function canReadLatest({ at, admitLatest }: Target): boolean {
  return at === "latest" && admitLatest !== undefined;
}

/** Reads once by the next strategy that needs no comparison: the one in use is compared again in the next poll. */
export async function readTrusted(question: ReadQuestion): Promise<ReadResult> {
  const { source: { observed }, selector, target, limits } = question;
  const now = limits.clock.now();
  const lower = LEARNED_STRATEGIES.slice(LEARNED_STRATEGIES.indexOf(selector.strategy) + 1);
  const strategy = lower.find((strategy) =>
    isUsable(selector, strategy, now) && isTrusted(selector.comparisons, strategy, observed?.head.chainId, now)
  );
  const reading = await readOn(strategy ?? "batch", question);
  const isIgnoring = reading.failure?.refusal === "unsupported";
  return isIgnoring && canReadLatest(target) ? await readOn("latest", question) : reading;
}

/** Reads the chain id as a cheap check: if even that fails, the strategy is not the cause. */
export async function askChainId(question: ReadQuestion): Promise<number | RpcError> {
  try {
    return await readChainId(question, question.limits);
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

/** Whether Multicall3 is at its address with the expected code; checked until it is found. */
async function hasMulticall(
  { endpoint, selector, limits }: ReadQuestion,
  chainId: number | undefined,
): Promise<boolean> {
  if (selector.multicall !== undefined) return true;
  const address = chainId === undefined ? undefined : chainFacts(chainId)?.multicall3?.address;
  if (address === undefined) return false;
  try {
    const code = await askOne(endpoint, codeOf(address), limits);
    // Loading viem takes a tenth of the start.
    const { isHex, keccak256 } = await import("viem/utils");
    if (!isHex(code) || keccak256(code) !== selector.multicallHash) return false;
    selector.multicall = address;
    return true;
  } catch (error) {
    if (error instanceof RpcError) return false;
    throw error;
  }
}
