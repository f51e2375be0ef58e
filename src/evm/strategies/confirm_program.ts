import type { Account } from "../../assets/asset.ts";
import { startDeadline } from "../../http/deadline.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { isAsPlain, type ReadBalance } from "./compare_with_plain.ts";
import { programCall } from "./program_call.ts";
import { noteFailure, type ProgramQuestion } from "./program_state.ts";
import type { ReadResult } from "./read_chunks.ts";
import { areZerosTrusted, isTrusted } from "./trust.ts";

/**
 * Whether the values of a program can be used: once a day one of them is compared with the method, one that proves that
 * the program is right if there is any.
 */
export async function confirmProgram(question: ProgramQuestion, result: ReadResult): Promise<boolean> {
  const { endpoint, program, state, target: { at }, limits: { clock, deadline } } = question;
  const sample = sampleOf(question, result);
  if (sample === undefined) return false;
  const { amount, head: { chainId } } = sample;
  const isProof = program.proves(amount);
  const { comparisons } = state;
  if (isTrusted(comparisons, program.name, chainId, clock.now())) return true;
  // The node may answer so for all: the requests that would show otherwise failed.
  if (!isProof && program.control === undefined) return false;
  if (!isProof && areZerosTrusted(comparisons, program.name, chainId, clock.now())) return true;
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  const limits = { ...question.limits, deadline: own };
  try {
    const isEqual = await isAsPlain({
      endpoint,
      strategy: program.name,
      sample,
      at,
      callOf: (some, at) => valuesCall(question, some, at),
      limits,
    });
    comparisons.set(program.name, { chainId, at: clock.now(), isEqual, ofZeros: !isProof });
    return isEqual;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    noteFailure(state, error, clock.now());
    return false;
  }
}

/** A value that proves that the program is right; any if there is none. */
function sampleOf({ program }: ProgramQuestion, { chunks }: ReadResult): ReadBalance | undefined {
  let any: ReadBalance | undefined;
  for (const { head, values } of chunks) {
    if (head?.chainId === undefined) continue;
    const { chainId, block } = head;
    for (const [account, amount] of values) {
      if (typeof amount !== "bigint") continue;
      const found = { account, amount, head: { chainId, block } };
      if (program.proves(amount)) return found;
      any ??= found;
    }
  }
  return any;
}

/** The call of a program, with values in place of words. */
function valuesCall(
  { program, previous }: ProgramQuestion,
  accounts: readonly Account[],
  at: BlockTag | Block,
): Call<BatchBalances> {
  const { decode, ...call } = programCall(program, accounts, at);
  return {
    ...call,
    decode(result): BatchBalances {
      const { words, ...head } = decode(result);
      const values = program.valuesOf(
        accounts.map((account, index) => ({
          word: words[index] ?? 0n,
          holder: account.holder,
          previous: previous.get(account),
        })),
      );
      return {
        ...head,
        balances: values.map((value) => value ?? new RpcError("integrity", "the program does not explain its value")),
      };
    },
  };
}
