import { type Account, isNative, isOfMethod } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { isIgnored } from "./block_checks.ts";
import { backOff, rotateStrategies, shouldFallBack } from "./fall_back.ts";
import { isUnknownRefusal, tryHalf } from "./half_call.ts";
import { failedResult, failureOf, type ReadResult } from "./read_chunks.ts";
import { askChainId, canReadLatest, lowerStrategies, readBelow, readLower, readTrusted } from "./read_lower.ts";
import { ignoresBlocks } from "./read_plain.ts";
import { retryWithoutGas } from "./retry_without_gas.ts";
import { confirmStrategy, type LearnedStrategy, revertStrategy, skipDisabled } from "./strategy_selector.ts";
import { type Target, targetOfOthers } from "./target.ts";
import { isRefusedByUs, isUseful, type ObservedEndpoint, readOn, type ReadQuestion } from "./read_on.ts";

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
    const strategy = selector.strategy === "multicall" ? "batch" : selector.strategy;
    return await readOn(strategy, { ...question, target: targetOfOthers(target) });
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
    last = await readLower(question, last, lower);
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
