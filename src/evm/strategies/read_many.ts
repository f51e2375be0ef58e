import type { Call } from "../../jsonrpc/call.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { askOne, type Limits } from "./ask.ts";
import type { ManyBalances } from "./many_balances.ts";
import { weiOf } from "./outcome.ts";
import { readChunks, type Reading } from "./read_chunks.ts";
import type { SizeLimit } from "./size_limit.ts";
import { checkBlock } from "./same_block.ts";
import type { Target } from "./target.ts";

/**
 * Reads balances by `eth_call`: chain, block and balances in one answer, one
 * request for as many as the endpoint takes.
 *
 * @param endpoint whom to ask
 * @param limit how many balances it takes in one call
 * @param accounts with `0x`
 * @param callOf makes the call for some of them
 * @param target what they are to be read of
 * @param limits how long it may take
 */
export function readMany(
  endpoint: Endpoint,
  limit: SizeLimit,
  accounts: readonly string[],
  callOf: (addresses: readonly string[]) => Call<ManyBalances>,
  target: Target,
  limits: Limits,
): Promise<Reading> {
  return readChunks(accounts, {
    clock: limits.clock,
    limit,
    extra: 0,
    endsEarly: true,
    async read(addresses) {
      const { chainId, block, balances } = await askOne(endpoint, callOf(addresses), limits);
      const head = { chainId, block };
      target.admit(head);
      checkBlock(endpoint, target.at, block);
      return { head, outcomes: balances.map(weiOf) };
    },
  });
}
