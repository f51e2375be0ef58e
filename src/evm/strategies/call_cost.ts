import type { Account } from "../../assets/asset.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { callFor } from "./account_call.ts";
import { blockAt, CHAIN_ID } from "./calls.ts";
import { MAX_SINGLES_PER_CHAIN_ID } from "./read_singly.ts";
import { randomSender } from "./sender.ts";
import { MAX_BATCH } from "./strategy_selector.ts";

/** The requests of one endpoint in a poll without failures. */
export interface PollCost {
  /** HTTP requests, and how many of them are batches. */
  readonly requests: number;
  readonly batches: number;
  /** JSON-RPC calls by method: what providers bill. */
  readonly calls: ReadonlyMap<string, number>;
  /** Bytes of the bodies; what is received depends a little on the balances. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Bytes of a response besides its result: `{"jsonrpc":"2.0","id":1234567890,"result":…}`. */
const ENVELOPE = 43;
/** Bytes of a call besides its method and parameters. */
const CALL = 55;
/** Bytes of typical results: a balance and a word, in quotes; a chain id and a block. */
const BALANCE = 20;
const WORD_ANSWER = 68;
const CHAIN = 7;
const BLOCK = 1800;
/** A count, or no code. */
const SHORT_ANSWER = 6;
const ANSWERS: Readonly<Record<string, number>> = { eth_call: WORD_ANSWER, eth_getBalance: BALANCE };

/** Accounts in as few calls as possible. */
export function ofMany(
  accounts: readonly Account[],
  max: number,
  callOf: (some: readonly Account[]) => Call<unknown>,
  headWords: number,
  words: number,
): PollCost {
  const requests = Math.ceil(accounts.length / max);
  const size = Math.ceil(accounts.length / Math.max(1, requests));
  let sentBytes = 0;
  for (let start = 0; start < accounts.length; start += size) {
    sentBytes += bytesOf(callOf(accounts.slice(start, start + size)));
  }
  return {
    requests,
    batches: 0,
    calls: new Map([["eth_call", requests]]),
    sentBytes,
    receivedBytes: requests * (ENVELOPE + 4 + 64 * headWords) + 64 * words * accounts.length,
  };
}

/** The chain and the block that batches are read at: two calls in one request, or each in its own. */
function headIn(requests: 1 | 2): PollCost {
  const frame = requests === 1 ? 3 : 0;
  return {
    requests,
    batches: 2 - requests,
    calls: new Map([["eth_chainId", 1], ["eth_getBlockByNumber", 1]]),
    sentBytes: bytesOf(CHAIN_ID) + bytesOf(blockAt("latest")) + frame,
    receivedBytes: 2 * ENVELOPE + CHAIN + BLOCK + frame,
  };
}

/** The cost of reading a head in one request. */
export const HEAD = headIn(1);
/** The cost of two blocks in one request. */
export const TWO_BLOCKS: PollCost = {
  requests: 1,
  batches: 1,
  calls: new Map([["eth_getBlockByNumber", 2]]),
  sentBytes: 2 * bytesOf(blockAt("latest")) + 3,
  receivedBytes: 2 * (ENVELOPE + BLOCK) + 3,
};
/** The cost of finding a block by its distance to the latest. */
export const DISTANT_BLOCK = sum(HEAD, {
  requests: 1,
  batches: 0,
  calls: new Map([["eth_getBlockByNumber", 1]]),
  sentBytes: bytesOf(blockAt("latest")),
  receivedBytes: ENVELOPE + BLOCK,
});
/** In a request for each. */
export const SEPARATE_HEAD = headIn(2);
/** No request. */
export const NOTHING: PollCost = { requests: 0, batches: 0, calls: new Map(), sentBytes: 0, receivedBytes: 0 };

/** Accounts in batches, each with its chain id unless they belong to no block. */
export function ofBatches(accounts: readonly Account[], ofBlock = true): PollCost {
  const batches = Math.ceil(accounts.length / (MAX_BATCH - 1));
  const chainIds = ofBlock ? batches : 0;
  const cost = ofCalls(accounts, chainIds);
  // Brackets and commas.
  const frame = accounts.length + batches + chainIds;
  return {
    ...cost,
    requests: batches,
    batches,
    sentBytes: cost.sentBytes + frame,
    receivedBytes: cost.receivedBytes + frame,
  };
}

/** Accounts with a request for each. */
export function ofSingles(accounts: readonly Account[]): PollCost {
  const checks = Math.ceil(accounts.length / MAX_SINGLES_PER_CHAIN_ID);
  return { ...ofCalls(accounts, checks), requests: checks + accounts.length };
}

/** One call per account, and some for the chain id, without requests. */
export function ofCalls(accounts: readonly Account[], chainIds: number): PollCost {
  const [first] = accounts;
  if (first === undefined) return NOTHING;
  // Views differ; of other accounts all calls have one length.
  const measured = first.asset.requestType === "view" ? accounts : [first];
  const calls = measured.map((account) => callFor(account, 20_000_000n, { sender: randomSender() }));
  const { method = "" } = calls[0] ?? {};
  const sent = calls.reduce((total, call) => total + bytesOf(call), 0) * accounts.length / measured.length;
  const answers = accounts.length * (ENVELOPE + (ANSWERS[method] ?? SHORT_ANSWER)) + longAnswers(accounts);
  return {
    requests: 0,
    batches: 0,
    calls: new Map([["eth_chainId", chainIds], [method, accounts.length]]),
    sentBytes: chainIds * bytesOf(CHAIN_ID) + sent,
    receivedBytes: chainIds * (ENVELOPE + CHAIN) + answers,
  };
}

/** Bytes of the answers of views besides their first words, as far as they are declared. */
export function longAnswers(accounts: readonly Account[]): number {
  return accounts.reduce((total, { asset, holder }) => {
    const request = asset.requestType === "view" ? asset.request(holder) : undefined;
    return request?.type === "view" ? total + 64 * ((request.answer?.words ?? 1) - 1) : total;
  }, 0);
}

/** The cost of several polls. */
export function times(count: number, { requests, batches, calls, sentBytes, receivedBytes }: PollCost): PollCost {
  return {
    requests: count * requests,
    batches: count * batches,
    calls: new Map([...calls].map(([method, number]) => [method, count * number])),
    sentBytes: count * sentBytes,
    receivedBytes: count * receivedBytes,
  };
}

/**
 * Adds up costs.
 *
 * @returns the total
 */
export function sum(...costs: readonly PollCost[]): PollCost {
  const calls = new Map<string, number>();
  for (const cost of costs) {
    for (const [method, count] of cost.calls) calls.set(method, (calls.get(method) ?? 0) + count);
  }
  const total = (of: (cost: PollCost) => number): number => costs.reduce((all, cost) => all + of(cost), 0);
  return {
    requests: total(({ requests }) => requests),
    batches: total(({ batches }) => batches),
    calls,
    sentBytes: total(({ sentBytes }) => sentBytes),
    receivedBytes: total(({ receivedBytes }) => receivedBytes),
  };
}

function bytesOf({ method, params }: Call<unknown>): number {
  return CALL + method.length + params.length;
}
