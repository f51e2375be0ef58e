import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { askOne } from "../strategies/ask.ts";
import type { Limits } from "../../model/source.ts";
import { type Block, isOlder } from "../../model/block.ts";
import { blockAt } from "../strategies/calls.ts";
import { readDistant } from "../strategies/read_head.ts";
import { compareBlocks } from "../strategies/same_block.ts";

/** An endpoint on the right chain, and its newest block. */
export interface EndpointHead {
  readonly poolEndpoint: PoolEndpoint;
  readonly block: Block;
}

/**
 * Finds the block that a quorum is read at: the oldest of the latest blocks or, with a block by its distance, the one
 * at that distance from it, as the first endpoint reports it. If the chain forked, the block that most endpoints have.
 *
 * @returns the block, or why no endpoint has it
 */
export async function blockFor(
  { plan }: Network,
  selected: readonly EndpointHead[],
  limits: Limits,
): Promise<Block | Reason> {
  const oldest = selected.map(({ block }) => block).reduce((one, other) => isOlder(other, one) ? other : one);
  if (typeof plan.block === "string") return mostReported(selected.map(({ block }) => block), oldest);
  let why: Reason | undefined;
  for (const { poolEndpoint } of selected) {
    try {
      return await readDistant(poolEndpoint.endpoint, oldest, plan.block, limits);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      why ??= error.reason;
    }
  }
  return why ?? "missing";
}

function mostReported(blocks: readonly Block[], oldest: Block): Block {
  const same = blocks.filter(({ number }) => number === oldest.number);
  const countOf = (block: Block): number => same.filter((other) => compareBlocks(block, other) === undefined).length;
  return same.reduce((best, block) => countOf(block) > countOf(best) ? block : best, oldest);
}

/**
 * Reads the block of the same number from endpoints that refused one: they may agree on another.
 *
 * @returns undefined if none of them has another block
 */
export async function blockOf(
  endpoints: ReadonlySet<PoolEndpoint>,
  refused: Block,
  limits: Limits,
): Promise<Block | undefined> {
  for (const { endpoint } of endpoints) {
    try {
      const block = await askOne(endpoint, blockAt(refused), limits);
      if (compareBlocks(refused, block) !== undefined) return block;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
  }
  return undefined;
}
