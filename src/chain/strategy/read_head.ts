import type { BlockTag } from "../../plan.ts";
import type { Endpoint } from "../../rpc/endpoint.ts";
import { type Reason, RpcError } from "../../rpc/rpc_error.ts";
import { ask, askOne, type Limits } from "./ask.ts";
import { type Block, blockAt, CHAIN_ID } from "./calls.ts";
import { shrink, type SizeLimit } from "./size_limit.ts";
import type { Head } from "./target.ts";

/** What servers that never heard of batches may answer to one; so do others in distress. */
const UNCLEAR: ReadonlySet<Reason> = new Set(["http_client", "http_server", "not_json", "envelope", "rpc_error"]);

/**
 * Asks an endpoint for its chain and a block, in one request where it takes batches.
 *
 * @param endpoint whom to ask
 * @param batch how many items it takes in one request
 * @param at which block
 * @param limits how long it may take
 * @throws {RpcError} when either is not told
 */
export async function readHead(endpoint: Endpoint, batch: SizeLimit, at: BlockTag, limits: Limits): Promise<Head> {
  if (batch.size < 2) return await readSeparately(endpoint, at, limits);
  let refused: RpcError;
  try {
    const [chainId, block] = await ask<number | Block>(endpoint, [CHAIN_ID, blockAt(at)], limits);
    batch.proven = Math.max(batch.proven, 2);
    return headOf(chainId, block);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const wasProven = batch.proven >= 2;
    // Once may be a fault; the second time in a row it may be batches.
    if (UNCLEAR.has(error.reason)) batch.proven = 0;
    if (!isAboutBatches(error) && (wasProven || !UNCLEAR.has(error.reason))) throw error;
    refused = error;
  }
  // What refuses one call as well was not about batches.
  const head = await readSeparately(endpoint, at, limits);
  shrink(batch, 2, isAboutBatches(refused) ? refused.refusal ?? "no_batch" : "no_batch", limits.clock.now());
  return head;
}

/**
 * Asks an endpoint which chain it is on, in a request of its own.
 *
 * @throws {RpcError} when it does not tell
 */
export async function readChainId(endpoint: Endpoint, limits: Limits): Promise<number> {
  return await askOne(endpoint, CHAIN_ID, limits);
}

async function readSeparately(endpoint: Endpoint, at: BlockTag, limits: Limits): Promise<Head> {
  const chainId = await readChainId(endpoint, limits);
  return headOf(chainId, await askOne(endpoint, blockAt(at), limits));
}

function isAboutBatches({ refusal }: RpcError): boolean {
  return refusal === "size" || refusal === "no_batch" || refusal === "time";
}

function headOf(chainId: number | Block | RpcError | undefined, block: number | Block | RpcError | undefined): Head {
  if (chainId instanceof RpcError) throw chainId;
  if (block instanceof RpcError) throw block;
  if (typeof chainId !== "number" || typeof block !== "object") throw new RpcError("missing", "no head");
  return { chainId, block, byEvm: false };
}
