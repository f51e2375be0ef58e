import type { Endpoint } from "../rpc/endpoint.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { ask, type Limits } from "./ask.ts";
import { shrink } from "./batch_limit.ts";
import { type Block, CHAIN_ID, LATEST_BLOCK } from "./calls.ts";

/** Where an endpoint stands: its chain, and the newest block it knows. */
export interface Head {
  readonly chainId: number;
  readonly block: Block;
}

/**
 * Asks an endpoint for its chain and newest block, in one request where it takes batches.
 *
 * @param endpoint whom to ask
 * @param limits how long it may take
 * @throws {RpcError} when either is not told
 */
export async function readHead(
  endpoint: Endpoint,
  limits: Limits,
): Promise<Head> {
  if (endpoint.batchLimit.size >= 2) {
    try {
      const [chainId, block] = await ask<number | Block>(endpoint, [
        CHAIN_ID,
        LATEST_BLOCK,
      ], limits);
      endpoint.batchLimit.proven = Math.max(endpoint.batchLimit.proven, 2);
      return headOf(chainId, block);
    } catch (error) {
      if (!(error instanceof RpcError) || error.refusal === undefined) {
        throw error;
      }
      shrink(endpoint, 2, error.refusal);
    }
  }
  const chainId = await readChainId(endpoint, limits);
  const [block] = await ask(endpoint, [LATEST_BLOCK], limits);
  return headOf(chainId, block);
}

/**
 * Asks an endpoint which chain it is on, in a request of its own.
 *
 * @throws {RpcError} when it does not tell
 */
export async function readChainId(
  endpoint: Endpoint,
  limits: Limits,
): Promise<number> {
  const [chainId] = await ask(endpoint, [CHAIN_ID], limits);
  if (typeof chainId !== "number") {
    throw chainId ?? new RpcError("missing", "no chain id");
  }
  return chainId;
}

function headOf(
  chainId: number | Block | RpcError | undefined,
  block: number | Block | RpcError | undefined,
): Head {
  if (chainId instanceof RpcError) throw chainId;
  if (block instanceof RpcError) throw block;
  if (typeof chainId !== "number" || typeof block !== "object") {
    throw new RpcError("missing", "no head");
  }
  return { chainId, block };
}
