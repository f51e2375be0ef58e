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
 * @param note called with each answer of the right chain and block. @default nothing
 */
export function readByEthCall<T extends BatchBalances>(
  { endpoint, accounts, target, limits }: Question,
  limit: SizeLimit,
  callOf: (accounts: readonly Account[]) => Call<T>,
  note?: (accounts: readonly Account[], answer: T) => void,
): Promise<ReadResult> {
  return readChunks(accounts, {
    clock: limits.clock,
    limit,
    extra: 0,
    endsEarly: true,
    async read(some) {
      const answer = await askOne(endpoint, callOf(some), limits);
      const { chainId, block, balances } = answer;
      const head = { chainId, block };
      target.admit(head);
      checkBlock(endpoint, target.at, block);
      note?.(some, answer);
      return { head, outcomes: balances.map((balance) => balance instanceof RpcError ? balance.reason : balance) };
    },
  });
}
