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

/** Five null rounds in a row are rare. */
const MAX_NULL_ROUNDS = 10;
/** Some nodes return `null` for a null round, but others for a pruned block. */
const MAX_NULLS = 3;

/**
 * Requests the chain id and a block, in one batch if the endpoint supports them.
 *
 * @param batch in items per request, at least 1
 * @throws {RpcError} if either is not reported
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
      const isBatchFailure = refusal !== undefined || mayBlameBatches(batch, error);
      // There may be no time for single calls: they are sent first in the next poll.
      batch.hung = isBatchFailure && refusal === undefined && error.reason === "timeout";
      if (!isBatchFailure || batch.hung) throw error;
    }
  }
  // If single calls fail as well, batches are not the cause.
  const head = await readSeparately(endpoint, at, limits);
  if (refusal !== undefined) {
    if (!shrink(batch, 2, refusal, limits.clock.now())) noteRefusal(batch, 2);
    return head;
  }
  using own = startDeadline(limits.clock, limits.deadline.remaining() / 2, limits.deadline.signal);
  try {
    // The error was ambiguous: batches are given up only if they fail again where single calls worked.
    return await readTogether(endpoint, batch, at, { ...limits, deadline: own });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (mayBeOfBatches(error)) shrink(batch, 2, "no_batch", limits.clock.now());
    return head;
  }
}

/**
 * Finds a block by its distance to the latest; if that number has no block, the one before it.
 *
 * @param distance a negative number of blocks; stops at the genesis block
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

/** How many blocks in a row may be missing after an error: Filecoin has epochs without a block. */
function maxSkipped(error: unknown): number {
  if (!(error instanceof RpcError)) return 0;
  // Messages of Lotus, Forest and Venus.
  if (/null[ -]?(round|tipset)|skipped (slot|round|epoch)/i.test(error.message)) return MAX_NULL_ROUNDS;
  return error.message === NO_SUCH_BLOCK ? MAX_NULLS : 0;
}

/** Whether a request may have failed because it was a batch. */
export function mayBeOfBatches({ traits, refusal }: RpcError): boolean {
  return refusal !== undefined || traits.batchFailures !== undefined;
}

/** Whether batches may be the cause. With working batches, ambiguous failures must repeat. */
function mayBlameBatches(batch: SizeLimit, { traits: { batchFailures } }: RpcError): boolean {
  if (batchFailures === undefined) return false;
  batch.unclearFailures++;
  return batch.confirmed < 2 || batch.unclearFailures >= batchFailures;
}

async function readTogether(endpoint: Endpoint, batch: SizeLimit, at: BlockTag | Block, limits: Limits): Promise<Head> {
  const answers = await ask<number | Block>(endpoint, [CHAIN_ID, blockAt(at)], limits);
  // Results are in the order of the calls.
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
