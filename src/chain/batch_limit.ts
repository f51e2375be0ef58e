import { log } from "../log.ts";
import type { Endpoint } from "../rpc/endpoint.ts";
import type { Refusal } from "../rpc/rpc_error.ts";

/**
 * Learns from a refusal: half as many items from now on, or no batches at all.
 *
 * @param endpoint who refused
 * @param tried how many items it refused
 * @param refusal what it said
 */
export function shrink(
  endpoint: Endpoint,
  tried: number,
  refusal: Refusal,
): void {
  const { batchLimit } = endpoint;
  const size = refusal === "no_batch" ? 1 : Math.max(1, Math.floor(tried / 2));
  // Batches refused together tell the same thing once.
  if (size >= batchLimit.size) return;
  batchLimit.size = size;
  batchLimit.proven = Math.min(batchLimit.proven, size);
  log.info("Endpoint takes smaller batches", {
    endpoint: endpoint.name,
    refused: tried,
    now: size,
  });
}
