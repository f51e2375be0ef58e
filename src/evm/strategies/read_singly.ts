import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne, type Limits, REQUESTS_AT_ONCE } from "./ask.ts";
import { CHAIN_ID } from "./calls.ts";
import { mapLimited } from "./map_limited.ts";
import type { Wei } from "./outcome.ts";
import type { Piece, Reading } from "./read_chunks.ts";
import { noteSender, senderFor } from "./sender.ts";
import type { PartialHead } from "./target.ts";
import { isUnbounded } from "./unbounded_tokens.ts";
import { callFor } from "./view_call.ts";

/** The chain is checked after each so many single calls: no more of them are lost when the time runs out. */
export const SINGLES_PER_CHECK = 200;

/**
 * Reads balances at one block with one request each, for endpoints that take
 * no batches. The chain id was asked before, with the head; it is asked again
 * after each few hundred, and both must agree. Where none of the first was
 * answered, no more are asked for.
 *
 * @param endpoint whom to ask
 * @param accounts coins' and tokens'
 * @param point the chain they must be on, if it reports any, and the block they are read at; without one, the latest
 * @param limits how long it may take
 */
export async function readSingly(
  endpoint: Endpoint,
  accounts: readonly string[],
  point: PartialHead,
  limits: Limits,
): Promise<Reading> {
  const pieces: Piece[] = [];
  let firstFailure: RpcError | undefined;
  for (let start = 0; start < accounts.length; start += SINGLES_PER_CHECK) {
    const { failure, itemFailure, ...piece } = await readSome(
      endpoint,
      accounts.slice(start, start + SINGLES_PER_CHECK),
      point,
      limits,
    );
    pieces.push({ start, ...piece });
    firstFailure ??= itemFailure;
    if (failure === undefined) continue;
    const after = start + piece.outcomes.length;
    pieces.push({ start: after, head: undefined, outcomes: accounts.slice(after).map(() => failure.reason) });
    return { pieces, failure };
  }
  return { pieces, failure: undefined, itemFailure: firstFailure };
}

interface Some extends Omit<Piece, "start"> {
  /** Set when no balance of them was read. */
  readonly failure?: RpcError;
  readonly itemFailure?: RpcError | undefined;
}

async function readSome(
  endpoint: Endpoint,
  accounts: readonly string[],
  point: PartialHead,
  limits: Limits,
): Promise<Some> {
  const { block } = point;
  let failure: RpcError | undefined;
  let answered = 0;
  let failed = 0;
  const outcomes = await mapLimited(accounts, REQUESTS_AT_ONCE, async (account): Promise<Wei> => {
    // Where none of the first was answered, the rest would only be asked for in vain.
    if (failure !== undefined && answered === 0 && failed >= REQUESTS_AT_ONCE) return failure.reason;
    try {
      const call = callFor(account, block?.number ?? "latest", senderFor(endpoint), isUnbounded(endpoint, account));
      const wei = await askOne(endpoint, call, limits);
      answered++;
      return wei;
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
  if (failure !== undefined && outcomes.every((outcome) => typeof outcome === "string")) {
    return { head: undefined, outcomes, failure };
  }
  try {
    await checkChain(endpoint, point, limits);
    return { head: block && { chainId: point.chainId, block }, outcomes, itemFailure: failure };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { reason } = error;
    return { head: undefined, outcomes: accounts.map(() => reason), failure: error };
  }
}

async function checkChain(endpoint: Endpoint, { chainId }: PartialHead, limits: Limits): Promise<void> {
  if (chainId === undefined || await askOne(endpoint, CHAIN_ID, limits) === chainId) return;
  throw recordError(endpoint, "wrong_chain", "the chain changed between two requests");
}
