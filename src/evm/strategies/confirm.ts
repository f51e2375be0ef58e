import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { startDeadline } from "../../http/deadline.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "./calls.ts";
import { hasCoin } from "./coinless.ts";
import { isAsPlain, largestIn } from "./compare_with_plain.ts";
import { fundedOfZeros } from "./funded_of_zeros.ts";
import type { Rung } from "./ladder.ts";
import type { ManyBalances } from "./many_balances.ts";
import { failedReading, type Reading } from "./read_chunks.ts";
import type { Question } from "./question.ts";
import { ignoresBlocks } from "./read_plain.ts";
import { isAtTag, isTagBehind } from "./tag_block.ts";
import { areZerosTrusted, isTrusted } from "./trust.ts";
import { coinsIn } from "./view_call.ts";

/**
 * Lets a reading pass when its strategy is trusted: once a day its largest balance of a coin is compared with a plain
 * one, and the block that it was read at with that of the tag. Tokens need no comparison: every strategy has the same
 * contract run by the same EVM.
 *
 * @param rung the strategy
 * @param reading what it gave
 * @param question what was asked
 * @param callOf how some addresses are read by it
 * @returns the reading; nothing of it when it differs from plain balances or is of another block, or, marked as
 * unconfirmed, when the comparison was not answered
 */
export async function confirm(
  rung: Rung,
  reading: Reading,
  question: Question,
  callOf: (addresses: readonly string[], at: BlockTag | Block) => Call<ManyBalances>,
): Promise<Reading> {
  const { endpoint, ladder: { comparisons }, accounts, target: { at } } = question;
  const { clock, deadline } = question.limits;
  const head = reading.pieces.find(({ head }) => head !== undefined)?.head;
  const chainId = head?.chainId;
  if (head === undefined || chainId === undefined || isTrusted(comparisons, rung, chainId, clock.now())) return reading;
  const coins = hasCoin(chainId) ? coinsIn(accounts) : 0;
  const largest = largestIn(reading, accounts, coins);
  if (largest === undefined && areZerosTrusted(comparisons, rung, chainId, clock.now())) return reading;
  if (coins === 0 && !isTagBehind(at)) return reading;
  // A method that is not allowed may hang: the next strategy needs time as well.
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  const limits = { ...question.limits, deadline: own };
  try {
    const isOfTag = !isTagBehind(at) || await isAtTag({ endpoint, at, block: head.block, callOf, limits });
    const sample = largest ??
      (isOfTag && coins > 0 ? await fundedOfZeros(reading, { ...question, limits }) : undefined);
    const isEqual = isOfTag &&
      (sample === undefined || await isAsPlain({ endpoint, strategy: rung, sample, at, callOf, limits }));
    const ofZeros = largest === undefined && coins > 0 ? { ofZeros: true } as const : {};
    comparisons.set(rung, { chainId, at: clock.now(), isEqual, ...ofZeros });
    if (isEqual) return reading;
    if (!isOfTag) return failedReading(accounts, ignoresBlocks(endpoint));
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { ...failedReading(accounts, error), unconfirmed: true };
  }
  const detail = `${rung} returns other balances than eth_getBalance`;
  return failedReading(accounts, recordError(endpoint, "integrity", detail, "unsupported"));
}
