import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { decodeInteger, decodeQuantity, decodeSafeInteger } from "../../jsonrpc/decode_quantity.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import { toSeconds } from "./block_time.ts";

/** A quantity with its envelope takes about 120 bytes. */
const QUANTITY_BYTES = 256;

/** A block without its transactions still lists their hashes. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** A contract's code has 24,576 bytes at most on most chains. */
const CODE_BYTES = 128 * 1024;

/** The message for a block that a node returns `null` for. */
export const NO_SUCH_BLOCK = "the node has no such block";

const HASH = /^0x[0-9a-f]{64}$/i;

/** Requests the chain id. */
export const CHAIN_ID: Call<number> = {
  method: "eth_chainId",
  params: "[]",
  answerBytes: QUANTITY_BYTES,
  decode: decodeSafeInteger,
};

/** Requests a block. A response with another number is rejected. */
export function blockAt(at: BlockTag | Pick<Block, "number">): Call<Block> {
  return {
    method: "eth_getBlockByNumber",
    params: `[${blockParameter(at)},false]`,
    answerBytes: BLOCK_BYTES,
    decode(result): Block {
      const block = decodeBlock(result);
      if (typeof at !== "string" && block.number !== at.number) {
        throw new RpcError("state_unavailable", `the node returned block ${block.number} for block ${at.number}`);
      }
      return block;
    },
  };
}

/**
 * Requests whether the node is syncing: only to confirm balances that are all 0, since some nodes always return an
 * object (geth --dev at genesis).
 */
export const SYNCING: Call<boolean> = {
  method: "eth_syncing",
  params: "[]",
  answerBytes: 16 * 1024,
  decode: (result) => result === true || typeof result === "object" && result !== null,
};

/**
 * Requests a native balance.
 *
 * @param address with `0x`, in any case
 * @param at the number of the block it is read at, or the latest
 */
export function balanceAt(address: string, at: bigint | "latest"): Call<bigint> {
  return {
    method: "eth_getBalance",
    params: `["${address}",${blockParameter(at === "latest" ? at : { number: at })}]`,
    answerBytes: QUANTITY_BYTES,
    decode: decodeQuantity,
  };
}

/**
 * Requests the code of a contract.
 *
 * @param address with `0x`
 */
export function codeOf(address: string): Call<string> {
  return {
    method: "eth_getCode",
    params: `["${address}","latest"]`,
    answerBytes: CODE_BYTES,
    decode(result): string {
      if (typeof result === "string" && /^0x([0-9a-f]{2})*$/i.test(result)) return result;
      throw new RpcError("bad_value", "expected code");
    },
  };
}

/**
 * Writes a block as a parameter of a call.
 *
 * @returns JSON
 */
export function blockParameter(at: BlockTag | Pick<Block, "number">): string {
  return typeof at === "string" ? `"${at}"` : `"0x${at.number.toString(16)}"`;
}

function decodeBlock(result: unknown): Block {
  if (result === null) {
    throw new RpcError("state_unavailable", NO_SUCH_BLOCK);
  }
  if (
    typeof result !== "object" || !("number" in result) ||
    !("timestamp" in result)
  ) {
    throw new RpcError("bad_value", "expected a block");
  }
  const block = { number: decodeInteger(result.number), time: toSeconds(decodeInteger(result.timestamp)) };
  const hash = "hash" in result ? result.hash : undefined;
  return typeof hash === "string" && HASH.test(hash) ? { ...block, hash: hash.toLowerCase() } : block;
}
