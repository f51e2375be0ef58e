import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Account } from "../../assets/asset.ts";
import { callFor } from "./account_call.ts";

/** Blocks above the head: no chain reaches that soon. */
const FAR_ABOVE = 1_000_000n;

/**
 * Reads an account at a block far above the head, which does not exist.
 *
 * @returns a call that returns a balance if the node ignores the block, and `refused` if it rejects it
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
