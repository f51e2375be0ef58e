import { type Account, isNative, isOfMethod } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import type { Limits } from "../../model/source.ts";
import { isIgnored } from "./block_checks.ts";
import { codeOf } from "./calls.ts";
import { chainFacts } from "../chains/chain_facts.ts";
import { readChainId } from "./chain_id.ts";
import { backOff, isUnclear, rotateStrategies, shouldFallBack } from "./fall_back.ts";
import { isUnknownRefusal, tryHalf } from "./half_call.ts";
import {
  confirmStrategy,
  isUsable,
  LEARNED_STRATEGIES,
  type LearnedStrategy,
  revertStrategy,
  skipDisabled,
} from "./strategy_selector.ts";
import { failedResult, failureOf, type ReadResult } from "./read_chunks.ts";
import { readLatest } from "./read_latest.ts";
import { ignoresBlocks, readPlain } from "./read_plain.ts";
import { readMulticall, readOverride } from "./read_apart.ts";
import type { LearnedEndpoint, Question } from "./question.ts";
import type { Head, Target } from "./target.ts";
import { retryWithoutGas } from "./retry_without_gas.ts";
import { isTrusted } from "./trust.ts";

/** An endpoint, and what was learned of reading from it. */
export interface ObservedEndpoint extends LearnedEndpoint {
  /** Its last observed head. */
  readonly observed: { readonly head: Head } | undefined;
}

interface ReadQuestion extends Question {
  /** Its observed head changes while it is read. */
  readonly source: ObservedEndpoint;
}

/**
 * Reads accounts from an endpoint by its selected strategy. If that turns out to be unsupported, lower ones are tried,
 * from the cheapest; the first that works is kept.
 */
export async function readByStrategy(
  source: ObservedEndpoint,
  accounts: readonly Account[],
  target: Target,
  limits: Limits,
): Promise<ReadResult> {
  const { endpoint, selector } = source;
  const question: ReadQuestion = { source, endpoint, selector, accounts, target, limits };
  // They say nothing about the strategy.
  if (accounts.length > 0 && accounts.every(isOfMethod)) {
    return await readOn(selector.strategy === "multicall" ? "batch" : selector.strategy, question);
  }
  const reading = await readWithFallback(question);
  return isUseful(reading, accounts) ? await retryWithoutGas(question, reading) : reading;
}

async function readWithFallback(question: ReadQuestion): Promise<ReadResult> {
  const { selector, endpoint, accounts, target, limits: { clock } } = question;
  skipDisabled(selector, clock.now());
  const reading = await readOn(selector.strategy, question);
  if (reading.unconfirmed) return await readTrusted(question);
  const failure = failureOf(reading);
  const isGood = isUseful(reading, accounts);
  if (isGood) confirmStrategy(selector, selector.strategy, endpoint.name, clock);
  if (isGood || failure === undefined) return reading;
  if (failure.reason === "wrong_chain" && isOfEvm(selector.strategy) && await isOpcodeWrong(question)) {
    return await readBelow("multicall", question);
  }
  if (isRefusedByUs(reading)) return reading;
  let last: ReadResult = { ...reading, failure };
  const lower = lowerStrategies(selector.strategy, target);
  if (lower.length > 0 && shouldFallBack(selector, failure, clock.now())) {
    const half = await readHalf(question, failure);
    if (half?.unconfirmed) return await readTrusted(question);
    if (half !== undefined) {
      confirmStrategy(selector, selector.strategy, endpoint.name, clock);
      return half;
    }
    last = await fallBack(question, last, lower);
    if (isUseful(last, accounts) || isRefusedByUs(last)) return last;
    if (selector.previous === undefined) backOff(selector, failure, clock.now());
    selector.fallBackFailure = last.failure;
  } else if (failure.refusal === "unsupported" && selector.fallBackFailure !== undefined) {
    last = failedResult(accounts, selector.fallBackFailure);
  }
  if (selector.previous === undefined) rotateStrategies(selector, canReadLatest(target), clock.now());
  else revertStrategy(selector, clock.now());
  // If every strategy failed, report the error of the last one, whichever was tried.
  const isLast = failure.refusal === "unsupported" && isIgnored(selector.blockChecks.balance, clock.now());
  return isLast ? { ...last, ...failedResult(accounts, ignoresBlocks(endpoint)) } : last;
}

/** Smaller calls are not halved. */
const MIN_LARGE = 100;
/** Calls of an eighth of the size are hardly cheaper than batches. */
const MAX_HALVINGS = 3;

