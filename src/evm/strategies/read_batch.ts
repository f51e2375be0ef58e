import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { ask, askOne, type Limits } from "./ask.ts";
import {
  type BackendLag,
  isLagging,
  MAX_DISTANCE,
  noteRetry,
  noteUnknownBlock,
  pointBelow,
  type ReadPoint,
} from "./backend_lag.ts";
import { type Block, blockAt, CHAIN_ID } from "./calls.ts";
import { weiOf } from "./outcome.ts";
import { type Answered, failedReading, placed, readChunks, type Reading } from "./read_chunks.ts";
import { readHead } from "./read_head.ts";
import { readSingly } from "./read_singly.ts";
import { checkBlock } from "./same_block.ts";
import { noteSender, senderFor } from "./sender.ts";
import { type SizeLimit, unlearn } from "./size_limit.ts";
import type { Head, Target } from "./target.ts";
import { isUnbounded } from "./unbounded_tokens.ts";
import { callFor, coinsIn } from "./view_call.ts";

/**
 * Reads balances at one block: the head first, then batches of the learned
 * size, each of which says its chain id as well, so that balances of another
 * chain are refused. Where no batches are taken, one request a balance.
 *
 * @param endpoint whom to ask
 * @param batch how many items it takes in one request
 * @param accounts coins' and tokens'
 * @param target what they are to be read of
 * @param limits how long it may take
 * @param odd accounts of tokens that are asked alone; those that turn out to be such are added
 * @param lag what was learned of the endpoint's backends; without it no other block than the head's is tried
 */
export async function readBatch(
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
  odd: Set<string> = new Set(),
  lag?: BackendLag,
): Promise<Reading> {
  try {
    const head = await headOf(endpoint, batch, target, limits);
    target.admit(head);
    const read = (point: ReadPoint, some: readonly string[]): Promise<Reading> =>
      readAccounts(point, endpoint, batch, some, limits, odd);
    // A block that was asked for by its number is not the head's.
    if (lag === undefined || typeof target.at !== "string") return await read(head, accounts);
    return await readAtHead(head, accounts, lag, limits, read);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return failedReading(accounts, error);
  }
}

/** At the block just reported, or before it where backends are known, or turn out, to be some blocks apart. */
async function readAtHead(
  head: Head,
  accounts: readonly string[],
  lag: BackendLag,
  { clock }: Limits,
  read: (point: ReadPoint, accounts: readonly string[]) => Promise<Reading>,
): Promise<Reading> {
  const isLower = isLagging(lag, clock.now());
  const reading = await read(isLower ? pointBelow(head, lag) : head, accounts);
  const unknown = unknownIn(reading);
  if (unknown.length === 0) {
    Object.assign(lag, { last: blockIn(reading) ?? lag.last, isLower });
    return reading;
  }
  if (!noteUnknownBlock(lag, clock.now())) return reading;
  for (let distance = isLower ? lag.distance + 1 : lag.distance; distance <= MAX_DISTANCE; distance++) {
    const below = pointBelow(head, { ...lag, distance });
    const lower = await read(below, accountsAt(accounts, unknown));
    if (unknownIn(lower).length === 0) {
      Object.assign(lag, { last: blockIn(lower), isLower: true, distance });
      const pieces = [...reading.pieces, ...lower.pieces.flatMap((piece) => placed(piece, unknown))];
      return { pieces, failure: lower.failure, itemFailure: lower.itemFailure };
    }
    if (below.block?.number === head.block.number || below.block?.number === 0n) break;
  }
  if (!isLower) noteRetry(lag, head.block.number > 0n, clock.now());
  return reading;
}

/** The places of accounts that were not read since the node does not have the block. */
function unknownIn({ pieces }: Reading): readonly number[] {
  return pieces.flatMap(({ start, outcomes }) =>
    outcomes.flatMap((outcome, index) => outcome === "state_unavailable" ? [start + index] : [])
  );
}

function blockIn({ pieces }: Reading): Block | undefined {
  return pieces.find(({ head }) => head !== undefined)?.head?.block;
}

/**
 * Reads balances in batches, or one by one.
 *
 * @param point the chain that each batch must report, if it reports any, and the block; without one, whatever is the latest
 * @param endpoint whom to ask
 * @param batch how many items it takes in one request
 * @param accounts coins' and tokens'
 * @param limits how long it may take
 * @param odd see {@linkcode readBatch}
 */
export async function readAccounts(
  point: ReadPoint,
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  limits: Limits,
  odd: Set<string>,
): Promise<Reading> {
  const { chainId, block, unknownTime } = point;
  const reading = await readCoinsAndTokens(point, endpoint, batch, accounts, limits, odd);
  if (unknownTime === undefined || block === undefined) return reading;
  const timed = unknownTime.block ?? await askOne(endpoint, blockAt(block), limits);
  checkBlock(endpoint, { number: block.number, time: timed.time }, timed);
  return {
    ...reading,
    pieces: reading.pieces.map((piece) => piece.head && { ...piece, head: { chainId, block: timed } } || piece),
  };
}

async function readCoinsAndTokens(
  point: ReadPoint,
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  limits: Limits,
  odd: Set<string>,
): Promise<Reading> {
  const coins = coinsIn(accounts);
  const ofCoins = await readAt(
    point,
    endpoint,
    batch,
    coins === accounts.length ? accounts : accounts.slice(0, coins),
    limits,
  );
  if (coins === accounts.length) return ofCoins;
  const tokens = accounts.slice(coins);
  // Apart from the coins: what a contract answers may be too long for all of them.
  const ofTokens = isInVain(ofCoins)
    ? failedReading(tokens, ofCoins.failure)
    : await readTokens(point, endpoint, batch, tokens, limits, odd);
  const moved = ofTokens.pieces.map((piece) => ({ ...piece, start: piece.start + coins }));
  const { failure, itemFailure } = coins > 0 ? ofCoins : ofTokens;
  return { pieces: [...ofCoins.pieces, ...moved], failure, itemFailure };
}

