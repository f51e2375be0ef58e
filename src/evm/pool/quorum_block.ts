import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { askOne } from "../strategies/ask.ts";
import type { Limits } from "../../model/source.ts";
import { type Block, isOlder } from "../../model/block.ts";
import { blockAt } from "../strategies/calls.ts";
import { readDistant } from "../strategies/read_head.ts";
import { compareBlocks } from "../strategies/same_block.ts";

/** An endpoint that is on the right chain, and its newest block. */
export interface Able {
  readonly poolEndpoint: PoolEndpoint;
  readonly block: Block;
}

/**
 * Finds the block that a quorum is read at: the oldest of the latest ones, or where a block by its distance is read,
 * that of the oldest, as the first endpoint tells it. Of a chain that forked it is the one that most endpoints have.
 *
 * @param network which
 * @param fit those to read from
 * @param limits how long it may take
 * @returns else why none of them has it
 */
export async function blockFor({ plan }: Network, fit: readonly Able[], limits: Limits): Promise<Block | Reason> {
  const oldest = fit.map(({ block }) => block).reduce((one, other) => isOlder(other, one) ? other : one);
  if (typeof plan.block === "string") return mostFrequent(fit.map(({ block }) => block), oldest);
  let why: Reason | undefined;
  for (const { poolEndpoint } of fit) {
    try {
      return await readDistant(poolEndpoint.endpoint, oldest, plan.block, limits);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      why ??= error.reason;
    }
  }
  return why ?? "missing";
}

function mostFrequent(blocks: readonly Block[], oldest: Block): Block {
  const same = blocks.filter(({ number }) => number === oldest.number);
  const countOf = (block: Block): number => same.filter((other) => compareBlocks(block, other) === undefined).length;
  return same.reduce((best, block) => countOf(block) > countOf(best) ? block : best, oldest);
}

/**
 * Asks endpoints that refused a block for theirs of the same number: they may agree on another one.
 *
 * @param endpoints who refused it
 * @param refused the block that was read
 * @param limits how long it may take
 * @returns nothing where none of them has another one
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
