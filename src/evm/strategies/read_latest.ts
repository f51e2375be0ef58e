import { RpcError } from "../../jsonrpc/errors.ts";
import { ask, askOne } from "./ask.ts";
import { blockAt } from "./calls.ts";
import { confirmChainId, readChainId } from "./chain_id.ts";
import { callFor, callOptions } from "./account_call.ts";
import { readAccounts } from "./read_batch.ts";
import { type ChunkResult, failedResult, isAnyRead, type ReadResult } from "./read_chunks.ts";
import { mayBeOfBatches, readHead } from "./read_head.ts";
import type { Question } from "./question.ts";
import { compareBlocks } from "./same_block.ts";
import { noteAnswer, shrink } from "./size_limit.ts";
import type { PartialHead } from "./target.ts";

/** Maximum repeats if the head moved while balances were read. */
const MAX_REPEATS = 2;
/** How long balances are not repeated on a chain with faster blocks, in milliseconds. */
const NO_REPEAT_MS = 3_600_000;
/** Batches are tested again after this many failures in a row. */
const MAX_UNCLEAR_FAILURES = 3;

/**
 * Reads balances without a block number, which needs `eth_getBalance` only. If the endpoint reports heads, balances are
 * read between two of them: they belong to that block if both are the same, otherwise to an unknown one.
 */
export async function readLatest(question: Question): Promise<ReadResult> {
  try {
    return await readBetweenHeads(question);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return failedResult(question.accounts, error);
  }
}

async function readBetweenHeads(question: Question): Promise<ReadResult> {
  const { selector, accounts, target, limits } = question;
  const { latest, sizes: { batch } } = selector;
  if (target.at !== "latest" || target.admitLatest === undefined) {
    throw new RpcError("state_unavailable", "the endpoint has state of its latest block only");
  }
  if (selector.strategy !== "latest" || !selector.proven || batch.unclearFailures >= MAX_UNCLEAR_FAILURES) {
    await testEndpoint(question);
  }
  let before = await headOf(question);
  target.admitLatest(before);
  for (let repeats = 0;; repeats++) {
    const point = { chainId: before.chainId, block: undefined };
    const result = await readAccounts(question, point);
    if (!isAnyRead(result)) {
      // Without heads, only this shows that batches fail.
      if (batch.size > 1 && result.failure !== undefined && mayBeOfBatches(result.failure)) batch.unclearFailures++;
      return result;
    }
    if (latest.head === "unasked") await tryHead(question);
    const after = await headOf(question);
    target.admitLatest(after);
    if (before.block === undefined || after.block === undefined) return result;
    const wastedRequests = repeats * Math.ceil(accounts.length / batch.size);
    if (compareBlocks(before.block, after.block) === undefined) {
      return { ...at(result, { chainId: after.chainId, block: after.block }), wastedRequests };
    }
    if (repeats === MAX_REPEATS) latest.retryAfter = limits.clock.now() + NO_REPEAT_MS;
    if (limits.clock.now() < latest.retryAfter) return { ...result, wastedRequests };
    before = after;
  }
}

/** Tests the endpoint before it is used: one balance, the chain id, and a batch. */
async function testEndpoint(question: Question): Promise<void> {
  const { endpoint, selector, accounts, limits } = question;
  const [first, second] = accounts;
  if (first === undefined) return;
  await confirmChainId(question, first, limits);
  const { batch } = selector.sizes;
  if (second === undefined || batch.size < 2 || batch.confirmed >= 2 && batch.unclearFailures < MAX_UNCLEAR_FAILURES) {
    return;
  }
  try {
    const options = callOptions(endpoint);
    const calls = [first, second].map((account) => callFor(account, "latest", options(account)));
    const answers = await ask(endpoint, calls, limits);
    if (answers.every((answer) => answer instanceof RpcError)) throw answers[0];
    noteAnswer(batch, 2);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    shrink(batch, 2, "no_batch", limits.clock.now());
  }
}

/** The head, as far as the endpoint reports it. */
async function headOf(question: Question): Promise<PartialHead> {
  const { endpoint, selector, limits } = question;
  const hasChain = selector.chainMethod !== "waived";
  const hasBlock = selector.latest.head === "reported";
  try {
    if (hasChain && hasBlock) return await readHead(endpoint, selector.sizes.batch, "latest", limits);
    return {
      chainId: hasChain ? await readChainId(question, limits) : undefined,
      block: hasBlock ? await askOne(endpoint, blockAt("latest"), limits) : undefined,
    };
  } catch (error) {
    if (!hasBlock || !(error instanceof RpcError) || error.refusal !== "unsupported") throw error;
    selector.latest.head = "refused";
    return await headOf(question);
  }
}

/** Tests whether heads are reported; after the balances, since a method that is not allowed may hang. */
async function tryHead({ endpoint, selector, limits }: Question): Promise<void> {
  try {
    await askOne(endpoint, blockAt("latest"), limits);
    selector.latest.head = "reported";
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    selector.latest.head = "refused";
  }
}

function at(result: ReadResult, head: ChunkResult["head"]): ReadResult {
  return { ...result, chunks: result.chunks.map(({ values }) => ({ head, values })) };
}
