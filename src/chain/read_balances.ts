import type { Endpoint } from "../rpc/endpoint.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { ask, type Limits, REQUESTS_AT_ONCE } from "./ask.ts";
import { shrink } from "./batch_limit.ts";
import { balanceAt, CHAIN_ID } from "./calls.ts";
import { mapLimited } from "./map_limited.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Head } from "./read_head.ts";
import { readSingly } from "./read_singly.ts";

/** The chain is checked after each so many single calls: no more of them are lost when the time runs out. */
const SINGLES_PER_CHECK = 200;

/**
 * Reads balances at one block, in batches of the learned size, each of which
 * says its chain id as well: balances from another chain are refused.
 *
 * @param endpoint whom to ask
 * @param addresses the accounts, with `0x`
 * @param head the chain they must be on and the block they are read at
 * @param limits how long it may take
 * @returns one outcome an address, in their order
 */
export async function readBalances(
  endpoint: Endpoint,
  addresses: readonly string[],
  head: Head,
  limits: Limits,
): Promise<readonly Outcome[]> {
  const { batchLimit } = endpoint;
  const outcomes: Outcome[] = [];
  for (
    let rest = addresses;
    rest.length > 0;
    rest = addresses.slice(outcomes.length)
  ) {
    if (batchLimit.size < 2) {
      const some = rest.slice(0, SINGLES_PER_CHECK);
      outcomes.push(...await readSingly(endpoint, some, head, limits));
      continue;
    }
    const chunks = split(rest, batchLimit.size - 1);
    // A size that was never answered is tried once, not by all batches at the same time.
    const [first = []] = chunks;
    const together = first.length + 1 <= batchLimit.proven ? chunks : [first];
    const results = await mapLimited(
      together,
      REQUESTS_AT_ONCE,
      (chunk) => readChunk(endpoint, chunk, head, limits),
    );
    // What follows a refused batch is read again with the new size.
    for (const result of results) {
      if (result === undefined) break;
      outcomes.push(...result);
    }
  }
  return outcomes;
}

/** Reads one batch; `undefined` when the endpoint wants smaller ones. */
async function readChunk(
  endpoint: Endpoint,
  addresses: readonly string[],
  head: Head,
  limits: Limits,
): Promise<readonly Outcome[] | undefined> {
  const items = addresses.length + 1;
  const calls = [
    CHAIN_ID,
    ...addresses.map((address) => balanceAt(address, head.block.number)),
  ];
  let results: readonly (number | bigint | RpcError)[];
  try {
    results = await ask<number | bigint>(endpoint, calls, limits);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (error.refusal === undefined) return addresses.map(() => error.reason);
    shrink(endpoint, items, error.refusal);
    return undefined;
  }
  endpoint.batchLimit.proven = Math.max(endpoint.batchLimit.proven, items);
  const [chainId] = results;
  if (chainId !== head.chainId) {
    const reason = chainId instanceof RpcError ? chainId.reason : "wrong_chain";
    if (reason === "wrong_chain") endpoint.meter.fault(reason);
    return addresses.map(() => reason);
  }
  return results.slice(1).map(outcomeOf);
}

function split<T>(
  items: readonly T[],
  size: number,
): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
