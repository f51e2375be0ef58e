import type { Call } from "../../rpc/call.ts";
import { balanceAt, blockAt, CHAIN_ID } from "./calls.ts";
import { MOST_BATCH, type Strategy } from "./ladder.ts";
import { MOST_MULTICALL, multicallCall } from "./multicall_call.ts";
import { MOST_PACKED, packedCall } from "./packed_call.ts";
import { SINGLES_PER_CHECK } from "./read_singly.ts";

/** What a cycle of one endpoint costs when nothing goes wrong. */
export interface CycleCost {
  /** HTTP requests, and how many of them are batches. */
  readonly requests: number;
  readonly batches: number;
  /** JSON-RPC calls by method: what providers bill. */
  readonly calls: ReadonlyMap<string, number>;
  /** Bytes of the bodies; what is received depends a little on the balances. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** What an answer has besides its result: `{"jsonrpc":"2.0","id":1234567890,"result":…}`. */
const ENVELOPE = 43;
/** What a call has besides its method and parameters. */
const CALL = 55;
/** A balance of some coins, in quotes; a chain id and a block as nodes answer them. */
const BALANCE = 20;
const CHAIN = 7;
const BLOCK = 1800;
/** Words of an answer besides the balances: those of the head, the seal, or the frame of a list. */
const PACKED_WORDS = 4;
const MULTICALL_WORDS = 2 + 3 * 5;
const MULTICALL_ADDRESS = `0x${"c".repeat(40)}`;

/**
 * Computes what a cycle costs.
 *
 * @param strategy how balances are read
 * @param accounts how many there are
 */
export function cycleCost(strategy: Strategy, accounts: readonly string[]): CycleCost {
  switch (strategy) {
    case "packed":
      return ofMany(accounts, MOST_PACKED, (some) => packedCall(some, "latest"), PACKED_WORDS, 1);
    case "multicall":
      return ofMany(
        accounts,
        MOST_MULTICALL,
        (some) => multicallCall(MULTICALL_ADDRESS, some, "latest"),
        MULTICALL_WORDS,
        5,
      );
    case "batch":
      return ofBatches(accounts);
    case "single":
      return ofSingles(accounts);
  }
}

function ofMany(
  accounts: readonly string[],
  most: number,
  callOf: (some: readonly string[]) => Call<unknown>,
  headWords: number,
  words: number,
): CycleCost {
  const requests = Math.ceil(accounts.length / most);
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

function ofBatches(accounts: readonly string[]): CycleCost {
  if (accounts.length === 0) return NOTHING;
  const batches = Math.ceil(accounts.length / (MOST_BATCH - 1));
  return {
    requests: 1 + batches,
    batches: 1 + batches,
    calls: new Map([["eth_chainId", 1 + batches], ["eth_getBlockByNumber", 1], ["eth_getBalance", accounts.length]]),
    sentBytes: sentFor(accounts, 1 + batches) + accounts.length + 2 * batches + 4,
    receivedBytes: receivedFor(accounts, 1 + batches) + accounts.length + 2 * batches + 4,
  };
}

function ofSingles(accounts: readonly string[]): CycleCost {
  if (accounts.length === 0) return NOTHING;
  const checks = 1 + Math.ceil(accounts.length / SINGLES_PER_CHECK);
  return {
    requests: checks + 1 + accounts.length,
    batches: 0,
    calls: new Map([["eth_chainId", checks], ["eth_getBlockByNumber", 1], ["eth_getBalance", accounts.length]]),
    sentBytes: sentFor(accounts, checks),
    receivedBytes: receivedFor(accounts, checks),
  };
}

const NOTHING: CycleCost = { requests: 0, batches: 0, calls: new Map(), sentBytes: 0, receivedBytes: 0 };

function sentFor(accounts: readonly string[], chainIds: number): number {
  const balance = bytesOf(balanceAt(accounts[0] ?? "", 20_000_000n));
  return chainIds * bytesOf(CHAIN_ID) + bytesOf(blockAt("latest")) + accounts.length * balance;
}

function receivedFor(accounts: readonly string[], chainIds: number): number {
  return chainIds * (ENVELOPE + CHAIN) + ENVELOPE + BLOCK + accounts.length * (ENVELOPE + BALANCE);
}

function bytesOf({ method, params }: Call<unknown>): number {
  return CALL + method.length + params.length;
}
