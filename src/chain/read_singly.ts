import type { Endpoint } from "../rpc/endpoint.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { ask, type Limits, REQUESTS_AT_ONCE } from "./ask.ts";
import { balanceAt } from "./calls.ts";
import { mapLimited } from "./map_limited.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { type Head, readChainId } from "./read_head.ts";

/**
 * Reads balances at one block with one request each, for endpoints that take
 * no batches. The chain id was asked before, with the head; it is asked again
 * after, and both must agree.
 *
 * @param endpoint whom to ask
 * @param addresses the accounts, with `0x`
 * @param head the chain they must be on and the block they are read at
 * @param limits how long it may take
 * @returns one outcome an address, in their order
 */
export async function readSingly(
  endpoint: Endpoint,
  addresses: readonly string[],
  head: Head,
  limits: Limits,
): Promise<readonly Outcome[]> {
  const outcomes = await mapLimited(
    addresses,
    REQUESTS_AT_ONCE,
    async (address): Promise<Outcome> => {
      try {
        const [balance] = await ask(endpoint, [
          balanceAt(address, head.block.number),
        ], limits);
        return outcomeOf(balance);
      } catch (error) {
        if (error instanceof RpcError) return error.reason;
        throw error;
      }
    },
  );
  if (outcomes.every((outcome) => typeof outcome === "string")) return outcomes;
  try {
    if (await readChainId(endpoint, limits) === head.chainId) return outcomes;
    endpoint.meter.fault("wrong_chain");
    return addresses.map(() => "wrong_chain");
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return addresses.map(() => error.reason);
  }
}
