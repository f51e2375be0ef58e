import { type Endpoint, recordError } from "../../jsonrpc/endpoint.ts";
import type { Reason } from "../../jsonrpc/errors.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Block } from "../../model/block.ts";

/** The NUMBER opcode of Arbitrum is the parent chain's: further off than this, numbers are not of one chain. */
const MAX_DISTANCE = 100_000n;

/** How an answer's block differs from the one that was asked for. */
interface Mismatch {
  readonly reason: Reason;
  readonly detail: string;
}

/**
 * Refuses an answer for another block than the one that was asked for.
 *
 * @param endpoint whose answer it is
 * @param asked a tag fits every block
 * @param got the block of the answer
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
 * Compares two blocks that should be the same: by number where both count alike, and by hash or else time.
 *
 * @param asked a block of a known number
 * @param got the block of an answer
 * @returns how they differ; nothing when they are the same
 */
export function compareBlocks(asked: Block, got: Block): Mismatch | undefined {
  const isTimeSame = asked.time === got.time;
  const distance = asked.number > got.number ? asked.number - got.number : got.number - asked.number;
  const isNumberOfChain = asked.byEvm === got.byEvm || distance <= MAX_DISTANCE;
  if (isNumberOfChain && distance > 0n || !isNumberOfChain && !isTimeSame) {
    const detail = `the answer is for block ${got.number}, not for block ${asked.number}`;
    return { reason: "state_unavailable", detail };
  }
  const isHashSame = asked.hash === undefined || got.hash === undefined || asked.hash === got.hash;
  if (isTimeSame && isHashSame) return undefined;
  return { reason: "integrity", detail: `the answer is for another block ${asked.number}, as after a fork` };
}