/** Retries a large call with half its size, repeatedly; undefined if it was not large, or failed again. */
async function readHalf(
  question: ReadQuestion,
  failure: RpcError,
): Promise<ReadResult | undefined> {
  const { selector, accounts, limits } = question;
  const limit = selector.sizes[selector.strategy];
  let size = Math.min(limit.size, accounts.filter(isNative).length);
  let refusal: RpcError | undefined = failure;
  const read = async (): Promise<ReadResult> => {
    const reading = await readOn(selector.strategy, question);
    refusal = failureOf(reading);
    return reading;
  };
  for (let halvings = 0; halvings < MAX_HALVINGS; halvings++) {
    if (refusal === undefined || !isUnknownRefusal(refusal) || !isOfEvm(selector.strategy) || size < MIN_LARGE) break;
    size = Math.ceil(size / 2);
    const half = await tryHalf(limit, size, limits.clock.now(), read);
    if (half !== undefined) return half;
  }
  return undefined;
}

/**
 * Tries lower strategies.
 *
 * @returns the result of the first that works; if none does the last, with the number of wasted requests
 */
async function fallBack(
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

/** Whether the EVM reports chain and block of a result. */
function isOfEvm(strategy: LearnedStrategy): boolean {
  return strategy === "packed" || strategy === "multicall";
}

/** Whether only the EVM's CHAINID differs, and `eth_chainId` is the expected one. */
async function isOpcodeWrong(question: ReadQuestion): Promise<boolean> {
  const { checkChain } = question.target;
  const chainId = await askChainId(question);
  if (chainId instanceof RpcError || checkChain === undefined) return false;
  try {
    checkChain(chainId);
    return true;
  } catch (error) {
    if (error instanceof RpcError) return false;
    throw error;
  }
}

/** Reads by the strategies below one; the first that works is kept. */
async function readBelow(strategy: LearnedStrategy, question: ReadQuestion): Promise<ReadResult> {
  const nothing: ReadResult = { chunks: [], failure: undefined };
  const reading = await fallBack(question, nothing, lowerStrategies(strategy, question.target));
  const { selector, accounts, limits } = question;
  if (selector.previous !== undefined && !isUseful(reading, accounts)) {
    revertStrategy(selector, limits.clock.now());
  }
  return reading;
}

function lowerStrategies(strategy: LearnedStrategy, target: Target): readonly LearnedStrategy[] {
  return LEARNED_STRATEGIES.slice(LEARNED_STRATEGIES.indexOf(strategy) + 1).filter((lower) =>
    lower !== "latest" || canReadLatest(target)
  );
}

function canReadLatest({ at, admitLatest }: Target): boolean {
  return at === "latest" && admitLatest !== undefined;
}

/** Reads once by the next strategy that needs no comparison: the one in use is compared again in the next poll. */
async function readTrusted(question: ReadQuestion): Promise<ReadResult> {
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

async function readOn(strategy: LearnedStrategy, question: ReadQuestion): Promise<ReadResult> {
  const { source: { observed }, selector } = question;
  switch (strategy) {
    case "packed":
      return await readOverride(question);
    case "multicall":
      return await readMulticall(selector.multicall ?? "", question);
    case "batch":
      // If another strategy works, backends are not the cause.
      return await readPlain(question, selector.proven && selector.strategy !== "batch" ? undefined : selector.lag);
    case "latest":
      if (observed !== undefined && !observed.head.block.byEvm && selector.latest.head === "unasked") {
        selector.latest.head = "reported";
      }
      return await readLatest(question);
  }
}

/** Whether any native balance was read; tokens count only if there are no native balances. */
function isUseful({ chunks }: ReadResult, accounts: readonly Account[]): boolean {
  const hasNative = accounts.some(isNative);
  return chunks.some(({ values }) =>
    values.some((value, account) =>
      hasNative ? isNative(account) && typeof value === "bigint" : typeof value === "bigint" || value === "reverted"
    )
  );
}

/** Whether the strategy works, but the endpoint is on the wrong chain or lagging. */
function isRefusedByUs({ failure }: ReadResult): boolean {
  return failure?.reason === "wrong_chain" || failure?.reason === "lagging";
}

/** Reads the chain id as a cheap check: if even that fails, the strategy is not the cause. */
async function askChainId(question: ReadQuestion): Promise<number | RpcError> {
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
