import type { Account } from "../../assets/asset.ts";
import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { callFor, callOptions } from "./account_call.ts";
import { AccountValues, type AmountOrReason } from "./account_values.ts";
import { askOne, mapLimited, MAX_IN_FLIGHT } from "./ask.ts";
import { CHAIN_ID } from "./calls.ts";
import { type ChunkResult, failedChunk, type ReadResult } from "./read_chunks.ts";
import { noteSender } from "./sender.ts";
import type { PartialHead } from "./target.ts";
import type { Question } from "./question.ts";

/** The chain is checked after this many calls: no more of them are lost when the time runs out. */
export const MAX_SINGLES_PER_CHAIN_ID = 200;

/**
 * Reads accounts at one block with one request each, for endpoints without batches. The chain id was read with the
 * head; it is read again every few hundred requests, and must be the same. If none of the first requests is answered,
 * no more are sent.
 *
 * @param point the expected chain, if known, and the block; without it the latest
 */
export async function readSingly(
  { endpoint, accounts, limits }: Pick<Question, "endpoint" | "accounts" | "limits">,
  point: PartialHead,
): Promise<ReadResult> {
  const chunks: ChunkResult[] = [];
  let firstFailure: RpcError | undefined;
  for (let start = 0; start < accounts.length; start += MAX_SINGLES_PER_CHAIN_ID) {
    const some = accounts.slice(start, start + MAX_SINGLES_PER_CHAIN_ID);
    const { failure, itemFailure, ...chunk } = await readSome(endpoint, some, point, limits);
    chunks.push(chunk);
    firstFailure ??= itemFailure;
    if (failure === undefined) continue;
    return { chunks: [...chunks, failedChunk(accounts.slice(start + some.length), failure.reason)], failure };
  }
  return { chunks, failure: undefined, itemFailure: firstFailure };
}

interface Some extends ChunkResult {
  /** Set when none of them was read. */
  readonly failure?: RpcError;
  readonly itemFailure?: RpcError | undefined;
}

async function readSome(
  endpoint: Endpoint,
  accounts: readonly Account[],
  point: PartialHead,
  limits: Limits,
): Promise<Some> {
  const { block } = point;
  let failure: RpcError | undefined;
  let answered = 0;
  let failed = 0;
  const outcomes = await mapLimited(accounts, MAX_IN_FLIGHT, async (account): Promise<AmountOrReason> => {
    // If none of the first requests was answered, the rest would be wasted.
    if (failure !== undefined && answered === 0 && failed >= MAX_IN_FLIGHT) return failure.reason;
    try {
      const call = callFor(account, block?.number ?? "latest", callOptions(endpoint)(account));
      const amount = await askOne(endpoint, call, limits);
      answered++;
      return amount;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      noteSender(endpoint, [error]);
      const { reason } = error;
      if (reason === "reverted") {
        answered++;
        return reason;
      }
      failed++;
      failure ??= error;
      return reason;
    }
  });
  const values = new AccountValues(accounts, outcomes);
  if (failure !== undefined && !values.some((value) => typeof value === "bigint")) {
    return { head: undefined, values, failure };
  }
  try {
    await checkChain(endpoint, point, limits);
    return { head: block && { chainId: point.chainId, block }, values, itemFailure: failure };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { ...failedChunk(accounts, error.reason), failure: error };
  }
}

async function checkChain(endpoint: Endpoint, { chainId }: PartialHead, limits: Limits): Promise<void> {
  if (chainId === undefined || await askOne(endpoint, CHAIN_ID, limits) === chainId) return;
  throw recordError(endpoint, "wrong_chain", "the chain changed between two requests");
}