function isInVain({ pieces, failure }: Reading): boolean {
  return failure !== undefined &&
    pieces.every(({ outcomes }) => outcomes.every((outcome) => typeof outcome === "string"));
}

async function readTokens(
  point: ReadPoint,
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  limits: Limits,
  odd: Set<string>,
): Promise<Reading> {
  const usual = accounts.flatMap((account, place) => odd.has(account) ? [] : [place]);
  const isUsual = usual.length === accounts.length;
  const read = await readAt(point, endpoint, batch, isUsual ? accounts : accountsAt(accounts, usual), limits);
  const reading = isUsual ? read : { ...read, pieces: read.pieces.flatMap((piece) => placed(piece, usual)) };
  // One of those that came together answered too much: which one shows when they are asked alone.
  const tooLarge = reading.pieces.flatMap(({ start, outcomes }) =>
    outcomes.flatMap((outcome, index) => outcome === "too_large" ? [start + index] : [])
  );
  const alone = [...accounts.flatMap((account, place) => odd.has(account) ? [place] : []), ...tooLarge];
  if (alone.length === 0) return reading;
  const singly = await readSingly(endpoint, accountsAt(accounts, alone), point, limits);
  const pieces = singly.pieces.flatMap((piece) => placed(piece, alone));
  for (const { start, outcomes: [outcome] } of pieces) {
    if (outcome === "reverted" && tooLarge.includes(start)) odd.add(accounts[start] ?? "");
  }
  const failure = reading.failure?.reason === "too_large" ? singly.failure : reading.failure;
  return { pieces: [...reading.pieces, ...pieces], failure };
}

function accountsAt(accounts: readonly string[], places: readonly number[]): readonly string[] {
  return places.map((place) => accounts[place] ?? "");
}

async function readAt(
  point: ReadPoint,
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  limits: Limits,
): Promise<Reading> {
  const before = { ...batch };
  // More at once than a second allows would be refused for its pace, however long it waited.
  const paced = Math.max(2, Math.floor(endpoint.pacer.perSecond));
  const { unread, ...reading } = await readChunks(accounts, {
    clock: limits.clock,
    limit: batch,
    extra: point.unknownTime === undefined ? 1 : 2,
    most: paced,
    read: (some) => readOne(endpoint, some, point, limits),
  });
  const places = unread.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index));
  if (places.length === 0) return reading;
  const singly = await readSingly(endpoint, places.map((place) => accounts[place] ?? ""), point, limits);
  if (singly.failure !== undefined) unlearn(batch, before, limits.clock.now());
  return {
    pieces: [...reading.pieces, ...singly.pieces.flatMap((piece) => placed(piece, places))],
    failure: singly.failure,
    itemFailure: reading.itemFailure ?? singly.itemFailure,
  };
}

async function headOf(endpoint: Endpoint, batch: SizeLimit, { at }: Target, limits: Limits): Promise<Head> {
  const head = await readHead(endpoint, batch, at, limits);
  checkBlock(endpoint, at, head.block);
  return head;
}

function isTooMuch(balance: number | bigint | RpcError): boolean {
  return balance instanceof RpcError && (balance.refusal === "size" || balance.refusal === "time");
}

/** Reads one batch; what comes after the first balance that was too much is left out. */
async function readOne(
  endpoint: Endpoint,
  accounts: readonly string[],
  { chainId: expected, block, unknownTime }: ReadPoint,
  limits: Limits,
): Promise<Answered> {
  const chainCalls = expected === undefined ? [] : [CHAIN_ID];
  const sender = senderFor(endpoint);
  const calls = accounts.map((account) =>
    callFor(account, block?.number ?? "latest", sender, isUnbounded(endpoint, account))
  );
  const asksTime = block !== undefined && unknownTime?.isAsked === false;
  if (asksTime) unknownTime.isAsked = true;
  const timeCalls = asksTime ? [blockAt(block)] : [];
  const answers = await ask<number | bigint | Block>(endpoint, [...chainCalls, ...calls, ...timeCalls], limits);
  const chainId = expected === undefined ? undefined : answers[0];
  noteSender(endpoint, answers);
  if (chainId instanceof RpcError) throw chainId;
  if (chainId !== expected) {
    const detail = `a batch was answered from chain ${chainId}, the head from ${expected}`;
    throw recordError(endpoint, "wrong_chain", detail);
  }
  const timed = asksTime ? answers.at(-1) : undefined;
  if (unknownTime !== undefined && isBlock(timed)) unknownTime.block = timed;
  const balances = answers.slice(chainCalls.length, chainCalls.length + calls.length).map(withoutBlock);
  const cut = balances.findIndex((balance) => isTooMuch(balance));
  return {
    head: block && { chainId: expected, block },
    outcomes: (cut === -1 ? balances : balances.slice(0, cut)).map(weiOf),
    itemFailure: balances.find(isNodeError),
  };
}

function isBlock(answer: unknown): answer is Block {
  return typeof answer === "object" && answer !== null && "time" in answer;
}

/** Only a block is asked for besides balances, and that stands after them. */
function withoutBlock(answer: number | bigint | Block | RpcError): number | bigint | RpcError {
  return isBlock(answer) ? new RpcError("missing", "a block in place of a balance") : answer;
}

/** An error of the node's, and not a contract's, which says nothing of the endpoint. */
function isNodeError(answer: unknown): answer is RpcError {
  return answer instanceof RpcError && answer.reason !== "reverted";
}
