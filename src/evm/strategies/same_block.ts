import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import type { Reason } from "../../jsonrpc/errors.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Block } from "../../model/block.ts";

/** Arbitrum's NUMBER opcode returns the parent chain's: numbers further apart are not of one chain. */
export const MAX_EVM_DISTANCE = 100_000n;

/** How the block of a response differs from the requested one. */
interface Mismatch {
  readonly reason: Reason;
  readonly detail: string;
}

/**
 * Rejects a response for another block than the requested one.
 *
 * @param asked any block matches a tag
 * @throws {RpcError} `state_unavailable` for another number: the node may ignore the block, another strategy may work;
 * `integrity` for another block under the same number
 */
export function checkBlock(endpoint: Endpoint, asked: BlockTag | Block, got: Block): void {
  if (typeof asked === "string") return;
  const mismatch = compareBlocks(asked, got);
  if (mismatch === undefined) return;
  const { reason, detail } = mismatch;
  throw recordError(endpoint, reason, detail, reason === "state_unavailable" ? "unsupported" : undefined);
}

/**
 * Compares two blocks that should be the same: by number if both are of one chain, and by hash or time.
 *
 * @returns how they differ; undefined if they are the same
 */
export function compareBlocks(asked: Block, got: Block): Mismatch | undefined {
  const isTimeSame = asked.time === got.time;
  const distance = asked.number > got.number ? asked.number - got.number : got.number - asked.number;
  const isNumberOfChain = asked.byEvm === got.byEvm || distance <= MAX_EVM_DISTANCE;
  if (isNumberOfChain && distance > 0n || !isNumberOfChain && !isTimeSame) {
    const detail = `the answer is for block ${got.number}, not for block ${asked.number}`;
    return { reason: "state_unavailable", detail };
  }
  const isHashSame = asked.hash === undefined || got.hash === undefined || asked.hash === got.hash;
  if (isTimeSame && isHashSame) return undefined;
  return { reason: "integrity", detail: `the answer is for another block ${asked.number}, as after a fork` };
}
