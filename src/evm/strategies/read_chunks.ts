import type { Account } from "../../assets/asset.ts";
import type { Clock } from "../../util/clock.ts";
import { type Reason, type Refusal, RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import { type AccountValue, AccountValues, type AmountOrReason } from "./account_values.ts";
import { mapLimited, MAX_IN_FLIGHT } from "./ask.ts";
import { noteAnswer, noteRefusal, rollback, shrink, type SizeLimit } from "./size_limit.ts";

/** The result of one request. */
export interface ChunkResult {
  /** Chain and block of the values; undefined if there are none, or the block is unknown. */
  readonly head: { readonly chainId: number | undefined; readonly block: Block } | undefined;
  readonly values: AccountValues;
}

/**
 * The result of a strategy: chunks that cover every account; the last value of an account counts.
 */
export interface ReadResult {
  readonly chunks: readonly ChunkResult[];
  /** The first request that failed as a whole, other than by its size. */
  readonly failure: RpcError | undefined;
  /** The first account's error where requests were answered; accounts alone have no more than a reason. */
  readonly itemFailure?: RpcError | undefined;
  /** Requests sent to find another strategy without success. @default {0} */
  readonly wastedRequests?: number;
  /** Set if the strategy could not be confirmed: another one is used this time. */
  readonly unconfirmed?: true;
}

/** Makes the result of accounts that failed. */
export function failedResult(accounts: readonly Account[], failure: RpcError | undefined): ReadResult {
  return { chunks: [failedChunk(accounts, failure?.reason ?? "missing")], failure };
}

/** Lists the values of all chunks. */
export function valuesIn({ chunks }: Pick<ReadResult, "chunks">): readonly AccountValue[] {
  return chunks.flatMap(({ values }) => [...values]);
}

/** Why a result has no balance: a request failed, or the first account. */
export function failureOf({ failure, itemFailure }: ReadResult): RpcError | undefined {
  return failure ?? itemFailure;
}

/** Whether any amount was read. */
export function isAnyRead({ chunks }: Pick<ReadResult, "chunks">): boolean {
  return chunks.some(({ values }) => values.some((value) => typeof value === "bigint"));
}

/** Returns the first error of some results, of a request or an account, for the log. */
export function firstErrorIn(results: readonly ReadResult[]): RpcError | undefined {
  return results.map(failureOf).find((error) => error !== undefined);
}

/** Whether another call might not have failed: the endpoint was reached, and its chain and block are not the cause. */
export function mayBeOfCall({ reason, traits: { strategy } }: RpcError): boolean {
  return strategy !== undefined && reason !== "state_unavailable";
}

/** Whether the endpoint answers fewer calls than it gets. */
export function isBusy({ reason }: RpcError): boolean {
  return reason === "throttled" || reason === "quota";
}

/** Whether the request may have failed for what was asked, and not the endpoint. */
export function isRefused({ traits: { scope, strategy } }: RpcError): boolean {
  return scope !== "endpoint" && (strategy === "refused" || strategy === "unclear");
}

/** A result that may have left accounts out. */
export interface PartialResult extends ReadResult {
  /** Accounts that do not even fit a request alone. */
  readonly unread: readonly Account[];
}

/** The outcomes of one request, in the order of its accounts. */
export interface Answered extends Pick<ChunkResult, "head"> {
  readonly outcomes: readonly AmountOrReason[];
  readonly itemFailure?: RpcError | undefined;
}

/** How accounts are read in requests of a learned size. */
export interface ChunkReader {
  readonly clock: Clock;
  readonly limit: SizeLimit;
  /** Items of a request besides accounts. */
  readonly extra: number;
  /** Maximum items per request, whatever was learned. @default {Infinity} */
  readonly most?: number;
  /** Whether a response may end before the last account for reasons other than its size. @default {false} */
  readonly endsEarly?: boolean;
  /**
   * Reads some accounts in one request. Fewer outcomes than accounts mean that the rest did not fit.
   *
   * @throws {RpcError} if the request failed as a whole
   */
  readonly read: (accounts: readonly Account[]) => Promise<Answered>;
}

/** Refusals after which a smaller request may be answered. */
const OF_SIZE: ReadonlySet<Refusal | undefined> = new Set(["size", "time", "no_batch"]);

/**
 * Reads accounts in requests of the learned size, in parallel, and in smaller ones if they are refused for their size. A
 * size that was never answered is tried with one request first; if that fails for another reason, nothing more is sent.
 */
export async function readChunks(accounts: readonly Account[], reader: ChunkReader): Promise<PartialResult> {
  const { clock, limit, extra, most = Infinity } = reader;
  const before = { ...limit };
  const chunks: ChunkResult[] = [];
  let failure: RpcError | undefined;
  let itemFailure: RpcError | undefined;
  let refused = 0;
  let rest = accounts;
  while (rest.length > 0 && limit.size > extra) {
    const wanted = splitEvenly(rest, Math.min(limit.size, most) - extra);
    const isConfirmed = wanted.every(({ length }) => length + extra <= limit.confirmed);
    const sent = isConfirmed ? wanted : wanted.slice(0, 1);
    const attempts = await mapLimited(sent, MAX_IN_FLIGHT, (chunk) => tryChunk(chunk, reader));
    rest = [...attempts.flatMap(({ left }) => left), ...wanted.slice(sent.length).flat()];
    for (const attempt of attempts) {
      if (attempt.result !== undefined) chunks.push(attempt.result);
      itemFailure ??= attempt.itemFailure;
      refused = Math.max(refused, attempt.refused ?? 0);
    }
    const failedNow = attempts.find((attempt) => attempt.failure !== undefined)?.failure;
    failure ??= failedNow;
    if (failedNow !== undefined && !isConfirmed) {
      chunks.push(failedChunk(rest, failedNow.reason));
      rest = [];
    }
  }
  if (refused > 0) {
    rollback(limit, before, clock.now());
    noteRefusal(limit, refused);
  }
  return { chunks, failure, itemFailure, unread: rest };
}

interface ChunkAttempt {
  readonly result?: ChunkResult;
  /** Accounts to request again, with a smaller size. */
  readonly left: readonly Account[];
  readonly failure?: RpcError;
  readonly itemFailure?: RpcError | undefined;
  /** The size that was refused, if nothing was learned from that. */
  readonly refused?: number;
}

async function tryChunk(chunk: readonly Account[], reader: ChunkReader): Promise<ChunkAttempt> {
  const { clock, limit, extra, read, endsEarly = false } = reader;
  const size = chunk.length + extra;
  try {
    const { head, outcomes, itemFailure } = await read(chunk);
    const result = { head, values: new AccountValues(chunk, outcomes) };
    if (outcomes.length === chunk.length) {
      noteAnswer(limit, size);
      return { result, left: [], itemFailure };
    }
    if (chunk.length === 1) return { result: failedChunk(chunk, "too_large"), left: [] };
    // If at least a quarter was answered, continue after it instead of halving the chunk.
    if (!endsEarly || 4 * outcomes.length < chunk.length) shrink(limit, size, "size", clock.now());
    return { result, left: chunk.slice(outcomes.length), itemFailure };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { refusal } = error;
    if (size > 1 && isOfSize(refusal)) {
      shrink(limit, size, refusal, clock.now());
      if (limit.size < size) return { left: chunk };
    }
    const refused = isOfSize(refusal) ? size : 0;
    return { result: failedChunk(chunk, error.reason), left: [], failure: error, refused };
  }
}

function isOfSize(refusal: Refusal | undefined): refusal is Refusal {
  return OF_SIZE.has(refusal);
}

/** Makes a chunk of accounts that failed for one reason. */
export function failedChunk(accounts: readonly Account[], reason: Reason): ChunkResult {
  return { head: undefined, values: new AccountValues(accounts, accounts.map(() => reason)) };
}

/** As few chunks as possible, all of nearly one size, so that no request takes longer than the others. */
function splitEvenly(accounts: readonly Account[], size: number): readonly (readonly Account[])[] {
  const step = Math.ceil(accounts.length / Math.ceil(accounts.length / size));
  const chunks: (readonly Account[])[] = [];
  for (let at = 0; at < accounts.length; at += step) chunks.push(accounts.slice(at, at + step));
  return chunks;
}
