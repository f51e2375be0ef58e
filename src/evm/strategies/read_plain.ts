import { type Account, byRequestType, isOfMethod, type RequestType } from "../../assets/asset.ts";
import { log } from "../../util/log.ts";
import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import type { BackendLag } from "./backend_lag.ts";
import { isIgnored } from "./block_checks.ts";
import { farBlockCall } from "./far_block.ts";
import { readBatch } from "./read_at_head.ts";
import { failedResult, failureOf, type ReadResult } from "./read_chunks.ts";
import { readLatest } from "./read_latest.ts";
import { senderFor } from "./sender.ts";
import type { Question } from "./question.ts";

/** A node that fails this often rejects blocks that it does not have. */
const MAX_TRIES = 3;

/** The log's name of each type of request. */
const NAMES: Readonly<Record<RequestType, string>> = {
  balance: "eth_getBalance",
  view: "eth_call",
  method: "another method",
};

/**
 * Reads accounts in batches, or one by one. Plain responses do not contain their block: once per endpoint a block that
 * does not exist is requested, and an endpoint that returns a balance there ignores blocks.
 *
 * @returns the result, without balances that may be of another block
 */
export async function readPlain(question: Question, lag?: BackendLag): Promise<ReadResult> {
  const { selector, accounts, target, limits: { clock } } = question;
  const { method = [] } = byRequestType(accounts);
  const isIgnoring = (): boolean => isIgnored(selector.blockChecks.method, clock.now());
  if (method.length === 0 || target.at !== "latest") return await readAtBlock(question, lag);
  const others = accounts.length === method.length ? [] : accounts.filter((account) => !isOfMethod(account));
  const asked = isIgnoring() ? others : accounts;
  const result = asked.length === 0 ? undefined : await readAtBlock({ ...question, accounts: asked }, lag);
  if (result !== undefined && !isIgnoring()) return result;
  // Nothing else depends on it that a node ignores the block of a method.
  const latest = await readLatest({ ...question, accounts: method });
  if (others.length === 0 || result === undefined) return latest;
  const itemFailure = result.itemFailure ?? failureOf(latest);
  return { ...result, chunks: [...result.chunks, ...latest.chunks], itemFailure };
}

async function readAtBlock(question: Question, lag: BackendLag | undefined): Promise<ReadResult> {
  const { endpoint, selector, accounts, target, limits } = question;
  const byType = byRequestType(accounts);
  const types = (["balance", "view", "method"] as const).filter((type) => byType[type] !== undefined);
  const now = limits.clock.now();
  const isKnown = (type: RequestType): boolean => isIgnored(selector.blockChecks[type], now);
  // At the latest block another strategy reads everything; at others, read what is possible.
  const isLatest = target.at === "latest";
  if (isLatest ? types.some(isKnown) : types.length > 0 && types.every(isKnown)) {
    return failedResult(accounts, ignoresBlocks(endpoint));
  }
  let result = await readBatch(question, lag);
  for (const type of types) {
    const failure = await checkBlocks(type, result, question);
    if (failure === undefined) continue;
    if (isLatest && type !== "method") return failedResult(accounts, failure);
    // Only the native balances decide whether the endpoint is healthy, where there are any.
    const isDecisive = type === "balance" || byType.balance === undefined;
    result = { ...withhold(result, type, failure), ...(isDecisive ? { failure } : {}) };
  }
  return result;
}

/** Why accounts of one type of request are withheld. */
async function checkBlocks(type: RequestType, result: ReadResult, question: Question): Promise<RpcError | undefined> {
  const { endpoint, selector, target: { at }, limits } = question;
  const check = selector.blockChecks[type];
  if (isIgnored(check, limits.clock.now())) return ignoresBlocks(endpoint);
  if (check.ignored === false) return undefined;
  const sample = largestOf(type, result);
  if (sample === undefined) return undefined;
  const { value: [account, amount], block } = sample;
  try {
    const far = await askOne(endpoint, farBlockCall(account, block, senderFor(endpoint)), limits);
    // Some nodes return 0 for a missing block.
    check.ignored = far !== "refused" && (far > 0n || amount === 0n);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    check.tries++;
    if (check.tries < MAX_TRIES) return at === "latest" ? undefined : error;
    check.ignored = false;
  }
  check.at = limits.clock.now();
  if (!check.ignored) return undefined;
  log.warn("Endpoint ignores the requested block", {
    endpoint: endpoint.name,
    method: NAMES[type],
    block: typeof at === "string" ? at : at.number,
  });
  return ignoresBlocks(endpoint);
}

/** Makes the error of a node that ignores the requested block, and counts it. */
export function ignoresBlocks(endpoint: Endpoint): RpcError {
  return recordError(endpoint, "state_unavailable", "the node ignores the requested block", "unsupported");
}

interface Largest {
  readonly value: readonly [account: Account, amount: bigint];
  readonly block: bigint;
}

function largestOf(type: RequestType, { chunks }: ReadResult): Largest | undefined {
  let largest: Largest | undefined;
  for (const { head, values } of chunks) {
    if (head === undefined) continue;
    for (const [account, value] of values) {
      if (account.asset.requestType !== type || typeof value !== "bigint") continue;
      if (largest === undefined || value > largest.value[1]) {
        largest = { value: [account, value], block: head.block.number };
      }
    }
  }
  return largest;
}

function withhold(result: ReadResult, type: RequestType, { reason }: RpcError): ReadResult {
  const chunks = result.chunks.map((chunk) => ({
    ...chunk,
    values: chunk.values.map((value, { asset }) =>
      asset.requestType === type && typeof value === "bigint" ? reason : value
    ),
  }));
  return { ...result, chunks };
}
