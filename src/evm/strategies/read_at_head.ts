import { RpcError } from "../../jsonrpc/errors.ts";
import type { Account } from "../../assets/asset.ts";
import type { Block } from "../../model/block.ts";
import { type BackendLag, isLagging, MAX_DISTANCE, noteRetry, noteUnknownBlock, pointBelow } from "./backend_lag.ts";
import { readAccounts } from "./read_batch.ts";
import { failedResult, type ReadResult, valuesIn } from "./read_chunks.ts";
import { readHead } from "./read_head.ts";
import { checkBlock } from "./same_block.ts";
import type { Head } from "./target.ts";
import type { Question } from "./question.ts";

/**
 * Reads accounts at one block: the head first, then batches of the learned size, each with its chain id, so that
 * balances of another chain are rejected. Without batches, sends one request per account.
 *
 * @param lag what was learned of the endpoint's backends; without it only the head's block is tried
 */
export async function readBatch(question: Question, lag?: BackendLag): Promise<ReadResult> {
  const { endpoint, selector, accounts, target, limits } = question;
  try {
    const head = await readHead(endpoint, selector.sizes.batch, target.at, limits);
    checkBlock(endpoint, target.at, head.block);
    target.admit(head);
    // A block by its number is not the head's.
    if (lag === undefined || typeof target.at !== "string") return await readAccounts(question, head);
    return await readBelowHead(question, head, lag);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return failedResult(accounts, error);
  }
}

/** Reads at the block just reported, or below it if backends are, or turn out to be, some blocks apart. */
async function readBelowHead(question: Question, head: Head, lag: BackendLag): Promise<ReadResult> {
  const { clock } = question.limits;
  const isLower = isLagging(lag, clock.now());
  const result = await readAccounts(question, isLower ? pointBelow(head, lag) : head);
  const unknown = atUnknownBlock(result);
  if (unknown.length === 0) {
    Object.assign(lag, { last: blockIn(result) ?? lag.last, isLower });
    return result;
  }
  if (!noteUnknownBlock(lag, clock.now())) return result;
  for (let distance = isLower ? lag.distance + 1 : lag.distance; distance <= MAX_DISTANCE; distance++) {
    const below = pointBelow(head, { ...lag, distance });
    const lower = await readAccounts({ ...question, accounts: unknown }, below);
    if (atUnknownBlock(lower).length === 0) {
      Object.assign(lag, { last: blockIn(lower), isLower: true, distance });
      return { chunks: [...result.chunks, ...lower.chunks], failure: lower.failure, itemFailure: lower.itemFailure };
    }
    if (below.block?.number === head.block.number || below.block?.number === 0n) break;
  }
  if (!isLower) noteRetry(lag, head.block.number > 0n, clock.now());
  return result;
}

/** Accounts that failed since the node does not have the block. */
function atUnknownBlock(result: ReadResult): readonly Account[] {
  return valuesIn(result).flatMap(([account, value]) => value === "state_unavailable" ? [account] : []);
}

function blockIn({ chunks }: ReadResult): Block | undefined {
  return chunks.find(({ head }) => head !== undefined)?.head?.block;
}
