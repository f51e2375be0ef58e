import type { Endpoint } from "../rpc/endpoint.ts";
import { type Reason, type Refusal, RpcError } from "../rpc/rpc_error.ts";
import { ask, type Limits } from "./ask.ts";
import { shrink } from "./batch_limit.ts";
import { type Block, CHAIN_ID, LATEST_BLOCK } from "./calls.ts";

/** Where an endpoint stands: its chain, and the newest block it knows. */
export interface Head {
  readonly chainId: number;
  readonly block: Block;
}

/** What servers that never heard of batches may answer to one; so do others in distress. */
const UNCLEAR: ReadonlySet<Reason> = new Set(["http_client", "http_server", "not_json", "envelope", "rpc_error"]);

/**
 * Asks an endpoint for its chain and newest block, in one request where it takes batches.
 *
 * @param endpoint whom to ask
 * @param limits how long it may take
 * @throws {RpcError} when either is not told
 */
export async function readHead(endpoint: Endpoint, limits: Limits): Promise<Head> {
  const { batchLimit } = endpoint;
  if (batchLimit.size < 2) return headOf(await readChainId(endpoint, limits), await readBlock(endpoint, limits));
  let refusal: Refusal;
  try {
    const [chainId, block] = await ask<number | Block>(endpoint, [CHAIN_ID, LATEST_BLOCK], limits);
    batchLimit.proven = Math.max(batchLimit.proven, 2);
    return headOf(chainId, block);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const wasProven = batchLimit.proven >= 2;
    // Once may be a fault; the second time in a row it may be batches.
    if (UNCLEAR.has(error.reason)) batchLimit.proven = 0;
    if (error.refusal === undefined && (wasProven || !UNCLEAR.has(error.reason))) throw error;
    refusal = error.refusal ?? "no_batch";
  }
  // What refuses one call as well was not about batches.
  const chainId = await readChainId(endpoint, limits);
  shrink(endpoint, 2, refusal);
  return headOf(chainId, await readBlock(endpoint, limits));
}

/**
 * Asks an endpoint which chain it is on, in a request of its own.
 *
 * @throws {RpcError} when it does not tell
 */
export async function readChainId(endpoint: Endpoint, limits: Limits): Promise<number> {
  const [chainId] = await ask(endpoint, [CHAIN_ID], limits);
  if (typeof chainId !== "number") {
    throw chainId ?? new RpcError("missing", "no chain id");
  }
  return chainId;
}

async function readBlock(endpoint: Endpoint, limits: Limits): Promise<Block | RpcError | undefined> {
  const [block] = await ask(endpoint, [LATEST_BLOCK], limits);
  return block;
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
