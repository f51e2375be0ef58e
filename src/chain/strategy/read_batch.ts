import { countedError } from "../../rpc/counted_error.ts";
import type { Endpoint } from "../../rpc/endpoint.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { ask, type Limits } from "./ask.ts";
import { CHAIN_ID } from "./calls.ts";
import { weiOf } from "./outcome.ts";
import { type Answered, failedReading, placed, readChunks, type Reading } from "./read_chunks.ts";
import { readHead } from "./read_head.ts";
import { readSingly } from "./read_singly.ts";
import { checkBlock } from "./same_block.ts";
import { noteSender, senderFor } from "./sender.ts";
import { type SizeLimit, unlearn } from "./size_limit.ts";
import type { Head, PartialHead, Target } from "./target.ts";
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
 */
export async function readBatch(
  endpoint: Endpoint,
  batch: SizeLimit,
  accounts: readonly string[],
  target: Target,
  limits: Limits,
  odd: Set<string> = new Set(),
): Promise<Reading> {
  let head: Head;
  try {
    head = await headOf(endpoint, batch, target, limits);
    target.admit(head);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return failedReading(accounts, error);
  }
  return await readAccounts(head, endpoint, batch, accounts, limits, odd);
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
  point: PartialHead,
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
  point: PartialHead,
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
  point: PartialHead,
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
    extra: 1,
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
  { chainId: expected, block }: PartialHead,
  limits: Limits,
): Promise<Answered> {
  const chainCalls = expected === undefined ? [] : [CHAIN_ID];
  const sender = senderFor(endpoint);
  const calls = accounts.map((account) => callFor(account, block?.number ?? "latest", sender));
  const answers = await ask<number | bigint>(endpoint, [...chainCalls, ...calls], limits);
  const chainId = expected === undefined ? undefined : answers[0];
  noteSender(endpoint, answers.slice(chainCalls.length));
  if (chainId instanceof RpcError) throw chainId;
  if (chainId !== expected) {
    const detail = `a batch was answered from chain ${chainId}, the head from ${expected}`;
    throw countedError(endpoint, "wrong_chain", detail);
  }
  const balances = answers.slice(chainCalls.length);
  const cut = balances.findIndex((balance) => isTooMuch(balance));
  return {
    head: block && { chainId: expected, block },
    outcomes: (cut === -1 ? balances : balances.slice(0, cut)).map(weiOf),
    itemFailure: balances.find(isNodeError),
  };
}

/** An error of the node's, and not a contract's, which says nothing of the endpoint. */
function isNodeError(answer: unknown): answer is RpcError {
  return answer instanceof RpcError && answer.reason !== "reverted";
}
