import type { BlockTag } from "../../plan.ts";
import type { Call } from "../../rpc/call.ts";
import { countedError } from "../../rpc/counted_error.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import type { Block } from "./calls.ts";
import { isAsPlain, largestIn } from "./compare_with_plain.ts";
import type { Rung } from "./ladder.ts";
import type { ManyBalances } from "./many_balances.ts";
import { failedReading, type Reading } from "./read_chunks.ts";
import type { Question } from "./question.ts";
import { isTrusted } from "./trust.ts";
import { coinsIn } from "./view_call.ts";

/**
 * Lets a reading pass when its strategy is trusted: once a day its largest balance of a coin is compared with a plain
 * one. Tokens need no comparison: every strategy has the same contract run by the same EVM.
 *
 * @param rung the strategy
 * @param reading what it gave
 * @param question what was asked
 * @param callOf how some addresses are read by it
 * @returns the reading; nothing of it when it differs from plain balances, or, marked as unconfirmed, when the
 * comparison was not answered
 */
export async function confirm(
  rung: Rung,
  reading: Reading,
  { endpoint, ladder, accounts, target, limits }: Question,
  callOf: (addresses: readonly string[], at: BlockTag | Block) => Call<ManyBalances>,
): Promise<Reading> {
  const { clock } = limits;
  const chainId = reading.pieces.find(({ head }) => head !== undefined)?.head?.chainId;
  if (chainId === undefined || isTrusted(ladder.comparisons, rung, chainId, clock.now())) return reading;
  const sample = largestIn(reading, accounts, coinsIn(accounts));
  if (sample === undefined) return reading;
  try {
    const isEqual = await isAsPlain({ endpoint, strategy: rung, sample, at: target.at, callOf, limits });
    ladder.comparisons.set(rung, { chainId, at: clock.now(), isEqual });
    if (isEqual) return reading;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { ...failedReading(accounts, error), unconfirmed: true };
  }
  const detail = `${rung} returns other balances than eth_getBalance`;
  return failedReading(accounts, countedError(endpoint, "integrity", detail, "unsupported"));
}
