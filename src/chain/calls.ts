import type { Call } from "../rpc/call.ts";
import { decodeQuantity, decodeSafeInteger } from "../rpc/decode_quantity.ts";
import { RpcError } from "../rpc/rpc_error.ts";

/** A block, as far as readings need it. */
export interface Block {
  readonly number: bigint;
  /** Seconds since the Unix epoch, as the block says. */
  readonly time: number;
}

/** A quantity with its envelope takes about 120 bytes. */
const QUANTITY_BYTES = 256;

/** A block without its transactions still lists their hashes. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** Asks which chain the node is on. */
export const CHAIN_ID: Call<number> = {
  method: "eth_chainId",
  params: "[]",
  answerBytes: QUANTITY_BYTES,
  decode: decodeSafeInteger,
};

/** Asks for the newest block. */
export const LATEST_BLOCK: Call<Block> = {
  method: "eth_getBlockByNumber",
  params: '["latest",false]',
  answerBytes: BLOCK_BYTES,
  decode: decodeBlock,
};

/**
 * Asks for a balance.
 *
 * @param address with `0x`, in any case
 * @param block the number of the block it is read at
 */
export function balanceAt(address: string, block: bigint): Call<bigint> {
  return {
    method: "eth_getBalance",
    params: `["${address}","0x${block.toString(16)}"]`,
    answerBytes: QUANTITY_BYTES,
    decode: decodeQuantity,
  };
}

function decodeBlock(result: unknown): Block {
  if (result === null) {
    throw new RpcError("state_unavailable", "the node has no latest block");
  }
  if (
    typeof result !== "object" || !("number" in result) ||
    !("timestamp" in result)
  ) {
    throw new RpcError("bad_value", "expected a block");
  }
  return {
    number: decodeQuantity(result.number),
    time: decodeSafeInteger(result.timestamp),
  };
}
