import { type Account, byRequestType } from "../../assets/asset.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import { callFor, callOptions } from "./account_call.ts";
import { ask, askOne } from "./ask.ts";
import type { ReadPoint } from "./backend_lag.ts";
import { blockAt, CHAIN_ID } from "./calls.ts";
import {
  type Answered,
  failedResult,
  firstErrorIn,
  isAnyRead,
  readChunks,
  type ReadResult,
  valuesIn,
} from "./read_chunks.ts";
import { readSingly } from "./read_singly.ts";
import { checkBlock } from "./same_block.ts";
import { noteSender } from "./sender.ts";
import { rollback } from "./size_limit.ts";
import type { Question } from "./question.ts";

/** A contract that returns too much may be replaced behind its proxy. */
const OVERSIZED_TTL_MS = 24 * 3_600_000;

/** Reads accounts in batches, or one by one, at one block. */
export async function readAccounts(question: Question, point: ReadPoint): Promise<ReadResult> {
  const { chainId, block, unknownTime } = point;
  const result = await readByType(question, point);
  if (unknownTime === undefined || block === undefined) return result;
  const { endpoint, limits } = question;
  const timed = unknownTime.block ?? await askOne(endpoint, blockAt(block), limits);
  checkBlock(endpoint, { number: block.number, time: timed.time }, timed);
  const head = { chainId, block: timed };
  return { ...result, chunks: result.chunks.map((chunk) => chunk.head === undefined ? chunk : { ...chunk, head }) };
}

/** Reads native balances first and apart: what a contract returns may make a batch too large. */
async function readByType(question: Question, point: ReadPoint): Promise<ReadResult> {
  const { balance = [], view = [], method = [] } = byRequestType(question.accounts);
  const results: ReadResult[] = [];
  for (const [accounts, read] of [[balance, readAt], [method, readAt], [view, readViews]] as const) {
    if (accounts.length === 0) continue;
    const [first] = results;
    const isWasted = first?.failure !== undefined && !isAnyRead(first) && accounts !== balance;
    results.push(isWasted ? failedResult(accounts, first?.failure) : await read({ ...question, accounts }, point));
  }
  const [first] = results;
  if (first === undefined) return { chunks: [], failure: undefined };
  // Only the native balances decide whether the endpoint is healthy, where there are any.
  return { ...first, chunks: results.flatMap(({ chunks }) => chunks), itemFailure: firstErrorIn(results) };
}

/** Reads views; oversized ones alone. */
async function readViews(question: Question, point: ReadPoint): Promise<ReadResult> {
  const { accounts, selector: { oversized }, limits: { clock } } = question;
  const isOversized = ({ key }: Account): boolean => oversized.has(key);
  const usual = oversized.size === 0 ? accounts : accounts.filter((account) => !isOversized(account));
  const result = await readAt({ ...question, accounts: usual }, point);
  // One of a batch returned too much: read each alone to find out which.
  const tooLarge = new Set(valuesIn(result).flatMap(([account, value]) => value === "too_large" ? [account] : []));
  const alone = [...accounts.filter(isOversized), ...tooLarge];
  if (alone.length === 0) return result;
  const singly = await readSingly({ ...question, accounts: alone }, point);
  for (const [account, value] of valuesIn(singly)) {
    if (value === "reverted" && tooLarge.has(account)) oversized.set(account.key, clock.now() + OVERSIZED_TTL_MS);
  }
  const failure = result.failure?.reason === "too_large" ? singly.failure : result.failure;
  const itemFailure = singly.itemFailure ?? result.itemFailure;
  return { chunks: [...result.chunks, ...singly.chunks], failure, itemFailure };
}

async function readAt(question: Question, point: ReadPoint): Promise<ReadResult> {
  const { endpoint, accounts, selector: { sizes: { batch } }, limits } = question;
  const before = { ...batch };
  // More calls than the rate per second would be refused, however long they waited.
  const paced = Math.max(2, Math.floor(endpoint.pacer.perSecond));
  const { unread, ...result } = await readChunks(accounts, {
    clock: limits.clock,
    limit: batch,
    extra: point.unknownTime === undefined ? 1 : 2,
    most: paced,
    read: (some) => readOneBatch({ ...question, accounts: some }, point),
  });
  if (unread.length === 0) return result;
  const singly = await readSingly({ ...question, accounts: unread }, point);
  if (singly.failure !== undefined) rollback(batch, before, limits.clock.now());
  return {
    chunks: [...result.chunks, ...singly.chunks],
    failure: singly.failure,
    itemFailure: result.itemFailure ?? singly.itemFailure,
  };
}

/** Reads one batch; values after the first that was too large are left out. */
async function readOneBatch(
  { endpoint, accounts, limits }: Question,
  { chainId: expected, block, unknownTime }: ReadPoint,
): Promise<Answered> {
  const chainCalls = expected === undefined ? [] : [CHAIN_ID];
  const options = callOptions(endpoint);
  const calls = accounts.map((account) => callFor(account, block?.number ?? "latest", options(account)));
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
  const values = answers.slice(chainCalls.length, chainCalls.length + calls.length);
  const cut = values.findIndex(isTooMuch);
  return {
    head: block && { chainId: expected, block },
    outcomes: (cut === -1 ? values : values.slice(0, cut)).map(outcomeOf),
    itemFailure: values.find(isNodeError),
  };
}

function isTooMuch(value: unknown): boolean {
  return value instanceof RpcError && (value.refusal === "size" || value.refusal === "time");
}

function outcomeOf(value: number | bigint | Block | RpcError): Answered["outcomes"][number] {
  if (typeof value === "bigint") return value;
  return value instanceof RpcError ? value.reason : "missing";
}

function isBlock(answer: unknown): answer is Block {
  return typeof answer === "object" && answer !== null && "time" in answer;
}

/** An error of the node, not of a contract. */
function isNodeError(answer: unknown): answer is RpcError {
  return answer instanceof RpcError && answer.reason !== "reverted";
}
