import { log } from "../log.ts";
import { type Endpoint, FIRST_BATCH_SIZE } from "../rpc/endpoint.ts";
import type { Refusal } from "../rpc/rpc_error.ts";

/** Limits are raised, and faults taken for limits, seldom: a refusal is believed for an hour. */
const BELIEVED_MS = 3_600_000;

/**
 * Learns from a refusal: half as many items from now on, or no batches at all.
 *
 * @param endpoint who refused
 * @param tried how many items it refused
 * @param refusal what it said
 */
export function shrink(endpoint: Endpoint, tried: number, refusal: Refusal): void {
  const { batchLimit } = endpoint;
  const size = refusal === "no_batch" ? 1 : Math.max(1, Math.floor(tried / 2));
  // Batches refused together tell the same thing once.
  if (size >= batchLimit.size) return;
  batchLimit.size = size;
  batchLimit.proven = Math.min(batchLimit.proven, size);
  batchLimit.refusedAt = endpoint.clock.now();
  log.info("Endpoint takes smaller batches", {
    endpoint: endpoint.name,
    refused: tried,
    now: size,
  });
}

/**
 * Tries twice as many items, once a sweep, when the last refusal is long ago.
 *
 * @param endpoint whom to ask
 */
export function grow({ batchLimit, clock }: Endpoint): void {
  if (clock.now() - batchLimit.refusedAt < BELIEVED_MS) return;
  batchLimit.size = Math.min(FIRST_BATCH_SIZE, 2 * batchLimit.size);
}
