import { type Account, byRequestType } from "../../assets/asset.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { blockAt, CHAIN_ID } from "./calls.ts";
import { MAX_BATCH } from "./strategy_selector.ts";
import type { Strategy } from "../../model/source.ts";
import { MAX_MULTICALL, multicallCall } from "./multicall_call.ts";
import { MAX_OVERRIDE_BALANCES, overrideBalancesCall } from "./override_balances.ts";
import { MAX_OVERRIDE_VIEWS, overrideViewsCall } from "./override_views.ts";
import { MAX_SINGLES_PER_CHAIN_ID } from "./read_singly.ts";
import { randomSender } from "./sender.ts";
import { callFor } from "./account_call.ts";

/** The methods that an endpoint must answer to be read by a strategy, for native balances and tokens. */
export const NEEDED_METHODS: Readonly<Record<Strategy, string>> = {
  packed: "eth_call with state overrides",
  multicall: "eth_chainId, eth_getCode, eth_call (with Multicall3 on the chain)",
  batch: "eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call), in JSON-RPC batches",
  single: "eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call)",
  latest: "eth_getBalance (tokens: eth_call), with block: latest",
};

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
/** Words of a result besides the balances: the head, the tag, or the frame of a list. */
const PACKED_WORDS = 4;
const MULTICALL_WORDS = 2 + 3 * 5;
const MULTICALL_ADDRESS = `0x${"c".repeat(40)}`;

/** Estimates the cost of a poll. */
export function pollCost(strategy: Strategy, accounts: readonly Account[]): PollCost {
  const { balance: coins = [], view: tokens = [], method: others = [] } = byRequestType(accounts);
  switch (strategy) {
    case "packed":
      return sum(
        ofMany(coins, MAX_OVERRIDE_BALANCES, (some) => overrideBalancesCall(some, "latest"), PACKED_WORDS, 1),
        ofMany(tokens, MAX_OVERRIDE_VIEWS, (some) => overrideViewsCall(some, "latest"), PACKED_WORDS, 2),
        pollCostOfOthers(others),
      );
    case "multicall":
      return sum(ofMulticall(coins), ofMulticall(tokens), pollCostOfOthers(others));
    case "batch":
      return accounts.length === 0 ? NOTHING : sum(HEAD, ofBatches(coins), ofBatches(others), ofBatches(tokens));
    case "single":
      return accounts.length === 0
        ? NOTHING
        : sum(SEPARATE_HEAD, ofSingles(coins), ofSingles(others), ofSingles(tokens));
    case "latest":
      // Between two heads, in batches if the endpoint supports them.
      return accounts.length === 0 ? NOTHING : sum(HEAD, ofBatches(coins), ofBatches(others), ofBatches(tokens), HEAD);
  }
}

/**
 * Estimates the extra requests, once a day or once per endpoint: a balance to compare the strategy's with, or one of
 * each type at a block that does not exist.
 */
export function comparisonCost(strategy: Strategy, accounts: readonly Account[]): PollCost {
  const byType = byRequestType(accounts);
  const ofOne = (some: readonly Account[] = []): PollCost =>
    some.length === 0 ? NOTHING : { ...ofCalls(some.slice(0, 1), 0), requests: 1 };
  switch (strategy) {
    case "packed":
    case "multicall":
      return ofOne(byType.balance);
    case "batch":
    case "single":
      return sum(...Object.values(byType).map(ofOne));
    case "latest":
      return NOTHING;
  }
}

/** Accounts that the strategy does not support are read by batch. */
function pollCostOfOthers(accounts: readonly Account[]): PollCost {
  return accounts.length === 0 ? NOTHING : sum(HEAD, ofBatches(accounts));
}

function ofMulticall(accounts: readonly Account[]): PollCost {
  return ofMany(
    accounts,
    MAX_MULTICALL,
    (some) => multicallCall(MULTICALL_ADDRESS, some, "latest"),
    MULTICALL_WORDS,
    5,
  );
}

function ofMany(
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
/** The cost of finding a block by its distance to the latest. */
export const DISTANT_BLOCK = sum(HEAD, {
  requests: 1,
  batches: 0,
  calls: new Map([["eth_getBlockByNumber", 1]]),
  sentBytes: bytesOf(blockAt("latest")),
  receivedBytes: ENVELOPE + BLOCK,
});
const SEPARATE_HEAD = headIn(2);
const NOTHING: PollCost = { requests: 0, batches: 0, calls: new Map(), sentBytes: 0, receivedBytes: 0 };

function ofBatches(accounts: readonly Account[]): PollCost {
  const batches = Math.ceil(accounts.length / (MAX_BATCH - 1));
  const cost = ofCalls(accounts, batches);
  // Brackets and commas.
  const frame = accounts.length + 2 * batches;
  return {
    ...cost,
    requests: batches,
    batches,
    sentBytes: cost.sentBytes + frame,
    receivedBytes: cost.receivedBytes + frame,
  };
}

function ofSingles(accounts: readonly Account[]): PollCost {
  const checks = Math.ceil(accounts.length / MAX_SINGLES_PER_CHAIN_ID);
  return { ...ofCalls(accounts, checks), requests: checks + accounts.length };
}

/** One call per account, and some for the chain id. */
function ofCalls(accounts: readonly Account[], chainIds: number): PollCost {
  const [first] = accounts;
  if (first === undefined) return NOTHING;
  const call = callFor(first, 20_000_000n, { sender: randomSender() });
  const answer = call.method === "eth_call" ? WORD_ANSWER : BALANCE;
  return {
    requests: 0,
    batches: 0,
    calls: new Map([["eth_chainId", chainIds], [call.method, accounts.length]]),
    sentBytes: chainIds * bytesOf(CHAIN_ID) + accounts.length * bytesOf(call),
    receivedBytes: chainIds * (ENVELOPE + CHAIN) + accounts.length * (ENVELOPE + answer),
  };
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
