import type { Account } from "../../assets/asset.ts";
import { nativeAccount } from "../../assets/native.ts";
import { log } from "../../util/log.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { askOne } from "./ask.ts";
import type { Limits } from "../../model/source.ts";
import type { Block } from "../../model/block.ts";
import { blockAt } from "./calls.ts";
import type { BatchBalances } from "./batch_balances.ts";

/** A response of `eth_call` at a tag. */
export interface AtTag {
  readonly endpoint: Endpoint;
  readonly at: BlockTag;
  /** The block that the EVM reported. */
  readonly block: Block;
  /** Makes the same call for some accounts. */
  readonly callOf: (accounts: readonly Account[], at: BlockTag) => Call<BatchBalances>;
  readonly limits: Limits;
}

/** Any address: only the block of the response matters. */
const NOBODY = nativeAccount(`0x${"0".repeat(40)}`);

/** Whether a block is requested by a tag other than `latest`. */
export function isTagBehind(at: BlockTag | Block): at is BlockTag {
  return typeof at === "string" && at !== "latest";
}

/**
 * Whether `eth_call` was answered at the block of its tag: some nodes use their latest block for every tag. The block
 * of the tag is read afterwards and is therefore no older; a newer response is of another block. Backends of one
 * endpoint may differ, so it is checked twice. By time, since on Arbitrum the EVM reports the parent chain's number.
 *
 * @throws {RpcError} why it could not be determined
 */
export async function isAtTag({ endpoint, at, block, callOf, limits }: AtTag): Promise<boolean> {
  const tagged = await askOne(endpoint, blockAt(at), limits);
  if (block.time <= tagged.time) return true;
  const again = await askOne(endpoint, callOf([NOBODY], at), limits);
  const taggedAgain = await askOne(endpoint, blockAt(at), limits);
  if (again.block.time <= taggedAgain.time) return true;
  log.warn("Endpoint ignores the requested block", { endpoint: endpoint.name, method: "eth_call", block: at });
  return false;
}
