import type { Clock } from "../../util/clock.ts";
import { type Reason, type Refusal, RpcError } from "../../jsonrpc/errors.ts";
import { REQUESTS_AT_ONCE } from "./ask.ts";
import { mapLimited } from "./map_limited.ts";
import type { Wei } from "./outcome.ts";
import { noteAnswer, noteRefusal, shrink, type SizeLimit, unlearn } from "./size_limit.ts";
import type { Block } from "./calls.ts";

/** What one request gave: balances of accounts that stand together in the list. */
export interface Piece {
  /** The first account's place in the list. */
  readonly start: number;
  /** Where the balances were read; none when no balance was, or when the block is not known. */
  readonly head: { readonly chainId: number | undefined; readonly block: Block } | undefined;
  readonly outcomes: readonly Wei[];
}

/** What a strategy gave: pieces that cover every account once, in any order. */
export interface Reading {
  readonly pieces: readonly Piece[];
  /** The first request that failed as a whole, other than by its size. */
  readonly failure: RpcError | undefined;
  /** The first account's error where requests were answered; accounts alone have no more than a reason. */
  readonly itemFailure?: RpcError | undefined;
  /** How many requests were sent to find another way, and found none. @default {0} */
  readonly inVain?: number;
  /** Set when the strategy may be right, and nobody could say so: another one is to be used this time. */
  readonly unconfirmed?: true;
}

/**
 * Makes a reading that gave nothing.
 *
 * @param accounts what was asked for
 * @param failure why
 */
export function failedReading(accounts: readonly string[], failure: RpcError | undefined): Reading {
  const reason = failure?.reason ?? "missing";
  return { pieces: [{ start: 0, head: undefined, outcomes: accounts.map(() => reason) }], failure };
}

/** A reading that may have left accounts out. */
export interface PartialReading extends Reading {
  /** Accounts that not one balance fits a request for, in their order. */
  readonly unread: readonly Range[];
}

/** What one request gave, from its first account on. */
export interface Answered extends Omit<Piece, "start"> {
  readonly itemFailure?: RpcError | undefined;
}

/** How accounts are read in requests of a learned size. */
export interface ChunkReader {
  readonly clock: Clock;
  readonly limit: SizeLimit;
  /** What a request asks for besides balances. */
  readonly extra: number;
  /** The most to ask for at once, whatever the size may be. @default {Infinity} */
  readonly most?: number;
  /** Whether an answer may end before the last account, for reasons that are not of the size. @default {false} */
  readonly endsEarly?: boolean;
  /**
   * Reads some accounts in one request. Fewer outcomes than accounts mean that the rest was too much.
   *
   * @throws {RpcError} when the request failed as a whole
   */
  readonly read: (addresses: readonly string[]) => Promise<Answered>;
}

/** Refusals after which less at once may pass. */
const OF_SIZE: ReadonlySet<Refusal | undefined> = new Set(["size", "time", "no_batch"]);

/** Accounts that stand together in the list. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads accounts in requests of the learned size, all at once, and again in
 * smaller ones where they were refused for their size. A size that was never
 * answered is tried once, not by all at the same time; if that fails in another
 * way, nothing more is sent.
 *
 * @param accounts what to read
 * @param reader see {@linkcode ChunkReader}
 */
