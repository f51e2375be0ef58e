import type { Account } from "../../assets/asset.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { startDeadline } from "../../http/deadline.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import { hasCoin } from "../chains/chain_facts.ts";
import { isAsPlain, largestIn } from "./compare_with_plain.ts";
import { fundedOfZeros } from "./funded_of_zeros.ts";
import type { LearnedStrategy } from "./strategy_selector.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { failedResult, type ReadResult } from "./read_chunks.ts";
import type { Question } from "./question.ts";
import { ignoresBlocks } from "./read_plain.ts";
import { isAtTag, isTagBehind } from "./tag_block.ts";
import { areZerosTrusted, isTrusted } from "./trust.ts";

/**
 * Returns a result if its strategy is trusted: once a day its largest native balance is compared with `eth_getBalance`,
 * and its block with that of the tag. Tokens need no comparison: with every strategy the same EVM runs the same
 * contract.
 *
 * @returns the result; a failed one if it differs from plain balances or is of another block, marked as unconfirmed if
 * it could not be compared
 */
export async function confirm(
  strategy: LearnedStrategy,
  result: ReadResult,
  question: Question,
  callOf: (accounts: readonly Account[], at: BlockTag | Block) => Call<BatchBalances>,
): Promise<ReadResult> {
  const { endpoint, selector: { comparisons }, accounts, target: { at } } = question;
  const { clock, deadline } = question.limits;
  const head = result.chunks.find(({ head }) => head !== undefined)?.head;
  if (head?.chainId === undefined || isTrusted(comparisons, strategy, head.chainId, clock.now())) return result;
  const { chainId, block } = head;
  const hasNative = hasCoin(chainId) && accounts.some(({ asset }) => asset.requestType === "balance");
  const largest = hasNative ? largestIn(result) : undefined;
  if (largest === undefined && areZerosTrusted(comparisons, strategy, chainId, clock.now())) return result;
  if (!hasNative && !isTagBehind(at)) return result;
  // A method that is not allowed may hang: leave time for the next strategy.
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  const limits = { ...question.limits, deadline: own };
  try {
    const isOfTag = !isTagBehind(at) || await isAtTag({ endpoint, at, block, callOf, limits });
    const sample = largest ??
      (isOfTag && hasNative ? await fundedOfZeros(result, { ...question, limits }) : undefined);
    const isEqual = isOfTag &&
      (sample === undefined || await isAsPlain({ endpoint, strategy, sample, at, callOf, limits }));
    comparisons.set(strategy, { chainId, at: clock.now(), isEqual, ofZeros: largest === undefined });
    if (isEqual) return result;
    if (!isOfTag) return failedResult(accounts, ignoresBlocks(endpoint));
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { ...failedResult(accounts, error), unconfirmed: true };
  }
  const detail = `${strategy} returns other balances than eth_getBalance`;
  return failedResult(accounts, recordError(endpoint, "integrity", detail, "unsupported"));
}
