import { log } from "../../util/log.ts";
import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import type { BackendLag } from "./backend_lag.ts";
import { type BlockChecks, isIgnored } from "./block_checks.ts";
import { farBlockCall } from "./far_block.ts";
import type { Question } from "./question.ts";
import { readBatch } from "./read_batch.ts";
import { failedReading, type Piece, type Reading } from "./read_chunks.ts";
import { senderFor } from "./sender.ts";
import { coinsIn } from "./view_call.ts";

/** A node that does not answer so often does not answer for blocks that it does not have. */
const MAX_TRIES = 3;

/**
 * Reads balances in batches, or one by one. Plain balances come without a block: once for each endpoint a block is asked
 * for that nobody can have, and whoever answers is not believed about blocks.
 *
 * @param question see {@linkcode Question}
 * @param lag see {@linkcode readBatch}
 * @returns the reading without what may be of another block
 */
export async function readPlain(question: Question, lag?: BackendLag): Promise<Reading> {
  const { endpoint, ladder, accounts, target, limits } = question;
  const coins = coinsIn(accounts);
  const { blockChecks } = ladder;
  const now = limits.clock.now();
  const kinds = ([["coins", 0, coins], ["tokens", coins, accounts.length]] as const)
    .filter(([, start, end]) => end > start);
  const isKnown = ([kind]: (typeof kinds)[number]): boolean => isIgnored(blockChecks[kind], now);
  // Of the latest block all is read in another way, of others what can be.
  const isLatest = target.at === "latest";
  if (isLatest ? kinds.some(isKnown) : kinds.length > 0 && kinds.every(isKnown)) {
    return failedReading(accounts, ignoresBlocks(endpoint));
  }
  let reading = await readBatch(endpoint, ladder.sizes.batch, accounts, target, limits, ladder.odd, lag);
  for (const [kind, start, end] of kinds) {
    const failure = await checkBlocks(kind, start, end, reading, question);
    if (failure === undefined) continue;
    if (isLatest) return failedReading(accounts, failure);
    const pieces = reading.pieces.map((piece) => withhold(piece, start, end, failure));
    // Of an endpoint only its coins tell how it fares, where there are any.
    reading = { ...reading, pieces, ...(kind === "coins" || coins === 0 ? { failure } : {}) };
  }
  return reading;
}

/** Why the balances of some accounts are not to be published. */
async function checkBlocks(
  kind: keyof BlockChecks,
  start: number,
  end: number,
  reading: Reading,
  question: Question,
): Promise<RpcError | undefined> {
  const { endpoint, ladder, accounts, target: { at }, limits } = question;
  const check = ladder.blockChecks[kind];
  if (isIgnored(check, limits.clock.now())) return ignoresBlocks(endpoint);
  if (check.ignored === false) return undefined;
  const sample = largestAmong(reading, start, end);
  if (sample === undefined) return undefined;
  try {
    const call = farBlockCall(accounts[sample.index] ?? "", sample.block, senderFor(endpoint));
    const far = await askOne(endpoint, call, limits);
    // Some nodes have 0 for what they do not have.
    check.ignored = far !== "refused" && (far > 0n || sample.wei === 0n);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    check.tries++;
    if (check.tries < MAX_TRIES) return at === "latest" ? undefined : error;
    check.ignored = false;
  }
  check.at = limits.clock.now();
  if (!check.ignored) return undefined;
  log.warn("Endpoint ignores the block that it is asked for", {
    endpoint: endpoint.name,
    of: kind,
    block: typeof at === "string" ? at : at.number,
  });
  return ignoresBlocks(endpoint);
}

/**
 * Makes the error of a node that ignores the block that it is asked for, and counts it.
 *
 * @param endpoint which
 */
export function ignoresBlocks(endpoint: Endpoint): RpcError {
  return recordError(endpoint, "state_unavailable", "the node ignores the block that it is asked for", "unsupported");
}

/** The largest balance of some accounts. */
function largestAmong(
  { pieces }: Reading,
  start: number,
  end: number,
): { readonly index: number; readonly wei: bigint; readonly block: bigint } | undefined {
  let largest: ReturnType<typeof largestAmong>;
  for (const { start: first, head, outcomes } of pieces) {
    if (head === undefined) continue;
    for (const [place, wei] of outcomes.entries()) {
      const index = first + place;
      if (index < start || index >= end || typeof wei !== "bigint") continue;
      if (largest === undefined || wei > largest.wei) largest = { index, wei, block: head.block.number };
    }
  }
  return largest;
}

function withhold(piece: Piece, start: number, end: number, { reason }: RpcError): Piece {
  const outcomes = piece.outcomes.map((wei, place) => {
    const index = piece.start + place;
    return index >= start && index < end && typeof wei === "bigint" ? reason : wei;
  });
  return { ...piece, outcomes };
}