export async function readChunks(accounts: readonly string[], reader: ChunkReader): Promise<PartialReading> {
  const { clock, limit, extra, most = Infinity } = reader;
  const before = { ...limit };
  const pieces: Piece[] = [];
  let failure: RpcError | undefined;
  let itemFailure: RpcError | undefined;
  let refused = 0;
  let rest: readonly Range[] = [{ start: 0, end: accounts.length }];
  while (rest.length > 0 && limit.size > extra) {
    const chunks = joined(rest).flatMap((range) => cut(range, Math.min(limit.size, most) - extra));
    const isProven = chunks.every(({ start, end }) => end - start + extra <= limit.proven);
    const now = isProven ? chunks : chunks.slice(0, 1);
    const results = await mapLimited(now, REQUESTS_AT_ONCE, (chunk) => tryChunk(accounts, chunk, reader));
    rest = [...results.flatMap(({ left }) => left), ...chunks.slice(now.length)];
    for (const result of results) {
      if (result.piece !== undefined) pieces.push(result.piece);
      itemFailure ??= result.itemFailure;
      refused = Math.max(refused, result.refused ?? 0);
    }
    const failedNow = results.find((result) => result.failure !== undefined)?.failure;
    failure ??= failedNow;
    if (failedNow !== undefined && !isProven) {
      const { reason } = failedNow;
      pieces.push(...rest.map((range) => failed(range, reason)));
      rest = [];
    }
  }
  if (refused > 0) {
    unlearn(limit, before, clock.now());
    noteRefusal(limit, refused);
  }
  return { pieces, failure, itemFailure, unread: rest };
}

/**
 * Puts pieces of some accounts where these stand among all: those that stood together need not any more.
 *
 * @param piece of some
 * @param places of these, in their order
 */
export function placed({ start, head, outcomes }: Piece, places: readonly number[]): readonly Piece[] {
  return outcomes.map((outcome, index) => ({ start: places[start + index] ?? 0, head, outcomes: [outcome] }));
}

interface Tried {
  readonly piece?: Piece;
  /** What is to be asked for again, with a smaller size. */
  readonly left: readonly Range[];
  readonly failure?: RpcError;
  readonly itemFailure?: RpcError | undefined;
  /** How much was refused for its size, where nothing was learned from that. */
  readonly refused?: number;
}

async function tryChunk(accounts: readonly string[], chunk: Range, reader: ChunkReader): Promise<Tried> {
  const { start, end } = chunk;
  const { clock, limit, extra, read, endsEarly = false } = reader;
  const tried = end - start + extra;
  try {
    const { head, outcomes, itemFailure } = await read(accounts.slice(start, end));
    const done = start + outcomes.length;
    if (done === end) {
      noteAnswer(limit, tried);
      return { piece: { start, head, outcomes }, left: [], itemFailure };
    }
    if (end - start === 1) return { piece: failed(chunk, "too_large"), left: [] };
    // An answer that went most of the way is gone on from: less at once would not come further.
    if (!endsEarly || 4 * outcomes.length < end - start) shrink(limit, tried, "size", clock.now());
    return { piece: { start, head, outcomes }, left: [{ start: done, end }], itemFailure };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { refusal } = error;
    if (tried > 1 && isOfSize(refusal)) {
      shrink(limit, tried, refusal, clock.now());
      if (limit.size < tried) return { left: [chunk] };
    }
    const refused = isOfSize(refusal) ? tried : 0;
    return { piece: failed(chunk, error.reason), left: [], failure: error, refused };
  }
}

function isOfSize(refusal: Refusal | undefined): refusal is Refusal {
  return OF_SIZE.has(refusal);
}

function failed({ start, end }: Range, reason: Reason): Piece {
  return { start, head: undefined, outcomes: new Array(end - start).fill(reason) };
}

/** Ranges that follow each other are one, so that smaller requests are not cut out of the pieces of larger ones. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const whole: Range[] = [];
  for (const range of ranges) {
    const last = whole.at(-1);
    if (last?.end === range.start) whole[whole.length - 1] = { start: last.start, end: range.end };
    else whole.push(range);
  }
  return whole;
}

/** As few requests as can be, all of nearly one size, so that none is waited for longer than the others. */
function cut({ start, end }: Range, size: number): readonly Range[] {
  const step = Math.ceil((end - start) / Math.ceil((end - start) / size));
  const ranges: Range[] = [];
  for (let at = start; at < end; at += step) ranges.push({ start: at, end: Math.min(end, at + step) });
  return ranges;
}
