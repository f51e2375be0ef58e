import type { Account } from "../../assets/asset.ts";
import { log } from "../../util/log.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import type { Limits } from "../../model/source.ts";
import { callFor } from "./account_call.ts";
import { CHAIN_ID } from "./calls.ts";
import type { Block } from "../../model/block.ts";
import type { BatchBalances } from "./batch_balances.ts";
import type { ReadResult } from "./read_chunks.ts";
import type { Head } from "./target.ts";

/** A value that was read by `eth_call`, with its chain and block. */
export interface ReadBalance {
  readonly account: Account;
  readonly amount: bigint;
  readonly head: Head;
}

/** A balance to compare, and how it was read. */
export interface Comparing {
  readonly endpoint: Endpoint;
  readonly strategy: string;
  readonly sample: ReadBalance;
  /** The requested block. */
  readonly at: BlockTag | Block;
  /** Reads some accounts by the same strategy. */
  readonly callOf: (accounts: readonly Account[], at: BlockTag | Block) => Call<BatchBalances>;
  readonly limits: Limits;
}

/**
 * Finds the largest native balance of a result, where errors of a strategy are most visible: a node that gives the
 * sender 2^256 − 1, or another unit.
 *
 * @returns undefined if all native balances are 0, or none was read
 */
export function largestIn({ chunks }: ReadResult): ReadBalance | undefined {
  let largest: ReadBalance | undefined;
  for (const { head, values } of chunks) {
    if (head?.chainId === undefined) continue;
    const { chainId, block } = head;
    for (const [account, amount] of values) {
      if (account.asset.requestType !== "balance" || typeof amount !== "bigint") continue;
      if (amount > (largest?.amount ?? 0n)) largest = { account, amount, head: { chainId, block } };
    }
  }
  return largest;
}

/**
 * Compares a value with that of its plain method, as a balance with `eth_getBalance`, at the same block. If it differs,
 * or the node does not have the block (on Arbitrum the EVM reports the parent chain's), both are read again at the latest
 * block.
 *
 * @returns whether they are equal
 * @throws {RpcError} why they could not be compared
 */
export async function isAsPlain({ endpoint, strategy, sample, at, callOf, limits }: Comparing): Promise<boolean> {
  const { account, amount, head } = sample;
  const block = typeof at === "string" ? head.block.number : at.number;
  const plain = await plainAt(endpoint, account, block, limits);
  if (plain === amount) return true;
  const latest = callFor(account, "latest", { sender: undefined });
  const before = await askOne(endpoint, latest, limits);
  const { chainId, balances: [balance] } = await askOne(endpoint, callOf([account], "latest"), limits);
  if (balance instanceof RpcError) throw balance;
  if (balance === before) return true;
  const after = await askOne(endpoint, latest, limits);
  if (balance === after) return true;
  if (before !== after) throw new RpcError("state_unavailable", "the balance changes too fast to be compared");
  if (chainId !== head.chainId || await askOne(endpoint, CHAIN_ID, limits) !== head.chainId) {
    throw recordError(endpoint, "wrong_chain", "the chain changed between two requests");
  }
  const { method } = latest;
  log.warn(`Strategy disagrees with ${method}, not used for a day`, {
    endpoint: endpoint.name,
    strategy,
    address: account.holder,
    balance,
    [method]: after,
  });
  return false;
}

/** Undefined if the node does not have the block, or does not support block numbers. */
async function plainAt(
  endpoint: Endpoint,
  account: Account,
  block: bigint,
  limits: Limits,
): Promise<bigint | undefined> {
  try {
    return await askOne(endpoint, callFor(account, block, { sender: undefined }), limits);
  } catch (error) {
    if (error instanceof RpcError && error.traits.blockMissing) return undefined;
    throw error;
  }
}
