import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Account } from "../../assets/asset.ts";
import { callFor } from "./account_call.ts";

/** A block that no chain reaches soon: by so many it lies above the head. */
const FAR_ABOVE = 1_000_000n;

/**
 * Asks for an account at a block far above the head, which nobody can have.
 *
 * @param head the number of the latest block
 * @returns a call that gives a balance where the node ignores the block, and `refused` where it has none
 */
export function farBlockCall(account: Account, head: bigint, sender: string | undefined): Call<bigint | "refused"> {
  const { decode, ...call } = callFor(account, head + FAR_ABOVE, { sender });
  const recover = (error: unknown): "refused" => {
    if (error instanceof RpcError && error.traits.blockMissing) return "refused";
    throw error;
  };
  return {
    ...call,
    decode(result): bigint | "refused" {
      try {
        return decode(result);
      } catch (error) {
        return recover(error);
      }
    },
    recover,
  };
}
