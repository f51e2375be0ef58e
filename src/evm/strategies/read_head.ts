import type { BlockTag } from "../../plan/plan.ts";
import { startDeadline } from "../../http/deadline.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { type Refusal, RpcError } from "../../jsonrpc/errors.ts";
import { ask, askOne } from "./ask.ts";
import type { Limits } from "../../model/source.ts";
import type { Block } from "../../model/block.ts";
import { blockAt, CHAIN_ID, NO_SUCH_BLOCK } from "./calls.ts";
import { noteAnswer, noteRefusal, shrink, type SizeLimit } from "./size_limit.ts";
import type { Head } from "./target.ts";

/** Five in a row are seldom. */
const MAX_NULL_ROUNDS = 10;
/** Some nodes return `null` for one, which may as well be said of a block that was pruned. */
const MAX_NULLS = 3;

/**
 * Asks an endpoint for its chain and a block, in one request where it takes batches.
 *
 * @param endpoint whom to ask
 * @param batch how many items it takes in one request
 * @param at which block
 * @param limits how long it may take
 * @throws {RpcError} when either is not reported
 */
export async function readHead(
  endpoint: Endpoint,
  batch: SizeLimit,
  at: BlockTag | Block,
  limits: Limits,
): Promise<Head> {
  if (batch.size < 2) return await readSeparately(endpoint, at, limits);
  let refusal: Refusal | undefined;
  if (batch.hung) batch.hung = false;
  else {
    try {
      return await readTogether(endpoint, batch, at, limits);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      refusal = error.refusal === "unsupported" ? undefined : error.refusal;
      const isToBlame = refusal !== undefined || isDoubtful(batch, error);
      // There may be no time left for single calls: they come first in the next poll.
      batch.hung = isToBlame && refusal === undefined && error.reason === "timeout";
      if (!isToBlame || batch.hung) throw error;
    }
  }
  // What refuses one call as well was not about batches.
  const head = await readSeparately(endpoint, at, limits);
  if (refusal !== undefined) {
    if (!shrink(batch, 2, refusal, limits.clock.now())) noteRefusal(batch, 2);
    return head;
  }
  using own = startDeadline(limits.clock, limits.deadline.remaining() / 2, limits.deadline.signal);
  try {
    // Nothing was said of batches: they are given up only if they fail where single calls do not.
    return await readTogether(endpoint, batch, at, { ...limits, deadline: own });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (mayBeOfBatches(error)) shrink(batch, 2, "no_batch", limits.clock.now());
    return head;
  }
}

/**
 * Finds a block by its distance to the latest; where there is none of that number, the one before it.
 *
 * @param endpoint whom to ask
 * @param latest its latest block
 * @param distance so many before it, as a negative number; no further than the first block
 * @param limits how long it may take
 */
export async function readDistant(
  endpoint: Endpoint,
  latest: Block,
  distance: number,
  limits: Limits,
): Promise<Block> {
  const wanted = latest.number + BigInt(distance);
  let number = wanted < 0n ? 0n : wanted;
  for (let skipped = 0;; skipped++) {
    try {
      return await askOne(endpoint, blockAt({ number }), limits);
    } catch (error) {
      if (number === 0n || skipped >= maxSkipped(error)) throw error;
      number--;
    }
  }
}

/** How many blocks in a row may be missing for what a node says: Filecoin has epochs without a block. */
function maxSkipped(error: unknown): number {
  if (!(error instanceof RpcError)) return 0;
  // Lotus, Forest and Venus say so.
  if (/null[ -]?(round|tipset)|skipped (slot|round|epoch)/i.test(error.message)) return MAX_NULL_ROUNDS;
  return error.message === NO_SUCH_BLOCK ? MAX_NULLS : 0;
}

/**
 * Returns whether a request may have failed because it was a batch.
 *
 * @param error how it failed
 */
export function mayBeOfBatches({ traits, refusal }: RpcError): boolean {
  return refusal !== undefined || traits.batchFailures !== undefined;
}

/** Whether batches may be to blame. */
function isDoubtful(batch: SizeLimit, { traits: { batchFailures } }: RpcError): boolean {
  if (batchFailures === undefined) return false;
  batch.unclearFailures++;
  return batch.confirmed < 2 || batch.unclearFailures >= batchFailures;
}

async function readTogether(endpoint: Endpoint, batch: SizeLimit, at: BlockTag | Block, limits: Limits): Promise<Head> {
  const answers = await ask<number | Block>(endpoint, [CHAIN_ID, blockAt(at)], limits);
  // Each call is answered in its place.
  const [chainId, block] = answers as readonly [number | RpcError, Block | RpcError];
  noteAnswer(batch, 2);
  if (chainId instanceof RpcError) throw chainId;
  if (block instanceof RpcError) throw block;
  return { chainId, block };
}

async function readSeparately(endpoint: Endpoint, at: BlockTag | Block, limits: Limits): Promise<Head> {
  const chainId = await askOne(endpoint, CHAIN_ID, limits);
  return { chainId, block: await askOne(endpoint, blockAt(at), limits) };
}
