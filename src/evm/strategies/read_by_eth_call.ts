import type { Account } from "../../assets/asset.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { readChunks, type ReadResult } from "./read_chunks.ts";
import { checkBlock } from "./same_block.ts";
import type { SizeLimit } from "./size_limit.ts";
import type { Question } from "./question.ts";

/**
 * Reads accounts by `eth_call`: each response has the chain, the block and as many balances as the endpoint supports.
 *
 * @param limit in accounts per call, at least 1
 */
export function readByEthCall(
  { endpoint, accounts, target, limits }: Question,
  limit: SizeLimit,
  callOf: (accounts: readonly Account[]) => Call<BatchBalances>,
): Promise<ReadResult> {
  return readChunks(accounts, {
    clock: limits.clock,
    limit,
    extra: 0,
    endsEarly: true,
    async read(some) {
      const { chainId, block, balances } = await askOne(endpoint, callOf(some), limits);
      const head = { chainId, block };
      target.admit(head);
      checkBlock(endpoint, target.at, block);
      return { head, outcomes: balances.map((balance) => balance instanceof RpcError ? balance.reason : balance) };
    },
  });
}
